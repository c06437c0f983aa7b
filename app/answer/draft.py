"""An answer before it is put into words."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answer.answer import Status
from app.answer.choose import Choice
from app.answer.citation import Evidence
from app.retrieve import Hit


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is put into words."""

    status: Status
    reason: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    title: str = ""
    subject: str = ""
    matched: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def unrelated(hits: Sequence[Hit], confidence: float) -> Draft:
    """Nothing here answers; the words of the best hit that matched are told."""
    return Draft("out_of_scope", "unrelated", confidence, matched=hits[0].matched_terms)


def answered(hits: Sequence[Hit], choice: Choice, confidence: float) -> Draft:
    """The evidence that was chosen, in the name of the document it stands in."""
    cited = choice.evidence[0].clause.id
    best = next((hit for hit in hits if hit.clause.id == cited), hits[0])
    reason = choice.reason if len(choice.evidence) > 1 else "quote"
    title = choice.evidence[0].document.title
    return Draft("answered", reason, confidence, choice.evidence, title, matched=best.matched_terms)
