"""Answer: a question and its hits become an `Answer` of template sentences and verified quotes."""

from app.answer.answer import Answer, Citation, Intent, Status
from app.answer.citation import Evidence, cite, verify
from app.answer.compose import Composer
from app.answer.confidence import Confidence, features, load_confidence
from app.answer.intent import Asked, read_intent
from app.answer.render import Finding, Renderer
from app.answer.scope import Places

__all__ = [
    "Answer",
    "Asked",
    "Citation",
    "Composer",
    "Confidence",
    "Evidence",
    "Finding",
    "Intent",
    "Places",
    "Renderer",
    "Status",
    "cite",
    "features",
    "load_confidence",
    "read_intent",
    "verify",
]
