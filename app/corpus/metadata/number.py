"""文号: the number a document was issued under, in all the spellings in use."""

import re
from collections.abc import Sequence
from itertools import pairwise

from app.corpus.metadata.found import Facts, Found
from app.corpus.metadata.lines import Line

_GAP = r"[ \t\u3000\u00a0]*"
# 京发改规〔2024〕16号, [2024]16号, (2024) 第16号; 公告 and 令: 2024年第16号, 第746号令, 国务院令第746号
_BRACKETED = rf"[\u4e00-\u9fff]{{1,16}}{_GAP}[〔\[［（(【﹝〈]{_GAP}(?:19|20)\d{{2}}{_GAP}[〕\]］）)】﹞〉]{_GAP}第?{_GAP}\d{{1,5}}{_GAP}号"
_YEARLY = rf"(?:[\u4e00-\u9fff]{{2,24}}?(?:公告|通告|令){_GAP})?(?:19|20)\d{{2}}{_GAP}年{_GAP}第?{_GAP}\d{{1,5}}{_GAP}号(?:公告|通告|令)?"
_ORDER = rf"(?:[\u4e00-\u9fff（）()]{{2,24}}?令{_GAP})?第{_GAP}[\d一二三四五六七八九十百〇零]{{1,6}}{_GAP}号{_GAP}(?:令)?"
_ANY = rf"(?:{_BRACKETED}|{_YEARLY}|{_ORDER})"
_LABEL = rf"[【\[]?(?:发文字号|发文文号|文件编号|文件字号|文{_GAP}号|字{_GAP}号)[】\]]?{_GAP}[：:]?{_GAP}"
_ALONE = re.compile(rf"[（(【\[]?(?:{_LABEL})?({_ANY})[）)】\]]?")
_FIRST = re.compile(rf"({_BRACKETED})(?=[ \t\u3000]|$)")
_LAST = re.compile(rf"[（(]({_BRACKETED})[）)]$")
_LABELLED = re.compile(rf"{_LABEL}({_ANY})")
_PROMULGATED = re.compile(
    r"[（(]?[^，。]{0,60}?日([\u4e00-\u9fff]{2,24}?令第[\d一二三四五六七八九十百〇零]{1,6}号)(?:公布|发布)"
)
_ORDER_ONLY = re.compile(rf"[（(]?第{_GAP}[\d一二三四五六七八九十百〇零]{{1,6}}{_GAP}号[）)]?")
_WHOLE = re.compile(_ANY)


def read_number(head: Sequence[Line], facts: Facts) -> Found[str] | None:
    """The document's own number: stated in a box, or alone on a line of the head; a mention in the text is none."""
    if (stated := facts.get("文号")) and (found := _WHOLE.search(stated)):
        return Found(_tidy(found[0]), None)
    if torn := _torn_order(head):
        return torn
    for pattern, whole in (
        (_LABELLED, False),
        (_ALONE, True),
        (_LAST, False),
        (_FIRST, False),
        (_PROMULGATED, False),
    ):
        for line in head:
            at = pattern.fullmatch(line.words) if whole else _search(pattern, line.words)
            if at and _is_own(at[1], line.words, pattern is _LAST):
                return Found(_tidy(at[1]), (line.start + at.start(1), line.start + at.end(1)))
    return None


def _torn_order(head: Sequence[Line]) -> Found[str] | None:
    """某市人民政府令 / 第179号 on two lines; 某局公告 / 第五九一号."""
    for line, after in pairwise(head):
        if (
            line.words.endswith(("令", "公告", "通告"))
            and len(line.words) <= 30
            and _ORDER_ONLY.fullmatch(after.words)
        ):
            return Found(_tidy(line.words + after.words.strip("（）()")), (line.start, after.end))
    return None


def _search(pattern: re.Pattern[str], words: str) -> re.Match[str] | None:
    return pattern.search(words) if pattern is _LAST else pattern.match(words)


def _is_own(number: str, words: str, behind: bool) -> bool:
    """A bare 第3号 is an issue of something else; behind a sentence the number belongs to a document named there."""
    bare = re.match(r"第", number) and not number.endswith("令")
    return not bare and not (behind and ("。" in words or "根据" in words or "转发" in words))


def _tidy(number: str) -> str:
    return re.sub(r"\s", "", number)
