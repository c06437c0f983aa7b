"""Batches drawn from documents: some documents, some of the questions of each, and every passage once.

Passages cost four times what questions do, so questions of one document share them: eight questions over a policy of ten
clauses have ten passages to be compared with, not eight right ones and eight mined beside them.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from encoder_training.documents import Asked, Document, Passage
from encoder_training.near import Hard

BARE = 0.1  # how often a document is shown without its title and headings


@dataclass(frozen=True, slots=True)
class Batch:
    """`right` and `unsure` are [questions, passages]; a pair that is neither is a wrong one."""

    questions: list[str]
    passages: list[str]
    right: NDArray[np.bool_]
    unsure: NDArray[np.bool_]

    @classmethod
    def paired(cls, questions: list[str], passages: list[str]) -> "Batch":
        """Each question with the passage of its own number, all others wrong."""
        right = np.eye(len(questions), dtype=bool)
        return cls(questions, passages, right, np.zeros_like(right))


@dataclass(frozen=True, slots=True)
class Source:
    """A set and its share of the batches; a batch holds one set only, so what is wrong in it is not easily told.

    Of a document at most `most` questions are drawn at a time, and `beside` passages of `hard`. `block` neighbours are
    drawn together.
    """

    name: str
    share: float
    size: int
    draw: Callable[[int, random.Random], Document]
    most: int = 1
    beside: int = 0
    hard: Hard = field(default_factory=dict)
    block: int = 1

    def deck(self, rng: random.Random) -> list[int]:
        """All numbers once, block by block."""
        starts = range(0, self.size, self.block)
        return [i for s in rng.sample(starts, len(starts)) for i in range(s, min(s + self.block, self.size))]


def made(
    name: str,
    share: float,
    documents: Sequence[Document],
    most: int = 1,
    beside: int = 0,
    hard: Hard | None = None,
) -> Source:
    """Documents already made."""
    return Source(name, share, len(documents), lambda number, _: documents[number], most, beside, hard or {})


def batches(sources: Sequence[Source], size: int, seed: int) -> Iterator[Batch]:
    """Batches of `size` questions without end; the seed fixes them all."""
    rng = random.Random(seed)
    decks: dict[str, list[int]] = {source.name: [] for source in sources}
    while True:
        source = rng.choices(sources, [s.share for s in sources])[0]
        yield _batch(source, decks[source.name], size, rng)


@dataclass(slots=True)
class _Table:
    """What is in a batch so far: the passages by the words that are shown, and the questions with their right ones."""

    numbers: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    asked: dict[str, tuple[Asked, set[int]]] = field(default_factory=dict)

    def number(self, passage: Passage, bare: bool) -> int:
        shown = passage.text if bare else passage.shown
        if shown not in self.numbers:
            self.numbers[shown] = len(self.texts)
            self.texts.append(passage.text)
        return self.numbers[shown]

    def batch(self) -> Batch:
        right = np.zeros((len(self.asked), len(self.texts)), dtype=bool)
        unsure = np.zeros_like(right)
        for row, (asked, numbers) in enumerate(self.asked.values()):
            right[row, list(numbers)] = True
            unsure[row] = [asked.may_be_answered_by(text) for text in self.texts]
        return Batch(list(self.asked), list(self.numbers), right, unsure & ~right)


def _batch(source: Source, deck: list[int], size: int, rng: random.Random) -> Batch:
    table, groups = _Table(), set[str]()
    for _ in range(4 * size):
        if not deck:
            deck += source.deck(rng)
        number = deck.pop()
        document = source.draw(number, rng)
        if document.group in groups:
            continue
        groups.add(document.group)
        room = min(source.most, size - len(table.asked), len(document.asked))
        _visit(table, source, number, document, room, rng)
        if len(table.asked) == size:
            break
    return table.batch()


def _visit(
    table: _Table, source: Source, number: int, document: Document, room: int, rng: random.Random
) -> None:
    """Add `room` questions of a document, the passages that answer them, and those that only seem to."""
    chosen = rng.sample(range(len(document.asked)), room)
    bare = rng.random() < BARE
    for each in chosen:
        asked = document.asked[each]
        form = rng.choice(asked.forms)
        if form not in table.asked:  # the same words about two documents: each would be wrong for the other
            table.asked[form] = asked, {table.number(document.passages[p], bare) for p in asked.right}
    pool = list(dict.fromkeys(place for each in chosen for place in source.hard.get((number, each), ())))
    for other, passage in rng.sample(pool, min(source.beside, len(pool))):
        found = document if other == number else source.draw(other, rng)
        table.number(found.passages[passage], bare)
