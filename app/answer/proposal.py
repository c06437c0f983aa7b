"""An answer before it is put into words."""

from dataclasses import dataclass

from app.answer.answer import Status
from app.answer.citation import Evidence


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a strategy would answer. `reason` names the sentence of the template within the status; `title` is the document's
    it is about, and `subject` the address, number or place asked for."""

    status: Status
    reason: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    title: str = ""
    subject: str = ""
    matched: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def silent(reason: str, subject: str = "", confidence: float = 0.0) -> Proposal:
    """Nothing here answers."""
    return Proposal("out_of_scope", reason, confidence, subject=subject)
