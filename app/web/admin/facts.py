"""A document's metadata as a list to check: each value, where it was read, and what is missing; and its clause tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from app.corpus import FIELDS, LABELS, Clause, Document, Kind, outline
from app.errors import PublicationChanged

KINDS = get_args(Kind)
_WANTED = ("number", "issuers", "published_on", "effective_from", "region")  # what most official texts state
SHOWN = 1000  # clauses on a page: a browser stands still over 200,000
_AROUND = 12  # characters shown on either side of where a value was read
_CLAUSES = {"heading": "标题", "article": "条", "paragraph": "段", "item": "项", "table": "表"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: the words of its value, where they were read, and whether somebody should look at it."""

    name: str
    label: str
    words: str
    where: str
    excerpt: tuple[str, str, str] | None
    corrected: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One clause of the tree, as it will be indexed."""

    depth: int
    kind: str
    label: str
    text: str
    items: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A page of a document's clauses: how many there are, and from which on they are shown, counted from 0."""

    lines: tuple[Line, ...]
    whole: int
    first: int

    @property
    def before(self) -> int | None:
        """Where the page before begins; None where there is none."""
        return max(0, self.first - SHOWN) if self.first else None

    @property
    def after(self) -> int | None:
        """Where the next page begins; None where there is none."""
        return self.first + SHOWN if self.first + SHOWN < self.whole else None


def facts(document: Document) -> tuple[Fact, ...]:
    """The fields in their order."""
    origins = {each.field: each for each in document.origins}
    corrections = {each.field: each for each in document.corrections}
    rows = []
    for name in sorted(FIELDS, key=list(LABELS).index):
        words, origin, put = words_of(getattr(document, name)), origins.get(name), corrections.get(name)
        excerpt = None
        if origin is not None and origin.start is not None and origin.end is not None:
            excerpt = _excerpt(document.text, origin.start, origin.end)
        told = f"{put.day} {put.editor}更正，读到的是“{words_of(put.read) or '未载明'}”" if put else ""
        where = origin.place if origin is not None and words else ""
        rows.append(Fact(name, LABELS[name], words, where, excerpt, told, not words and name in _WANTED))
    return tuple(rows)


def changes_in(document: Document, given: Mapping[str, str]) -> dict[str, str]:
    """The fields whose words differ from those that were shown, which a form gives as `was_…`, and from those of now.

    Raises PublicationChanged where somebody else has changed one of them meanwhile.
    """
    changed = {}
    for name in FIELDS:
        now = words_of(getattr(document, name))
        words, was = (given.get(key, now).strip() for key in (name, f"was_{name}"))
        if words in (was, now.strip()):
            continue
        if was != now.strip():
            raise PublicationChanged(
                f"{LABELS[name]}刚刚由别人改为“{now[:80] or '（未载明）'}”，您写的“{words[:80] or '（未载明）'}”没有保存；请核对后再改。"
            )
        changed[name] = words
    return changed


def told(changes: Mapping[str, str]) -> str:
    """What was put right, for the record of who did what."""
    return "；".join(f"{LABELS[name]}：{words or '（未载明）'}" for name, words in changes.items())


def words_of(value: date | str | tuple[str, ...] | None) -> str:
    """A value as it is typed: days as 2025-01-31, several issuers with 、 between them."""
    return "、".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def tree(document: Document, clauses: Sequence[Clause] | None = None, first: int = 0) -> Tree:
    """A page of the clauses in order, each whole."""
    found = outline(document) if clauses is None else clauses
    start = min(max(first, 0), max(len(found) - 1, 0)) // SHOWN * SHOWN
    lines = tuple(
        Line(
            min(len(each.heading_path), 6),
            _CLAUSES[each.kind],
            each.label,
            document.text[each.start : each.end].strip(),
            len(each.items),
        )
        for each in found[start : start + SHOWN]
    )
    return Tree(lines, len(found), start)


def _excerpt(text: str, start: int, end: int) -> tuple[str, str, str]:
    return (
        text[max(0, start - _AROUND) : start].rpartition("\n")[2],
        " ".join(text[start:end].split())[:120],
        text[end : end + _AROUND].partition("\n")[0],
    )
