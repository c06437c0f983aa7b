"""Answer: a question and its readings become an `Answer` of template sentences and verified quotes."""

from app.answer.answer import Answer, Citation, Status
from app.answer.bound import Bond, read_bonds
from app.answer.citation import Evidence, cite, verify
from app.answer.compose import Composer
from app.answer.courtesy import Courtesies, read_courtesies
from app.answer.links import Links
from app.answer.render import Finding, Renderer, titled
from app.answer.worth import worth_reading

__all__ = [
    "Answer",
    "Bond",
    "Citation",
    "Composer",
    "Courtesies",
    "Evidence",
    "Finding",
    "Links",
    "Renderer",
    "Status",
    "cite",
    "read_bonds",
    "read_courtesies",
    "titled",
    "verify",
    "worth_reading",
]
