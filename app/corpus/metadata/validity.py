"""From when and until when a document applies: only where a sentence says so of this very document.

An expiry that is mentioned of another document, a certificate or a deadline must never count: documents out of force are
left out of answers. So a sentence must have 本办法 (or the like) as its subject, or be the order that promulgates the text.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.corpus.markers import cn_number
from app.corpus.metadata.days import DAY, read_day, years_later
from app.corpus.metadata.found import Found, Span

_WHAT = "办法|规定|通知|意见|措施|细则|方案|条例|规则|公告|通告|决定|政策|指南|标准|规程|规范|文件|规章|法"
# 本办法, 本操作办法（试行）, 本《实施办法》, and the short name a transmittal gives it: 《若干措施》
_OWN = (
    rf"(?:(?:本|此)(?:[\u4e00-\u9fff]{{0,6}}?)(?:{_WHAT})|本?《(?:若干|实施|管理|暂行|操作|试行|政策|具体)*(?:{_WHAT})(?:[（(]试行[）)])?》)"
    r"(?:[（(][^）)]{1,12}[）)])?"
)
_LABEL = r"(?:第[一二三四五六七八九十百\d \t\u3000]+条|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、])?[\s\u3000]*"
_ASIDE = r"(?:由[^，。；]{2,60}(?:解释|实施|落实)[^，。；]{0,12}[，,；;]\s*(?:并)?|(?:仅?适用于|经)[^，。；]{2,60}[，,]\s*)?"
_ORDERED = r"《[^》]{2,60}》[^。]{0,90}?(?:现予(?:公布|发布)|现印发[^，。]{0,8})[^。，]{0,10}[，,](?:请[^。，]{2,20}[，,])?\s*"
_DID = r"(?:起|后|开始|之后)?(?:正式|暂|开始)*(?:施行|实施|执行|生效|试行)"
# The scheme that a page is about, where it gives both days: 申报项目自…起实施，有效期至…
_SCHEME = rf"[\u4e00-\u9fff]{{0,6}}(?:项目|政策|工作|业务|试点)(?=(?:从|自)\s*{DAY}{_DID}[，,]\s*有效期至)"
_SENTENCE = re.compile(
    rf"{_LABEL}(?:{_SCHEME}|(?:[^。；\n“”《》]{{0,240}}制定)?{_OWN}的?[\s，,]*{_ASIDE}|{_ORDERED})(?P<rest>[^。\n]{{2,160}}(?:。(?=有效期)[^。\n]{{2,60}})?)"
)
_MADE_PUBLIC = rf"(?:(?:从|自)?\s*{DAY}(?:起)?(?:公布|发布|印发)[，,]\s*)?"
_FIXED = re.compile(rf"{_MADE_PUBLIC}(?:从|自)?\s*(?P<day>{DAY}){_DID}")
_FROM_ISSUE = re.compile(
    rf"自(?:印发|发布|公布|颁布|下发|发文)(?:之日起|之日|日起)(?:满?(?P<delay>[一二三四五六七八九十\d]{{1,3}})(?P<unit>日|天|个月)(?:后|起)?)?{_DID}"
)
_TERM = r"(?:有效期限?|实施期限?|执行期限?|施行期限?|试行期限?)"
_BEHIND = rf"[，,；;。\s]*(?:{_OWN}的?)?"
_STOP = r"(?=[，,；;。（(\s]|$)"
_UNTIL = re.compile(
    rf"{_BEHIND}(?:{_TERM}(?:暂?定)?为?(?:自?[^，。；至到]{{0,16}}?(?:日|起)起?)?(?:截至|截止到?|至|到|—|-)|(?:{_DID})?至)\s*(?P<day>{DAY})(?:为?止|废止|失效|终止|自动失效|期间有效)?{_STOP}"
)
_SPAN = re.compile(rf"{_TERM}(?:暂?定)?为?自?\s*(?P<day>{DAY})\s*起?\s*(?:至|到|—|-|～|~)")
_FOR = re.compile(
    rf"{_BEHIND}(?:{_TERM}|试行|暂定(?:执行|实施|试行)?)(?:暂定)?(?:为|是)?\s*(?P<count>[一二两三四五六七八九十\d]{{1,3}})\s*(?P<unit>年|个月)(?:的?有效期限?)?{_STOP}"
)
_YEARS = re.compile(
    r"[^。；]{0,60}?(?:(?:政策|实施|执行|有效|适用)期限?|有效期)为?自?(?P<first>20\d{2})年?度?\s*(?:至|到|-|—|～|~)\s*(?P<last>20\d{2})年度?(?=[，,；;。]|$)"
)
_NAMED = re.compile(r"《[^《》]{2,120}》|<[^<>]{2,120}>")
# What is said behind the expiry that takes a part of the document out of it.
_PARTLY = re.compile(r"[，,；;]?(?:其中|部分|除外|但)|[^，,；;。]{0,20}除外")
_UNSURE = re.compile(
    r"解除|疫情|另行|从其规定|除外|另有|届满后|具体|部分|分别|延长|延续|期限规定|已[^，。]{0,6}规定"
)
_LONGEST_SENTENCE = 400
_KEYS = re.compile(r"施行|实施|执行|生效|试行|有效期|政策期限|适用期限")


class Days(NamedTuple):
    """The days a 之日 may mean: when the document was signed, and when it was sent out or made public, if stated."""

    signed: date | None
    issued: date | None


class Validity(NamedTuple):
    """From when and until when; each None where the text does not say it of itself."""

    effective_from: Found[date] | None
    expires_on: Found[date] | None


def read_validity(text: str, days: Days) -> Validity:
    """What the text says of its own force. Sentences that contradict each other leave the expiry open."""
    begins: list[Found[date]] = []
    ends: list[Found[date]] = []
    for rest, start in _sentences(text):
        span = (start, start + len(rest))
        if years := _YEARS.match(rest):
            begins.append(Found(date(int(years["first"]), 1, 1), span))
            ends.append(Found(date(int(years["last"]), 12, 31), span))
            continue
        begin, after = _begin(rest, days)
        if begin:
            begins.append(Found(begin, span))
        known = begin or (begins[-1].value if begins and not after else None)
        if end := _end(rest, after, known):
            ends.append(Found(end, span))
    single = len({found.value for found in ends}) == 1
    return Validity(begins[-1] if begins else None, ends[-1] if single else None)


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    """What sentences about this document say, and where it begins."""
    seen = -1
    for key in _KEYS.finditer(text):
        nearest = max(0, key.start() - _LONGEST_SENTENCE)  # looking further back would take square time
        start = max(text.rfind(end, nearest, key.start()) for end in "。\n") + 1
        if start <= seen or (start == 0 < nearest):
            continue
        seen = start
        before = text[start : key.start()]
        tight = start + len(before) - len(before.lstrip())
        if text[tight] != "“" and (found := _SENTENCE.match(text, tight)) and not _is_quoted(text, tight):
            yield found["rest"], found.start("rest")


def _is_quoted(text: str, at: int) -> bool:
    before = text[max(0, at - 400) : at]
    return before.rfind("“") > before.rfind("”")


def _begin(rest: str, days: Days) -> tuple[date | None, int]:
    """(the first day, where the words about it end)."""
    if fixed := _FIXED.match(rest):
        return read_day(fixed["day"]), fixed.end()
    if span := _SPAN.match(rest):
        return read_day(span["day"]), 0
    issue = _FROM_ISSUE.match(rest)
    if not issue:
        return None, 0
    base = days.issued or days.signed
    if base and issue["delay"]:
        count = cn_number(issue["delay"])
        if issue["unit"] == "个月":
            last = years_later(base, 0, count)
            base = last + timedelta(days=1) if last else None
        else:
            base += timedelta(days=count)
    return base, issue.end()


def _end(rest: str, after: int, begin: date | None) -> date | None:
    """The last day, where it is said directly behind the first or of the document itself."""
    if until := _UNTIL.match(rest, after):
        return None if _is_unsure(rest, until.end()) else _after(read_day(until["day"]), begin)
    lasting = _FOR.match(rest, after)
    if not lasting or begin is None or _is_unsure(rest, lasting.end()):
        return None
    count = cn_number(lasting["count"])
    return years_later(begin, count) if lasting["unit"] == "年" else years_later(begin, 0, count)


def _is_unsure(rest: str, stop: int) -> bool:
    """Whether the words up to the expiry leave it open, or those right behind it take a part out."""
    bare = _NAMED.sub("", rest[:stop])  # the name of a repealed document may speak of anything
    return bool(_UNSURE.search(bare) or _PARTLY.match(rest, stop))


def _after(day: date | None, begin: date | None) -> date | None:
    return day if day and (begin is None or day >= begin) else None


def stated_day(words: str | None) -> Found[date] | None:
    """A day stated in a card or box."""
    day = read_day(words or "")
    span: Span | None = None
    return Found(day, span) if day else None
