"""Answer: a question and its hits become an `Answer` of template sentences and verified quotes."""

from app.answer.answer import Answer, Citation, Intent, Status
from app.answer.bound import Bond, read_bonds
from app.answer.citation import Evidence, cite, verify
from app.answer.compose import Composer
from app.answer.confidence import Confidence, load_confidence
from app.answer.cover import Features
from app.answer.fields import names_only_a_field
from app.answer.intent import Asked, asks, read_intent
from app.answer.links import Links
from app.answer.render import Finding, Renderer, titled
from app.answer.scope import Places, is_chat

__all__ = [
    "Answer",
    "Asked",
    "Bond",
    "Citation",
    "Composer",
    "Confidence",
    "Evidence",
    "Features",
    "Finding",
    "Intent",
    "Links",
    "Places",
    "Renderer",
    "Status",
    "asks",
    "cite",
    "is_chat",
    "load_confidence",
    "names_only_a_field",
    "read_bonds",
    "read_intent",
    "titled",
    "verify",
]
