"""The evidence for a question: the clause that answers best, with others that answer beside it, or a whole enumeration."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answer.citation import Evidence
from app.answer.evidence import MOST, passages, whole_list, with_what_it_leads_to
from app.answer.links import Links
from app.corpus import Clause
from app.index import Snapshot
from app.question import Question
from app.read import Readers, Reading, Readings, led_by

BESIDE = 0.6  # of the likelihood of the best: what another clause must have to stand beside it
LIKELY = 0.5  # from here on a part answers
MOSTLY = 0.6  # the share of a list's entries that must answer for the list to be told whole
MOST_CLAUSES = 3


@dataclass(frozen=True, slots=True)
class Quoted:
    """The evidence, and `reason`: `list` for an enumeration, `quote` otherwise."""

    evidence: tuple[Evidence, ...]
    reason: str


class Quoting:
    """Chooses evidence over one snapshot."""

    def __init__(self, snapshot: Snapshot, readers: Readers, links: Links) -> None:
        self._snapshot, self._readers, self._links = snapshot, readers, links

    def quoted(self, question: Question, asked: str, readings: Readings) -> Quoted:
        """The evidence among the readings of a question; `asked` is what the reader was shown of it."""
        best = readings.best
        beside = self._beside(readings)
        for head in self._heads(best, beside):
            if entries := self._entries(asked, head):
                return entries
        if best.hit.clause.kind == "heading" and (below := whole_list(best.hit.clause, self._snapshot)):
            return Quoted(tuple(below), "list" if len(below) > 1 else "quote")
        clauses = {reading.hit.clause.id: reading for reading in beside}
        evidence = [
            each
            for reading in clauses.values()
            for each in passages(reading.hit.clause, reading.hit.document, reading.parts)
        ]
        evidence += self._along([reading.hit.clause for reading in clauses.values()], question.text)
        return Quoted(tuple(with_what_it_leads_to(evidence, self._snapshot)), "quote")

    def _beside(self, readings: Readings) -> list[Reading]:
        """The best, and those of its document that answer nearly as surely, while there is room."""
        best = readings.best
        chosen, size = [best], best.hit.clause.end - best.hit.clause.start
        for reading in readings.each[1:]:
            clause = reading.hit.clause
            size += clause.end - clause.start
            if (
                len(chosen) == MOST_CLAUSES
                or reading.answers < max(BESIDE * best.answers, LIKELY)
                or size > MOST
            ):
                break
            if clause.document_id == best.hit.clause.document_id and clause.kind != "heading":
                chosen.append(reading)
        return chosen

    def _heads(self, best: Reading, beside: Sequence[Reading]) -> list[Clause]:
        """The clauses whose entries may be asked for: the best where it heads some, or the head of several that answer."""
        clause = best.hit.clause
        if len(led_by(clause, self._snapshot)) > 1:
            return [clause]
        together = [r for r in beside if r.hit.clause.parent == clause.parent]
        if clause.parent is None or len(together) < 2:
            return []
        return [self._snapshot.clause(clause.parent)]

    def _entries(self, asked: str, head: Clause) -> Quoted | None:
        """The whole list where most of its entries answer."""
        parts = self._readers.parts(asked, head)
        entries = [likely for part, likely in parts if part.clause.id != head.id]
        share = sum(likely >= LIKELY for likely in entries) / max(1, len(entries))
        if share < MOSTLY:
            return None
        below = whole_list(head, self._snapshot)
        return Quoted(tuple(below), "list") if len(below) > 1 else None

    def _along(self, clauses: Sequence[Clause], asked: str) -> list[Evidence]:
        """What the texts or people have bound to those clauses."""
        known = {clause.id: clause for clause in clauses}
        found = {c.id: c for clause in clauses for c in self._links.companions(clause, asked)}
        found |= {c.id: c for c in self._links.travelling((*clauses, *found.values()), asked)}
        return [
            Evidence(c, self._snapshot.document(c.document_id), c.start, c.end)
            for c in found.values()
            if c.id not in known
        ]
