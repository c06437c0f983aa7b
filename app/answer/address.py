"""Addresses in a question: 第三条, 第三条第二项, 第五部分, 注意事项第二项, 关键词诠释（二）, a 文号. Reading only; `lookup` finds the place."""

import re
from dataclasses import dataclass

from app.corpus import cn_number
from app.text import fold

NUMERAL = "零〇一二三四五六七八九十百千两0-9"
_STRUCTURAL = ("编", "章", "节", "条", "部分")
_STEP = re.compile(rf"第\s*([{NUMERAL}]+)\s*(编|章|节|条|部分|大?[项点款个])(?:之([一二三四五六七八九十]+))?")
_BRACKET = re.compile(r"[(]\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[)]")
_LABEL = re.compile(rf"第([{NUMERAL}]+)(编|章|节|条|部分)(?:之([一二三四五六七八九十]+))?")
_PART = re.compile(rf"([{NUMERAL}]+)[、.]")
# “第一个”, “第三产业” and the like count something else than places in a text.
_NO_PLACE = re.compile(r"第\s*[一1]\s*[个次笔批家轮期]|第[一二三]产业|第[一二三两]方")
_NUMBER = re.compile(
    r"([一-鿿]{1,12}(?:字|发|函|办|规|通|令|公告)?[一-鿿]{0,6})\s*[〔\[(【]\s*(\d{4})\s*[〕\])】]\s*第?\s*(\d{1,5})\s*号"
)
_BEFORE_NUMBER = re.compile(r"^.*?(?:是|的|查|找|按|据|问|看)")

Key = tuple[str, int, int]
"""What tells a place of a text's structure: its unit, its number, and the number behind 之 (0 without one)."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as asked. `named` is how people write it; `about` the words before it, which may name a list.

    `key` is set for a place of the structure, `ordinal` for an entry of a list or inside that place.
    """

    named: str
    about: str
    key: Key | None
    ordinal: int | None


@dataclass(frozen=True, slots=True)
class Number:
    """A 文号 as asked, and a pattern that finds it in a text in any of its spellings."""

    named: str
    pattern: re.Pattern[str]


def read_number(question: str) -> Number | None:
    """The 文号 in a question, or None where none is named."""
    match = _NUMBER.search(fold(question))
    if match is None:
        return None
    name, year, serial = (
        _BEFORE_NUMBER.sub("", match.group(1)) or match.group(1),
        match.group(2),
        match.group(3),
    )
    pattern = rf"{re.escape(name[-8:])}\s*[〔\[（(【]\s*{year}\s*[〕\]）)】]\s*第?\s*{serial}\s*号"
    return Number(f"{name}〔{year}〕{serial}号", re.compile(pattern))


def read_address(question: str) -> Address | None:
    """The address in a question, or None where none is named."""
    folded = fold(question)
    steps = [m for m in _STEP.finditer(folded) if not _NO_PLACE.match(folded, m.start())]
    bracket = _BRACKET.search(folded)
    if not steps:
        if bracket is None:
            return None
        entry = cn_number(bracket.group(1))
        return Address(f"第{entry}项", folded[: bracket.start()], None, entry)
    structural = [step for step in steps if step.group(2) in _STRUCTURAL]
    inner = next((cn_number(step.group(1)) for step in steps if step not in structural), None)
    ordinal = inner if inner is not None else cn_number(bracket.group(1)) if bracket else None
    key = _key(structural[-1]) if structural else None
    named = "".join(structural[-1].group().split()) if structural else ""
    inside = f"第{ordinal}项" if ordinal is not None else ""
    return Address(named + inside, folded[: steps[0].start()], key, ordinal)


def key_of(label: str, depth: int) -> Key | None:
    """What tells the clause of this label; an outermost “五、” counts as 第五部分."""
    folded = fold(label)
    if match := _LABEL.fullmatch(folded):
        return _key(match)
    match = _PART.fullmatch(folded)
    return ("部分", cn_number(match.group(1)), 0) if match and depth == 1 else None


def _key(match: re.Match[str]) -> Key:
    return match.group(2), cn_number(match.group(1)), cn_number(match.group(3)) if match.group(3) else 0
