"""Addresses in a question: 第三条, 第二章第一节, 第三条第二款, 第五部分, 注意事项第二项, 关键词诠释（二）. Reading only; `lookup` finds the place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.corpus import cn_number
from app.text import fold

NUMERAL = "零〇一二三四五六七八九十百千两0-9"
_STRUCTURAL = ("编", "章", "节", "条", "部分")
# “第二个孩子” and “第三个月” count something else than the entries of a list.
_STEP = re.compile(
    rf"第\s*([{NUMERAL}]+)\s*(编|章|节|条|部分|大?[项点款]|个(?=[呢是的?？。讲说]|怎么|什么|具体|内容|$))(?:之([一二三四五六七八九十]+))?"
)
_BRACKET = re.compile(r"[(]\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[)]")
_LABEL = re.compile(rf"第([{NUMERAL}]+)(编|章|节|条|部分)(?:之([一二三四五六七八九十]+))?")
_PART = re.compile(rf"([{NUMERAL}]+)[、.]")
_NO_PLACE = re.compile(r"第\s*[一1]\s*[个次笔批家轮期]|第[一二三]产业|第[一二三两]方")

Key = tuple[str, int, int]
"""What tells a place of a text's structure: its unit, its number, and the number behind 之 (0 without one)."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as asked. `named` is how it was written; `about` the words before it, which may name a list.

    `keys` are the places of the structure it leads through, outermost first. `entry` is the place within a list, or within
    the innermost of them: its number and its unit (款 counts paragraphs, 项 and the like entries).
    """

    named: str
    about: str
    keys: tuple[Key, ...]
    entry: tuple[int, str] | None


def read_addresses(question: str) -> tuple[Address, ...]:
    """The addresses in a question: several where places of one unit stand side by side (第一条和第三条)."""
    folded = fold(question)
    steps = [m for m in _STEP.finditer(folded) if not _NO_PLACE.match(folded, m.start())]
    last = [step for step in steps if step.group(2) == steps[-1].group(2)]
    if len(last) > 1:
        outer = [step for step in steps if step.group(2) != last[0].group(2)]
        return tuple(address for step in last if (address := _read(folded, [*outer, step])))
    address = _read(folded, steps)
    return () if address is None else (address,)


def _read(folded: str, steps: Sequence[re.Match[str]]) -> Address | None:
    bracket = _BRACKET.search(folded)
    if not steps:
        if bracket is None:
            return None
        return Address(bracket.group(), folded[: bracket.start()], (), (cn_number(bracket.group(1)), "项"))
    keys = tuple(_key(step) for step in steps if step.group(2) in _STRUCTURAL)
    entries = [step for step in steps if step.group(2) not in _STRUCTURAL]
    entry = (cn_number(entries[0].group(1)), entries[0].group(2)[-1]) if entries else None
    if entry is None and bracket is not None:
        entry = cn_number(bracket.group(1)), "项"
    named = "".join("".join(step.group().split()) for step in steps)
    about = folded[: min(step.start() for step in steps)]
    return Address(named, about, keys, entry)


@lru_cache(maxsize=65536)  # most articles of a large corpus have one of a few hundred labels
def key_of(label: str, depth: int) -> Key | None:
    """What tells the clause of this label; an outermost “五、” counts as 第五部分."""
    folded = fold(label)
    if match := _LABEL.fullmatch(folded):
        return _key(match)
    match = _PART.fullmatch(folded)
    return ("部分", cn_number(match.group(1)), 0) if match and depth == 1 else None


def _key(match: re.Match[str]) -> Key:
    return match.group(2), cn_number(match.group(1)), cn_number(match.group(3)) if match.group(3) else 0
