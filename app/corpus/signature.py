"""Signatures: the date alone on its line and the short names above it that close a notice."""

import re
from collections.abc import Sequence

from app.corpus.parts import Part

_DATE_LINE = re.compile(
    r"[（(]?[\d零〇○ＯO一二三四五六七八九]{4}\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日[）)]?"
)
_SIGNATURE_LIMIT = 30


def signature_lines(text: str, found: Sequence[Part]) -> set[int]:
    """Indices of closing lines: a date alone on its line and the short names above it."""
    marked: set[int] = set()
    for at, part in enumerate(found):
        if (
            part.kind == "text"
            and part.end - part.start <= 20
            and _DATE_LINE.fullmatch(text, part.start, part.end)
        ):
            first = at
            while first > max(at - 6, 0) and _is_name(text, found[first - 1]):
                first -= 1
            marked.update(range(first, at + 1))
    return marked


def _is_name(text: str, part: Part) -> bool:
    words = text[part.start : part.end]
    return (
        part.kind == "text" and len(words) <= _SIGNATURE_LIMIT and not re.search(r"[。；：:，,？?！!]", words)
    )
