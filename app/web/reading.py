"""A document as a page: its clauses in paragraphs, its outline, and the quote that is marked. The words are untouched."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.corpus import Clause, Document

OUTLINE_LIMIT = 400  # entries; a longer outline keeps headings and articles only
_LEAD_ENDS = re.compile(r"[。；：:;？?\n]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are all inside or all outside the quote. `first` is set on the first piece of the quote."""

    text: str
    quoted: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause within a paragraph; without `anchor` it is text between clauses."""

    anchor: str | None
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class Paragraph:
    """Passages that stand on the same lines. `level` is the heading's depth from 1, or the text's indent."""

    kind: str
    level: int
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline."""

    anchor: str
    level: int
    text: str


def anchor_of(clause: Clause) -> str:
    """The id of a clause on the page, so that #c=… works without a script."""
    return f"c={clause.id}"


def paragraphs(
    document: Document, clauses: Sequence[Clause], quote: tuple[int, int] | None = None
) -> list[Paragraph]:
    """The document's text in order; joined, its pieces are the text but for white space between paragraphs."""
    made: list[Paragraph] = []
    position = 0
    marker = _Marker(document.text, quote)
    for clause in clauses:
        gap = document.text[position : clause.start]
        if not made or "\n" in gap or _stands_alone(clause) or made[-1].kind in ("heading", "table"):
            made.append(Paragraph(clause.kind, len(clause.heading_path) + 1))
            position = clause.start if not gap.strip() else position
        if clause.start > position:
            made[-1].passages.append(Passage(None, tuple(marker.pieces(position, clause.start))))
        made[-1].passages.append(Passage(anchor_of(clause), tuple(marker.pieces(clause.start, clause.end))))
        position = clause.end
    if document.text[position:].strip():
        made.append(
            Paragraph("paragraph", 1, [Passage(None, tuple(marker.pieces(position, len(document.text))))])
        )
    return made


def outline(document: Document, clauses: Sequence[Clause]) -> list[Entry]:
    """Headings, articles and labelled items, in order."""
    listed = [clause for clause in clauses if clause.kind == "heading" or clause.label]
    if len(listed) > OUTLINE_LIMIT:
        listed = [clause for clause in listed if clause.kind in ("heading", "article")]
    return [
        Entry(anchor_of(clause), max(1, min(len(clause.address), 4)), _entry_text(document, clause))
        for clause in listed
    ]


def quote_span(text: str, start: str | None, end: str | None) -> tuple[int, int] | None:
    """The span a link names, or None where it is no span of the text."""
    if start is None or end is None or not (_is_count(start) and _is_count(end)):
        return None
    span = int(start), int(end)
    return span if 0 <= span[0] < span[1] <= len(text) else None


class _Marker:
    """Cuts text where the quote begins and ends, and knows which piece is the quote's first."""

    def __init__(self, text: str, quote: tuple[int, int] | None) -> None:
        self._text = text
        self._quote = quote or (0, 0)
        self._begun = False

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        opens, closes = (min(max(point, start), end) for point in self._quote)
        for left, right, quoted in ((start, opens, False), (opens, closes, True), (closes, end, False)):
            if left < right:
                first = quoted and not self._begun
                self._begun = self._begun or quoted
                yield Piece(self._text[left:right], quoted, first)


def _stands_alone(clause: Clause) -> bool:
    return clause.kind in ("heading", "table")


def _entry_text(document: Document, clause: Clause) -> str:
    text = document.text[clause.start : clause.end]
    line = text if clause.kind == "heading" else _LEAD_ENDS.split(text, maxsplit=1)[0]
    line = " ".join(line.split()) or clause.label
    # Headings of one text often begin alike: what tells them apart is at the end.
    return line if len(line) <= 32 else f"{line[:14]}…{line[-16:]}"


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
