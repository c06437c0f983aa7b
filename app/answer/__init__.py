"""Answer: a question and its hits become an `Answer` of template sentences and verified quotes."""

from app.answer.answer import Answer, Citation, Intent, Status

__all__ = ["Answer", "Citation", "Intent", "Status"]
