"""Reviewed answers (已审口径): questions that people answered once, for all, with clauses; each step by another hand."""

from app.store.reviewed.book import Reviewed
from app.store.reviewed.staged import Staged
from app.store.reviewed.wording import (
    Author,
    Entry,
    Listing,
    Point,
    State,
    Version,
    Wording,
    question_key,
    tidied,
)

__all__ = [
    "Author",
    "Entry",
    "Listing",
    "Point",
    "Reviewed",
    "Staged",
    "State",
    "Version",
    "Wording",
    "question_key",
    "tidied",
]
