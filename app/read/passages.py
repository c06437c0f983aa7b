"""What the reader is shown of a clause: title and headings before it, its sentences, and what a heading leads to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.corpus import Clause, Document
from app.embed import Passage
from app.index import Snapshot
from app.text import tight

LEADS = (":", "：")
ENTRIES = ("item", "table")
LED = 70  # characters of each entry that a heading is shown with
MOST_LED = 24  # entries that a heading is shown with
_PART = re.compile(r"[^。；;！!？?\n]*[。；;！!？?\n]+[”’」』）)】》\"']*|[^。；;！!？?\n]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence that the reader was shown: its clause and its span, code points of the document's text."""

    clause: Clause
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause as it was shown: `passage` to the reader, whose sentences are `parts`, in the same order."""

    clause: Clause
    document: Document
    parts: tuple[Part, ...]
    passage: Passage


def shown(clause: Clause, snapshot: Snapshot) -> Shown:
    """The clause with what stands above it; one that heads others with the beginning of each of them."""
    document = snapshot.everything[clause.document_id]
    parts = [Part(clause, start, end) for start, end in _spans(document.text, clause.start, clause.end)]
    for entry in led_by(clause, snapshot)[:MOST_LED]:
        start, end = next(_spans(document.text, entry.start, entry.end))
        parts.append(Part(entry, start, min(end, start + LED)))
    words = tuple(document.text[part.start : part.end] for part in parts)
    return Shown(clause, document, tuple(parts), Passage(head_of(document.title, clause.heading_path), words))


def led_by(clause: Clause, snapshot: Snapshot) -> tuple[Clause, ...]:
    """What a clause leads to: the clauses below it; behind one that ends in a colon the entries that follow, or the next clause."""
    if below := snapshot.children(clause):
        return below
    if not snapshot.text(clause).endswith(LEADS):
        return ()
    after = snapshot.clauses_of(clause.document_id)[clause.position + 1 :]
    entries = tuple(takewhile(lambda one: one.kind in ENTRIES, after))
    return entries or tuple(one for one in after[:1] if one.kind == "paragraph")


def head_of(title: str, headings: Sequence[str]) -> str:
    """The title and the headings, each before a bar, as the reader was trained on them."""
    path = " > ".join(heading for heading in headings if heading != title)
    return "".join(f"{part}|" for part in (title, path) if part)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences, and the entries between semicolons and line ends, as tight spans that hold every character."""
    for match in _PART.finditer(text, start, end):
        if span := tight(text, match.start(), match.end()):
            yield span
