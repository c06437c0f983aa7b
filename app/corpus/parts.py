"""A text becomes a flat list of parts: each a paragraph, or a marker with the words up to the next part."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.corpus.blocks import Block, blocks
from app.corpus.markers import (
    ARTICLE,
    ATTACHMENT,
    CHAPTER,
    DOT,
    DUN,
    HALF_PAREN,
    PAREN,
    PAREN_DIGIT,
    QUESTION,
    RUN_ON,
    TEXT,
    Marker,
    read_marker,
    squeeze,
)
from app.corpus.runon import split_run_on

PartKind = Literal["text", "marker", "heading", "article", "table", "comment"]
_HASHES = re.compile(r"(#{1,6})[ \t\u3000\u00a0]+")
_INLINE = re.compile(
    r"[。；;：:！？!?][ \t\u3000\u00a0]*"
    r"([（(][ \t\u3000]*(?:[一二三四五六七八九十]{1,3}|\d{1,2})[ \t\u3000]*[）)]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}[ \t\u3000]*[.．、](?!\d)|\d{1,2}[）)]|[\u2460-\u249b\u3220-\u3229])"
)
_NEIGHBOURS = ((PAREN, DOT), (PAREN_DIGIT, HALF_PAREN), (DOT, PAREN_DIGIT))
_LARGEST_GAP = 3  # numbers lost to a bad copy that still let a sequence go on
_UNNUMBERED_CHAPTERS = ("总则", "分则", "附则")
_HEADING_LIMIT = 60
_QUESTION_LIMIT = 120


class Part(NamedTuple):
    """A tight span with its marker. `words` is where the words after the marker begin; `number` is 0 without one."""

    start: int
    end: int
    kind: PartKind
    rank: int
    label: str = ""
    number: int = 0
    words: int = 0


def parts(text: str) -> list[Part]:
    """The parts of a text, in order; together they hold every non-space character."""
    found: list[Part] = []
    seen: dict[int, int] = {}  # the last number of each rank
    in_article = False
    for block in blocks(text):
        first = _first(text, block, seen)
        if found and first.kind == "text" and _is_bare(text, found[-1], first):
            found[-1] = found[-1]._replace(end=first.end)  # the marker stood alone on its line
            continue
        in_article = first.kind == "article" or (in_article and first.kind != "heading")
        pieces = list(_split(text, first, in_article))
        seen.update({piece.rank: piece.number for piece in pieces if piece.number})
        found += pieces
    return _in_order_of_depth(found)


def _in_order_of_depth(found: list[Part]) -> list[Part]:
    """Some texts put （一） below 1.: where the sequences say so, the two change ranks."""
    for outer, inner in _NEIGHBOURS:
        pair = [
            (part.rank, part.number)
            for part in found
            if part.rank in (outer, inner) and part.kind == "marker"
        ]
        if _votes_for(pair, inner) > _votes_for(pair, outer):
            swap = {outer: inner, inner: outer}
            found = [part._replace(rank=swap.get(part.rank, part.rank)) for part in found]
    return found


def _votes_for(pair: list[tuple[int, int]], outer: int) -> int:
    """How often a list of the other kind begins behind a number of this kind and this kind then counts on."""
    votes = number = 0
    inside = False
    for rank, value in pair:
        if rank == outer:
            votes += inside and value == number + 1
            number, inside = value, False
        elif value == 1:
            inside = number > 0
    return votes


def _is_bare(text: str, marked: Part, after: Part) -> bool:
    if marked.kind != "marker" or text.count("\n", marked.end, after.start) > 1:
        return False
    return not text[marked.words : marked.end].strip("*_ \t\u3000")


def _first(text: str, block: Block, seen: dict[int, int]) -> Part:
    start, end, kind = block
    if kind != "line":
        return Part(start, end, kind, TEXT, words=start)
    if found := _HASHES.match(text, start, end):
        return _markdown(text, start, end, len(found[1]), found.end())
    if squeeze(text[start:end]) in _UNNUMBERED_CHAPTERS:
        return Part(start, end, "heading", CHAPTER, words=start)
    marker = _read(text, start, end, seen.get(ARTICLE, 0) + 1)
    if marker is None or not _is_plausible(marker, seen):
        return Part(start, end, "text", TEXT, words=start)
    return Part(start, end, _kind(marker), marker.rank, marker.label, marker.number, marker.after)


def _read(text: str, start: int, end: int, article: int = 0) -> Marker | None:
    while start < end and text[start] in "*_":  # bold
        start += 1
    return read_marker(text, start, end, article) if start < end else None


def _kind(marker: Marker) -> PartKind:
    if marker.rank == ARTICLE:
        return "article"
    return "heading" if marker.rank < ARTICLE or marker.rank == QUESTION else "marker"


def _markdown(text: str, start: int, end: int, level: int, words: int) -> Part:
    marker = _read(text, words, end)
    if marker is None:
        return Part(start, end, "heading", 10 * level, words=words)
    if marker.rank == ARTICLE:
        return Part(start, end, "article", ARTICLE, marker.label, marker.number, marker.after)
    # 编, 章 and 一、 may share a level: the marker decides between them.
    rank = 10 * level + min(marker.rank - ATTACHMENT, 6)
    return Part(start, end, "heading", rank, marker.label, marker.number, words)


def _is_plausible(marker: Marker, seen: dict[int, int]) -> bool:
    """Whether a numbered marker starts a sequence or goes on with one."""
    if marker.rank <= ARTICLE or marker.rank == QUESTION:
        return True
    step = marker.number - seen.get(marker.rank, 0)
    return marker.number == 1 or (0 <= step <= _LARGEST_GAP and (marker.rank in seen or marker.rank == DUN))


def _split(text: str, first: Part, in_article: bool) -> Iterator[Part]:
    """The part itself, or the pieces of its line when markers or lead sentences run on inside it."""
    if first.kind in ("table", "comment"):
        yield first
        return
    inner = _inline(text, first)
    if not inner and first.kind == "text" and not in_article:
        yield from _run_on(text, first)
        return
    starts = [*(marker_start for marker_start, _ in inner), first.end]
    yield first._replace(end=_trimmed(text, first.start, starts[0]))
    for (start, marker), stop in zip(inner, starts[1:], strict=True):
        end = _trimmed(text, start, stop)
        yield Part(start, end, "marker", marker.rank, marker.label, marker.number, marker.after)


def _inline(text: str, first: Part) -> list[tuple[int, Marker]]:
    """Markers at sentence ends inside the line that count 1, 2, … or go on from the line's own marker."""
    found = [
        (match.start(1), marker)
        for match in _INLINE.finditer(text, first.words, first.end)
        if (marker := read_marker(text, match.start(1), first.end))
    ]
    twos = Counter(marker.rank for _, marker in found if marker.number == 2)
    last = {first.rank: first.number}
    kept = []
    for start, marker in found:
        twos[marker.rank] -= marker.number == 2
        begins = marker.number == 1 and twos[marker.rank] > 0
        if begins or (marker.number > 1 and last.get(marker.rank) == marker.number - 1):
            last[marker.rank] = marker.number
            kept.append((start, marker))
    return kept


def _run_on(text: str, first: Part) -> Iterator[Part]:
    pieces = split_run_on(text, first.start, first.end) if first.end - first.start > 80 else []
    if not pieces:
        yield first
    for start, end, label in pieces:
        yield Part(start, end, "marker" if label else "text", RUN_ON if label else TEXT, label, words=start)


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def is_short(text: str, part: Part) -> bool:
    """Whether the words could be a heading: short and without a sentence end, or a question."""
    words = text[part.words : part.end].strip()
    if words.endswith(("？", "?")):
        return len(words) <= _QUESTION_LIMIT and "。" not in words
    return len(words) <= _HEADING_LIMIT and not re.search(r"[。；;！!]", words)
