"""Spans of one closed grammar, the same for questions and for texts: numbers with their units, dates, and what is excluded.

Two spans of one dimension can be compared: 66岁 lies within 年满65周岁 and not within 60至64周岁, and 3级 is not 2级. Texts are in
normal form (`app.text.normalize`).
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|12\d{3}|[2-9]\d{7})(?!\d)")
"""A telephone number as offices print them: with or without area code, mobile, or a hotline of five digits."""

TELLING = frozenset({"age", "level", "area", "date"})
"""Dimensions whose value rules clauses in or out when a question names one; an amount of money in it may be anything."""

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
# Each unit with its dimension and how many of the dimension's first unit it is; longer ones before those they begin with.
_UNITS = {
    "周岁": ("age", 1), "岁": ("age", 1), "级": ("level", 1), "平方米": ("area", 1), "平米": ("area", 1), "亩": ("area", 666.67),
    "元": ("money", 1), "块": ("money", 1), "%": ("percent", 1), "个百分点": ("percent", 1), "个工作日": ("workday", 1), "个月": ("month", 1),
    "年": ("month", 12), "天": ("day", 1), "日": ("day", 1), "人": ("person", 1), "名": ("person", 1), "家": ("house", 1), "户": ("house", 1),
    "次": ("time", 1),
}  # fmt: skip
_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?[百千万亿]*|[零〇一二三四五六七八九十百千两][零〇一二三四五六七八九十百千万亿两]*)"
)
_UNIT = "|".join(map(re.escape, _UNITS))
_HERE = r"[(][含不]*[)]"
_SPAN = re.compile(
    rf"(?P<before>不低于|不少于|不超过|不高于|不多于|低于|少于|至少|最多|至多|超过|高于|多于|不足|不满|未满|年?满|达到?|大于|小于)?"
    rf"(?<![\d.第上下])(?P<low>{_NUMBER})(?:(?:{_UNIT})?(?:{_HERE})?(?:至|到|-|~|—)(?P<high>{_NUMBER}))?"
    rf"(?P<unit>{_UNIT})(?!别)(?:{_HERE})?(?P<after>及?以上|及?以下|以内|之内|及其?以[上下])?"
)
_PERCENT = re.compile(rf"百分之(?P<low>{_NUMBER})")
_DAY = r"(?<!\d)\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"
_DATES = re.compile(
    rf"(?P<first>{_DAY})(?:(?:起)?(?:至|到|-|~|—)(?P<last>{_DAY})|(?P<after>起|以后|之后|后)|(?P<before>以?前|之前|止))?"
)
_RELATIVE = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "下一年": 1,
    "后年": 2,
}
_SAID = re.compile("|".join(_RELATIVE))
_NOW = re.compile(r"现在|目前|眼下|如今|当前|今天")
_LIST = re.compile(r"[一二三四五六七八九十](?:、[一二三四五六七八九十])+级")
_AT_LEAST = {"不低于", "不少于", "至少", "年满", "满", "达到", "达", "以上", "及以上", "及其以上"}
_ABOVE = {"超过", "高于", "多于", "大于"}
_AT_MOST = {"不超过", "不高于", "不多于", "最多", "至多", "以下", "及以下", "及其以下", "以内", "之内"}
_BELOW = {"低于", "少于", "不足", "不满", "未满", "小于"}

_EXCLUDED = r"不得|不予|不能|不可|不给|不让|不准|不许|不算|不享受|不适用|不符合|不包括|不属于|不支持|不受理|除外|禁止|取消|没有?资格"
_EXCLUSION = re.compile(_EXCLUDED)
_WHO_NOT = re.compile(
    rf"(?:谁|哪[些类种个]|什么样?的?(?:人|情况|情形|企业|单位|项目))[^,。?;]{{0,12}}?(?:{_EXCLUDED})"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A value or a range, `low` to `high` both included, of a dimension; `start` and `end` are code points of its text.

    Money is in 元, areas in 平方米, 年 and 个月 in months; dates are numbers such as 20260630, a year alone its whole range.
    """

    dimension: str
    low: float
    high: float
    start: int
    end: int


def read_spans(text: str) -> tuple[Span, ...]:
    """The spans of a text in normal form, in order."""
    dates = list(_dates(text))
    taken = {place for date in dates for place in range(date.start, date.end)}
    others = (span for span in (*_measures(text), *_percents(text), *_lists(text)) if span.start not in taken)
    return tuple(sorted((*dates, *others), key=lambda span: (span.start, span.end)))


def relative_spans(text: str, as_of: date) -> tuple[Span, ...]:
    """The dates that a question in normal form names from the day it is asked of: 去年, 明年, 现在."""
    found = []
    for match in _SAID.finditer(text):
        year = (as_of.year + _RELATIVE[match.group()]) * 10_000
        found.append(Span("date", year + 101, year + 1231, match.start(), match.end()))
    today = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    found += [Span("date", today, today, match.start(), match.end()) for match in _NOW.finditer(text)]
    return tuple(found)


def agreement(asked: Iterable[Span], said: Sequence[Span], dimensions: frozenset[str] = TELLING) -> int:
    """1 where a text's spans hold what is asked about, −1 where those of a dimension all miss it, 0 where none can be compared."""
    found = 0
    for one in asked:
        others = [other for other in said if other.dimension == one.dimension in dimensions]
        if others and not any(one.low <= other.high and other.low <= one.high for other in others):
            return -1
        found |= bool(others)
    return int(found)


def asks_who_is_excluded(text: str) -> bool:
    """Whether a question in normal form wants to know who or what is left out: 谁不能, 哪些不给."""
    return bool(_WHO_NOT.search(text))


def excludes(text: str) -> bool:
    """Whether a text in normal form leaves somebody or something out: 不得, 不予, 除外."""
    return bool(_EXCLUSION.search(text))


def number_of(written: str) -> float:
    """The value of a number in digits or in Chinese: 1,200, 3.5万, 六十五, 两千."""
    digits = re.match(r"[\d,.]*", written)
    head = digits.group().replace(",", "") if digits else ""
    total, section, value = 0.0, 0.0, float(head) if head else 0.0
    for character in written[len(digits.group()) if digits else 0 :]:
        if character in _DIGITS:
            value = value * 10 + _DIGITS[character]
        elif _TENS[character] < 10_000:
            section, value = section + (value or 1) * _TENS[character], 0.0
        else:
            total, section, value = (total + section + value or 1) * _TENS[character], 0.0, 0.0
    return total + section + value


def _measures(text: str) -> Iterator[Span]:
    for match in _SPAN.finditer(text):
        dimension, factor = _UNITS[match["unit"]]
        low = number_of(match["low"]) * factor
        high = number_of(match["high"]) * factor if match["high"] else low
        if not match["high"]:
            low, high = _bounded(low, match["before"] or match["after"] or "")
        yield _ordered(dimension, low, high, match)


def _bounded(value: float, said: str) -> tuple[float, float]:
    if said in _AT_LEAST:
        return value, math.inf
    if said in _ABOVE:
        return math.nextafter(value, math.inf), math.inf
    if said in _AT_MOST:
        return -math.inf, value
    if said in _BELOW:
        return -math.inf, math.nextafter(value, -math.inf)
    return value, value


def _percents(text: str) -> Iterator[Span]:
    for match in _PERCENT.finditer(text):
        value = number_of(match["low"])
        yield Span("percent", value, value, match.start(), match.end())


def _lists(text: str) -> Iterator[Span]:
    """一、二级 are two levels; the last of them is a measure of its own."""
    for match in _LIST.finditer(text):
        for numeral in match.group()[:-2].split("、"):
            if numeral:
                yield Span("level", number_of(numeral), number_of(numeral), match.start(), match.end())


def _dates(text: str) -> Iterator[Span]:
    for match in _DATES.finditer(text):
        low, high = _days(match["first"])
        high = _days(match["last"])[1] if match["last"] else math.inf if match["after"] else high
        yield _ordered("date", -math.inf if match["before"] else low, high, match)


def _days(written: str) -> tuple[float, float]:
    """The first and the last day of 2026年, 2026年6月 or 2026年6月30日, as numbers such as 20260630."""
    year, month, day, *_ = (*map(int, re.findall(r"\d+", written)), 0, 0)
    return year * 10_000 + (month or 1) * 100 + (day or 1), year * 10_000 + (month or 12) * 100 + (day or 31)


def _ordered(dimension: str, low: float, high: float, match: re.Match[str]) -> Span:
    """A range is a range whichever end is written first."""
    return Span(dimension, min(low, high), max(low, high), match.start(), match.end())
