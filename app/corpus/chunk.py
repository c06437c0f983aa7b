"""A chunk: the window of a clause that is indexed."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.corpus.clause import Clause
from app.corpus.document import Document
from app.text import sentence_spans, tight

TOKEN_BUDGET = 120
LONGEST_CHUNK = 480
_LONGEST_CONTEXT = 120
_PAUSE = re.compile(r"[；;，,、：:][”’」』）)》\"']*")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole sentences of one clause, up to a token budget.

    `start` and `end` count code points of the document's canonical text and lie inside the clause. `context`
    (document title and heading path) is indexed with the chunk and never quoted. `text` is the document's text between
    `start` and `end`. `position` counts the chunks of the whole corpus from 0.
    """

    position: int
    clause_id: str
    document_id: str
    start: int
    end: int
    text: str
    context: str


def chunks(
    document: Document,
    clauses: Iterable[Clause],
    count_tokens: Callable[[str], int],
    budget: int = TOKEN_BUDGET,
    first: int = 0,
) -> list[Chunk]:
    """The chunks of a document's clauses, in order, their positions counted from `first`.

    Each holds whole sentences (of a table: whole rows) of one clause, at most `budget` tokens and 480 characters. A
    sentence longer than that is split at ；，、： and, where there is none, hard. Together the chunks of a clause hold
    every non-space character of it; a blank form has none.
    """
    fits = _Fits(document.text, count_tokens, budget)
    made: list[Chunk] = []
    for clause in clauses:
        if clause.kind == "form":  # what is to be filled in answers nothing
            continue
        context = _context(document, clause)
        for start, end in _windows(document.text, clause, fits):
            words = document.text[start:end]
            made.append(Chunk(first + len(made), clause.id, document.id, start, end, words, context))
    return made


@dataclass(frozen=True, slots=True)
class _Fits:
    """Whether a span is within the limits; tokens are counted only where characters do not settle it."""

    text: str
    count_tokens: Callable[[str], int]
    budget: int

    def __call__(self, start: int, end: int) -> bool:
        if end - start <= min(self.budget, LONGEST_CHUNK):
            return True  # a token has at least one character
        if end - start > min(LONGEST_CHUNK, self.budget * 5):
            return False
        return self.count_tokens(self.text[start:end]) <= self.budget


def _windows(text: str, clause: Clause, fits: _Fits) -> Iterator[Span]:
    if fits(clause.start, clause.end):
        yield clause.start, clause.end
        return
    spans = _rows(text, clause) if clause.kind == "table" else sentence_spans(text, clause.start, clause.end)
    pieces = [piece for span in spans for piece in _pieces(text, span, fits)]
    yield from _packed(pieces, fits)


def _rows(text: str, clause: Clause) -> list[Span]:
    spans, start = [], clause.start
    for row in text[clause.start : clause.end].split("\n"):
        if span := tight(text, start, start + len(row)):
            spans.append(span)
        start += len(row) + 1
    return spans


def _pieces(text: str, span: Span, fits: _Fits) -> list[Span]:
    """The span itself, or its parts between pauses, the ones without a pause cut hard."""
    if fits(*span):
        return [span]
    cuts = [span[0], *(found.end() for found in _PAUSE.finditer(text, *span)), span[1]]
    cut_spans = [piece for a, b in pairwise(cuts) if (piece := tight(text, a, b))]
    short = [piece for cut in cut_spans for piece in _hard(text, cut, fits)]
    return list(_packed(short, fits))


def _hard(text: str, span: Span, fits: _Fits) -> Iterator[Span]:
    if fits(*span):
        yield span
        return
    step = max(1, min(fits.budget, LONGEST_CHUNK))
    for start in range(*span, step):
        if piece := tight(text, start, min(start + step, span[1])):
            yield piece


def _packed(pieces: Sequence[Span], fits: _Fits) -> Iterator[Span]:
    """Neighbouring pieces joined while they fit."""
    start, end = pieces[0]
    for piece in pieces[1:]:
        if fits(start, piece[1]):
            end = piece[1]
        else:
            yield start, end
            start, end = piece
    yield start, end


def _context(document: Document, clause: Clause) -> str:
    """The title, then as many of the innermost headings as fit; a longer table's header row goes with each part of it."""
    kept = ""
    for heading in reversed(clause.heading_path):
        if kept and len(kept) + len(heading) >= _LONGEST_CONTEXT:
            break
        kept = f"{heading[:_LONGEST_CONTEXT]} {kept}".strip()
    header = document.text[clause.start : clause.end].split("\n", 1)[0] if clause.kind == "table" else ""
    return " ".join(piece for piece in (document.title, kept, header[:_LONGEST_CONTEXT]) if piece)
