"""Hits read: for each clause whether it answers, whether it is of the same matter, and which of its sentences answer."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from app.corpus import Clause
from app.embed import Judgement, Passage
from app.index import Snapshot
from app.read.calibration import Calibration, Signs
from app.read.passages import Part, Shown, shown
from app.retrieve import Hit

KEPT = 4_096  # judgements that are remembered


class Judges(Protocol):
    """What reading needs of a reader."""

    turn: str

    def read(self, question: str, passages: Sequence[Passage]) -> list[Judgement]:
        """One judgement a passage: logits."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A hit and what reading it gave: `answers`, how likely its clause is the one that answers, which orders readings;
    `parts`, its sentences and what it leads to, each with the probability that it answers."""

    hit: Hit
    answers: float
    parts: tuple[tuple[Part, float], ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """All hits that were read, the best first, and the probabilities of the whole: `answered`, that the first of them
    answers; `stated`, where nothing does, that the matter is one of these texts all the same."""

    each: tuple[Reading, ...]
    answered: float
    stated: float

    @property
    def best(self) -> Reading:
        """The reading that comes first."""
        return self.each[0]


class Readers:
    """Reads the hits of questions over one snapshot. Pure but for the judgements it remembers."""

    def __init__(self, snapshot: Snapshot, judges: Judges, calibration: Calibration) -> None:
        self._snapshot, self._judges, self._calibration = snapshot, judges, calibration
        self._kept: OrderedDict[tuple[str, str], Judgement] = OrderedDict()
        self._lock = Lock()
        self.threshold = calibration.threshold

    def joined(self, *turns: str) -> str:
        """The turns of a conversation as the reader is shown them."""
        return self._judges.turn.join(turn for turn in turns if turn)

    def read(self, asked: str, hits: Sequence[Hit]) -> Readings:
        """The readings of the hits (at least one) for a question, or for a conversation; see `joined`."""
        seen = [shown(hit.clause, self._snapshot) for hit in hits]
        judged = self._judged(asked, seen)
        likely = [self._calibration.answers(one, hit) for one, hit in zip(judged, hits, strict=True)]
        order = sorted(range(len(hits)), key=lambda n: (-likely[n], n))
        each = [Reading(hits[n], likely[n], self._calibration.parts(seen[n].parts, judged[n])) for n in order]
        signs = Signs.of([judged[n] for n in order], [hits[n] for n in order])
        return Readings(tuple(each), self._calibration.answered(signs), self._calibration.stated(signs))

    def parts(self, asked: str, clause: Clause) -> tuple[tuple[Part, float], ...]:
        """The parts of one clause, and of what it leads to, each with the probability that it answers."""
        seen = shown(clause, self._snapshot)
        (judgement,) = self._judged(asked, [seen])
        return self._calibration.parts(seen.parts, judgement)

    def _judged(self, asked: str, seen: Sequence[Shown]) -> list[Judgement]:
        keys = [(asked, one.clause.id) for one in seen]
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        new = {key: one.passage for key, one in zip(keys, seen, strict=True) if key not in found}
        if new:
            read = dict(zip(new, self._judges.read(asked, list(new.values())), strict=True))
            self._keep(read)
            found |= read
        return [found[key] for key in keys]

    def _keep(self, read: Mapping[tuple[str, str], Judgement]) -> None:
        with self._lock:
            self._kept.update(read)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
