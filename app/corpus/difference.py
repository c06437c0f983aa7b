"""What differs between two versions of a text: clause by clause, and within a changed clause word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from app.corpus.clause import Clause
from app.corpus.document import Document

What = Literal["same", "changed", "added", "removed"]
Side = Literal["both", "old", "new"]
_WORDS = re.compile(r"[A-Za-z0-9.%％]+|\s+|.", re.S)
_SENTENCES = re.compile(r"[^。；;\n]*[。；;\n]?")
ISLAND = 2  # what stays the same between two changes and is shorter reads better as changed
MANY = 1500  # words from which a clause is compared by sentences: comparing takes square time
NEAR = 12  # clauses further on are not looked at for likeness: that too takes square time
ALIKE = 0.5  # clauses at different addresses are one that changed when so much of their words is the same


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that stand in both versions, in the old one alone or in the new one alone."""

    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A clause of the old version, of the new one, or of both. The marks of one side, joined, are that side's words."""

    what: What
    old: Clause | None
    new: Clause | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes from one version to another, in the order of the text; each clause of either stands in exactly one."""

    changes: tuple[Change, ...]

    def count(self, what: What) -> int:
        """How many clauses are of that kind."""
        return sum(change.what == what for change in self.changes)

    def words(self, side: Side) -> tuple[str, ...]:
        """The clauses of one side in order, word for word: what applying the difference gives."""
        return tuple(
            "".join(mark.text for mark in change.marks if mark.side in ("both", side))
            for change in self.changes
            if (change.old if side == "old" else change.new) is not None
        )


def difference(
    old: Document, old_clauses: Sequence[Clause], new: Document, new_clauses: Sequence[Clause]
) -> Difference:
    """What differs between two versions, given with their clauses in order."""
    before = [old.text[clause.start : clause.end] for clause in old_clauses]
    after = [new.text[clause.start : clause.end] for clause in new_clauses]
    changes: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(old_clauses[a:b], new_clauses[c:d], before[a:b], strict=True)
            changes += [Change("same", one, two, (Mark("both", text),)) for one, two, text in pairs]
            continue
        matched = _matched(old_clauses[a:b], before[a:b], new_clauses[c:d], after[c:d])
        changes += _changes(old_clauses[a:b], before[a:b], new_clauses[c:d], after[c:d], matched)
    return Difference(tuple(changes))


def marks(old: str, new: str) -> tuple[Mark, ...]:
    """Two wordings as one text with marks."""
    pattern = _SENTENCES if max(len(old), len(new)) > MANY else _WORDS
    before, after = pattern.findall(old), pattern.findall(new)
    made: list[Mark] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            made.append(Mark("both", "".join(before[a:b])))
        else:
            made += [Mark("old", "".join(before[a:b])), Mark("new", "".join(after[c:d]))]
    return tuple(_joined(made))


def _joined(made: Sequence[Mark]) -> Iterator[Mark]:
    """The marks without empty ones and without short islands between two changes."""
    old = new = ""
    for at, mark in enumerate(made):
        inner = 0 < at < len(made) - 1
        if mark.side == "both" and not (inner and len(mark.text) < ISLAND and (old or new)):
            yield from _both(old, new)
            old = new = ""
            if mark.text:
                yield mark
            continue
        old += mark.text if mark.side != "new" else ""
        new += mark.text if mark.side != "old" else ""
    yield from _both(old, new)


def _both(old: str, new: str) -> Iterator[Mark]:
    if old:
        yield Mark("old", old)
    if new:
        yield Mark("new", new)


def _matched(
    old: Sequence[Clause], before: Sequence[str], new: Sequence[Clause], after: Sequence[str]
) -> dict[int, int]:
    """Which old clause became which new one, in order: by address and label, else by likeness."""
    pairs: dict[int, int] = {}
    first = 0
    for a, clause in enumerate(old):
        options = range(first, len(new))
        found = next((b for b in options if _same_place(clause, new[b])), None)
        if found is None:
            found = next((b for b in options[:NEAR] if _alike(before[a], after[b])), None)
        if found is not None:
            pairs[a] = found
            first = found + 1
    return pairs


def _same_place(one: Clause, other: Clause) -> bool:
    return bool(one.label) and (one.label, one.address) == (other.label, other.address)


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < ALIKE * max(len(one), len(other)) / (2 - ALIKE):
        return False
    matcher = SequenceMatcher(None, one[:MANY], other[:MANY], autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE <= matcher.quick_ratio() and matcher.ratio() >= ALIKE


def _changes(
    old: Sequence[Clause],
    before: Sequence[str],
    new: Sequence[Clause],
    after: Sequence[str],
    matched: dict[int, int],
) -> Iterator[Change]:
    upto = 0
    for a, clause in enumerate(old):
        if a not in matched:
            yield Change("removed", clause, None, (Mark("old", before[a]),))
            continue
        b = matched[a]
        yield from (Change("added", None, new[n], (Mark("new", after[n]),)) for n in range(upto, b))
        upto = b + 1
        if before[a] == after[b]:
            yield Change("same", clause, new[b], (Mark("both", before[a]),))
        else:
            yield Change("changed", clause, new[b], marks(before[a], after[b]))
    yield from (Change("added", None, new[n], (Mark("new", after[n]),)) for n in range(upto, len(new)))
