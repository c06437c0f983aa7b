"""The lines of a text: blank ones dropped, tables and comments kept together, hard-wrapped lines joined."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from app.corpus.markers import read_marker

BlockKind = Literal["line", "table", "comment"]
_WIDEST = 90
_LONGEST_COMMENT = 10_000  # an unclosed comment must not swallow a text, nor be looked for to its end
_PAUSED = re.compile(r"[，、,（(《〈“]")
_RESUMES = re.compile(r"[，。、；：）》〉”,;)]")
_PAIRS = (("（", "）"), ("《", "》"), ("(", ")"), ("“", "”"))
_BULLETS = "·•●■◆▪○◇□★※"
_OPEN_END = re.compile(r"[^。！？!?；;：:…”’』）)》|>—\-]")


class Block(NamedTuple):
    """A tight span of one or more lines."""

    start: int
    end: int
    kind: BlockKind


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in order; together they hold every non-space character."""
    lines = list(_lines(text))
    return list(_joined(text, lines, _wrap_width(text, lines)))


def _lines(text: str) -> Iterator[Block]:
    comment_to = start = 0
    while start < len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        piece = text[start:stop]
        if body := piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            if body.startswith("<!--") and left >= comment_to:
                comment_to = max(text.find("-->", left, left + _LONGEST_COMMENT), left) + 1
            kind: BlockKind = "comment" if left < comment_to else "table" if _is_row(body) else "line"
            yield Block(left, left + len(body), kind)
        start = stop + 1


def _is_row(body: str) -> bool:
    return body[0] == "|" and body.count("|") > 1


def _joined(text: str, lines: list[Block], width: int) -> Iterator[Block]:
    """Rows of one table become one block, and so do the lines of a sentence broken at the right margin."""
    held: Block | None = None
    last = 0  # start of the last line held
    for line in lines:
        if held and _belongs(text, held, line, last, width):
            held = Block(held.start, line.end, held.kind)
        else:
            if held:
                yield held
            held = line
        last = line.start
    if held:
        yield held


def _belongs(text: str, held: Block, line: Block, last: int, width: int) -> bool:
    if held.kind != line.kind or text.count("\n", held.end, line.start) > 1:
        return False
    if held.kind != "line":
        return True
    if text[line.start] in "#>-*":
        return False
    if _is_torn(text, held, line):
        return read_marker(text, line.start, line.end) is None
    full = width > 0 and held.end - last >= width - 4
    return full and bool(_OPEN_END.match(text, held.end - 1))


def _is_torn(text: str, held: Block, line: Block) -> bool:
    """Whether a line break stands inside a sentence: at a comma, behind a lone bullet, or inside a pair of brackets."""
    if _PAUSED.match(text, held.end - 1) or _RESUMES.match(text, line.start):
        return True
    if held.end - held.start == 1 and text[held.start] in _BULLETS:
        return True
    if not _OPEN_END.match(text, held.end - 1):
        return False
    before, after = text[max(held.start, held.end - 300) : held.end], text[line.start : line.end]
    return any(_is_open(before, left, right) and _is_open(after[::-1], right, left) for left, right in _PAIRS)


def _is_open(words: str, left: str, right: str) -> bool:
    """Whether the last bracket of a kind is a left one."""
    return words.rfind(left) > words.rfind(right)


def _wrap_width(text: str, lines: list[Block]) -> int:
    """The right margin of a hard-wrapped text in characters, or 0 when lines end where paragraphs end.

    A text is hard-wrapped when most lines that break off in the middle of a sentence are about equally long.
    """
    broken = [
        line.end - line.start
        for line, after in pairwise(lines)
        if line.kind == after.kind == "line"
        and text.count("\n", line.end, after.start) == 1
        and _OPEN_END.match(text, line.end - 1)
    ]
    widest = max(broken, default=0)
    near = sum(length >= widest - 4 for length in broken)
    return widest if 20 <= widest <= _WIDEST and near >= 5 and near >= 0.8 * len(broken) else 0
