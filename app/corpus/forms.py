"""Blank forms printed in a text: runs of field labels that nobody has filled in. They are one clause and never evidence."""

import re
from collections.abc import Sequence

from app.corpus.parts import Part

_BLANK = re.compile(
    r"[_＿]{3,}|年[ \t\u3000]+月[ \t\u3000]+日|[（(](?:单位|企业|申请人)?(?:盖章|签章|签字|签名|公章)[）)]|…{3,}|\.{6,}"
    r"|^[^，。；：:]{2,16}[：:][ \t\u3000]*$|^[^，。；：:\d]{2,12}(?:\t[^，。；：:\d]{0,12})+$|\t[ \t]*\S{0,12}[ \t]*$"
)
_SENTENCE = re.compile(r"[。；？！]")
_LONGEST_LABEL = 40
_FEWEST_BLANKS, _FEWEST_LINES = 3, 5
_EMPTY = 0.6  # share of a table's cells below its first row that hold nothing


def forms(text: str, found: Sequence[Part]) -> dict[int, int]:
    """For each part that begins a blank form the index behind its last part."""
    made: dict[int, int] = {}
    at = 0
    while at < len(found):
        stop = _reach(text, found, at)
        if stop > at:
            made[at] = stop
        at = max(stop, at + 1)
    return made


def is_blank_table(rows: str) -> bool:
    """Whether most cells of a table hold nothing but what is to be filled in."""
    cells = [
        cell.strip()
        for row in rows.split("\n")[1:]
        if not set(row) <= set("|-: ")
        for cell in row.strip("| ").split("|")
    ]
    empty = sum(not cell or bool(re.fullmatch(r"[\s_＿/年月日□☐]*", cell)) for cell in cells)
    return len(cells) >= 4 and empty >= _EMPTY * len(cells)


def _reach(text: str, found: Sequence[Part], first: int) -> int:
    """Where the form that begins with a blank field ends, behind its last blank field; `first` where none begins."""
    stop = blanks = 0
    at = first
    while at < len(found) and found[at].kind in ("text", "marker"):
        words = text[found[at].start : found[at].end]
        blank = bool(_BLANK.search(words)) and not _SENTENCE.search(words)
        if at == first and not blank:
            return first
        if not blank and (len(words) > _LONGEST_LABEL or _SENTENCE.search(words)):
            break
        if blank:
            blanks, stop = blanks + 1, at + 1
        at += 1
    return stop if blanks >= _FEWEST_BLANKS and stop - first >= _FEWEST_LINES else first
