"""Calendar days as Chinese texts print them: 2024年5月1日, 二〇二四年五月一日, 2024-05-01, 2024.5.1."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from app.corpus.markers import cn_number
from app.corpus.metadata.found import Found

_GAP = r"[ \t\u3000\u00a0]*"
_CN_YEAR = "[零〇○ＯOo0一二三四五六七八九]{4}"
DAY = (
    rf"(?:(?:(?:19|20)\d{{2}}|{_CN_YEAR}){_GAP}年{_GAP}(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}}){_GAP}月{_GAP}"
    rf"(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){_GAP}日|(?:19|20)\d{{2}}(?:-\d{{1,2}}-|/\d{{1,2}}/|\.\d{{1,2}}\.)\d{{1,2}}(?!\d))"
)
_DAY = re.compile(DAY)
_PARTS = re.compile(r"[^年月日\-/.\s]+")
_ZEROS = str.maketrans("○ＯOo", "〇〇〇〇")


def read_day(words: str) -> date | None:
    """The day that stands first in the words, or None where there is none or no calendar has it."""
    found = _DAY.search(words)
    if not found:
        return None
    try:
        year, month, day = (cn_number(part.translate(_ZEROS)) for part in _PARTS.findall(found[0])[:3])
        return date(year, month, day)
    except ValueError:
        return None


def days(text: str, start: int = 0, end: int | None = None) -> Iterator[Found[date]]:
    """Every day named in a stretch of the text."""
    for match in _DAY.finditer(text, start, len(text) if end is None else end):
        if day := read_day(match[0]):
            yield Found(day, match.span())


def years_later(day: date, years: int, months: int = 0) -> date | None:
    """The last day of a period of years and months that begins on `day`; None beyond the calendar."""
    count = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(count, 12)
    for number in range(day.day, day.day - 4, -1):
        try:
            return date(year, month + 1, number) - timedelta(days=1 if number == day.day else 0)
        except ValueError:
            continue
    return None
