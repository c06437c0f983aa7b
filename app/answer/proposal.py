"""An answer before it is put into words."""

from dataclasses import dataclass

from app.answer.answer import Status
from app.answer.citation import Evidence
from app.question import Question


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


def shows_what_was_meant(question: Question, mended: Proposal, best: Proposal) -> bool:
    """Whether the mended question has the evidence that is given anyway, which writes every word as it was mended, never as it was
    typed: the answer is the same, and it is said how the question was understood."""
    quoted = "".join(each.document.text[each.start : each.end] for each in mended.evidence)
    same = [(e.clause.id, e.start) for e in mended.evidence] == [
        (e.clause.id, e.start) for e in best.evidence
    ]
    return (
        mended.status == "answered"
        and same
        and all(meant in quoted and written not in quoted for written, meant in question.corrections)
    )
