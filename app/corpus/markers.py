"""Markers at the start of a line: 第三条, 一、, （一）, 1., （1）, ①, 问： … and how deep each stands."""

import re
from typing import NamedTuple

# Smaller is outer. A Markdown heading of level n has rank 10·n, so it stands above everything printed as text.
ATTACHMENT, BOOK, PART, SUBBOOK, CHAPTER, SECTION, ARTICLE = 70, 71, 72, 73, 74, 75, 80
DUN, QUESTION, PAREN, DOT, DECIMAL, PAREN_DIGIT, HALF_PAREN, CIRCLE, LETTER = (
    90,
    91,
    92,
    93,
    94,
    95,
    96,
    97,
    98,
)
RUN_ON, TEXT = 99, 100

_CN = "零〇一二三四五六七八九十百千两"
_STRUCTURE = {
    "编": BOOK,
    "篇": BOOK,
    "部分": PART,
    "分编": SUBBOOK,
    "章": CHAPTER,
    "节": SECTION,
    "条": ARTICLE,
}
_GAP = r"[ \t\u3000\u00a0]*"
_STRUCTURAL = re.compile(
    rf"第{_GAP}([{_CN}\d]{{1,12}}(?:[ \t\u3000\u00a0]+[{_CN}\d]{{1,12}}){{0,4}}){_GAP}(编|分编|篇|部分|章|节|条)((?:之[一二三四五六七八九十]+)?)"
)
# What follows a mere mention of an article: “第八条规定的…”, “第八条第二款”, “第八条、第九条”.
_MENTION = re.compile(
    r"[的至到、，,和与或及第中所以》〉”’\"』）)。；;]|规定|之间|之规定|[上下]述|款|项|等|修改|要求|执行|明确|内容|情形|已|同时"
)
# Of these, what an article's own words may begin with where a page prints no space: 第二十三条以下情形…, 第三十八条已取得…
_OWN_WORDS = re.compile(r"以[下上]|已[^经被]|所|中|同时|内容|要求|执行|明确")
_NUMBERED = (
    (DUN, re.compile(rf"([{_CN}]{{1,4}}){_GAP}[、．.](?![{_CN}]?[、．.])")),
    (PAREN, re.compile(rf"[（(]{_GAP}([{_CN}]{{1,4}}){_GAP}[）)][、．.]?")),
    (PAREN_DIGIT, re.compile(rf"[（(]{_GAP}(\d{{1,3}}){_GAP}[）)][、．.]?")),
    (DECIMAL, re.compile(r"\d{1,2}(?:[．.]\d{1,2}){0,2}[．.](\d{1,2})[ \t\u3000\u00a0]+(?![\d%％])")),
    (DOT, re.compile(rf"(\d{{1,3}}){_GAP}[．.、](?!\d)")),
    (HALF_PAREN, re.compile(rf"(\d{{1,3}}){_GAP}[）)]")),
    (LETTER, re.compile(r"([a-z])[）)]")),
)
_QUESTION = re.compile(rf"(?:问题?|[QＱ]){_GAP}([{_CN}\d]{{0,3}}){_GAP}[：:.、．]")
_ATTACHMENT = re.compile(rf"附{_GAP}(?:件|表|录|图)?{_GAP}([{_CN}\d]{{0,3}}){_GAP}(?:[：:]|$)")
_ENCLOSED = (
    (0x2460, 20, CIRCLE),
    (0x2474, 20, PAREN_DIGIT),
    (0x2488, 20, DOT),
    (0x3220, 10, PAREN),
)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


class Marker(NamedTuple):
    """A marker as printed (white space squeezed out), its number (0 where it has none) and where the words go on."""

    rank: int
    label: str
    number: int
    after: int


def cn_number(numeral: str) -> int:
    """The value of 十二, 一百二十, 二〇, 12 or １２."""
    if numeral.isdecimal():
        return int(numeral)
    total = digit = 0
    for char in numeral:
        if unit := _UNITS.get(char):
            total, digit = total + (digit or 1) * unit, 0
        else:
            digit = digit * 10 + (_DIGITS[char] if char in _DIGITS else int(char))
    return total + digit


def read_marker(text: str, start: int, end: int, article: int = 0) -> Marker | None:
    """The marker at `start`, if `text[start:end]` begins with one. `article` is the number the next 第X条 would have."""
    first = text[start]
    if first == "第":
        return _structural(text, start, end, article)
    if first in "问QＱ":
        return _labelled(_QUESTION, QUESTION, text, start, end)
    if first == "附":
        return _labelled(_ATTACHMENT, ATTACHMENT, text, start, end) if end - start <= 60 else None
    for base, count, rank in _ENCLOSED:
        if base <= ord(first) < base + count:
            return Marker(rank, first, ord(first) - base + 1, start + 1)
    return _numbered(text, start, end)


def _numbered(text: str, start: int, end: int) -> Marker | None:
    for rank, pattern in _NUMBERED:
        if found := pattern.match(text, start, end):
            numeral = found[1]
            number = ord(numeral) - 96 if rank == LETTER else cn_number(numeral)
            return Marker(rank, squeeze(found[0]), number, found.end())
    return None


def _labelled(pattern: re.Pattern[str], rank: int, text: str, start: int, end: int) -> Marker | None:
    found = pattern.match(text, start, end)
    if not found:
        return None
    number = cn_number(found[1]) if found[1] else 0
    return Marker(rank, squeeze(found[0]).rstrip("：:.、．"), number, found.end())


def _structural(text: str, start: int, end: int, article: int) -> Marker | None:
    found = _STRUCTURAL.match(text, start, end)
    if not found:
        return None
    rank, after = _STRUCTURE[found[2]], found.end()
    spaced = after == end or text[after].isspace()
    if rank == ARTICLE and article and cn_number(squeeze(found[1])) == article:
        spaced = spaced or bool(_OWN_WORDS.match(text, after, end))
    if not spaced and _MENTION.match(text, after, end):
        return None
    if rank != ARTICLE and (end - start > 60 or text[end - 1] in "。；，、;,"):
        return None
    return Marker(rank, squeeze(found[0]), cn_number(squeeze(found[1])), after)


def squeeze(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())
