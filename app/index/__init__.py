"""Index: chunks become a searchable folder that is built atomically, verified and read only."""

from app.index.asks import Asks
from app.index.build import (
    Changes,
    Progress,
    asked_grams,
    build_index,
    current_sources,
    served_documents,
)
from app.index.collector import uncollected
from app.index.dense import Dense, limit_threads
from app.index.lexical import Lexical, LexicalBuilder
from app.index.manifest import FORMAT, Manifest, Sources
from app.index.questions import Entry, Resolved, questions_fingerprint, read_questions, resolve, unresolved
from app.index.snapshot import Snapshot, current_folder, current_mark, open_snapshot
from app.index.tokens import indexed_text

__all__ = [
    "FORMAT",
    "Asks",
    "Changes",
    "Dense",
    "Entry",
    "Lexical",
    "LexicalBuilder",
    "Manifest",
    "Progress",
    "Resolved",
    "Snapshot",
    "Sources",
    "asked_grams",
    "build_index",
    "current_folder",
    "current_mark",
    "current_sources",
    "indexed_text",
    "limit_threads",
    "open_snapshot",
    "questions_fingerprint",
    "read_questions",
    "resolve",
    "served_documents",
    "uncollected",
    "unresolved",
]
