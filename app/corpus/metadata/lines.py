"""The lines of a text that speak about the text itself: its head and its signature."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEAD_LINES = 12
_HEAD_LENGTH = 1200
_BODY = re.compile(
    r"[一二三四五六七八九十]{1,3}[、．]|第[一二三四五六七八九十\d]+[条章]|[（(][一二三四五六七八九十]{1,2}[）)]|\d{1,2}[.、．](?!\d)"
)


class Line(NamedTuple):
    """A line without the white space around it."""

    words: str
    start: int
    end: int


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The lines with words on them; a Markdown heading sign and bold stars are left out."""
    end = len(text) if end is None else end
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        piece = text[start:stop]
        words = piece.strip().lstrip("#").strip("*_ \t\u3000\u00a0\ufeff")
        if words.strip("-=<>!"):
            left = start + piece.index(words)
            yield Line(words, left, left + len(words))
        start = stop + 1


def head(text: str) -> list[Line]:
    """The lines before the text proper: at most twelve, none behind the first numbered one."""
    found: list[Line] = []
    for line in lines(text, 0, min(len(text), _HEAD_LENGTH)):
        if len(found) >= _HEAD_LINES or (found and _BODY.match(line.words)):
            break
        found.append(line)
    return found
