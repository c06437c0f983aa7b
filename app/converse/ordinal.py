"""“第二个呢”, “最后一条展开讲讲”, “下一项”: an entry of the list last told, by its place."""

import re

from app.converse.session import Past
from app.corpus import cn_number
from app.text import Analyzer, fold

LONGEST_NAME = 30  # characters that an entry's own name may have

_UNIT = r"(?:个|条|点|项|款|种|类|部分)(?![月年季度])"
_NUMBERED = re.compile(r"第\s*([一二三四五六七八九十\d]{1,3})\s*(个|条|点|项|款|部分)")
_PLACE = re.compile(
    rf"(?P<back>倒数)?第\s*(?P<number>[一二三四五六七八九十\d]{{1,3}})\s*{_UNIT}"
    rf"|(?P<last>最后|最末|末尾|末)(?:面)?[的那这]?一?{_UNIT}|(?P<first>头|首|最前面?)[的那这]?一?{_UNIT}"
    rf"|(?P<before>上|前)(?:面)?[的那这]?一{_UNIT}|(?P<after>下|后)(?:面)?[的那这]?一{_UNIT}"
)
# What is said around a place without naming anything else.
_AROUND = re.compile(
    r"展开|听听|念念?|讲|写|一遍|一次|具体|详细|仔细|细说|解释|解读|介绍|重复|念|读|先说|先讲|说说|讲讲|看看|单独|名字|名称|内容|原文|意思|来着|完整|上面|上述|前面|刚才|刚刚|里面"
)
_JOINED = re.compile(r"\s*(?:和|跟|与|以及|还有|、|分别|各)\s*")
_NAME_ENDS = re.compile(r"[：:。；;\n]")
_LABEL = re.compile(r"^\s*(?:[(（][^)）]{1,3}[)）]|[一二三四五六七八九十\d]{1,3}[、.．]|第[^条]{1,5}条)\s*")


def ordinal(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """The whole questions for a place in the list last told; none where more is named than a place.

    An entry is asked for by its own name. Where it has none, or no list was told, the place is put behind the last question.
    """
    folded = fold(utterance)
    places = list(_PLACE.finditer(folded))
    rest = _PLACE.sub(" ", folded)
    if not places or analyzer.subject(_AROUND.sub(" ", rest)):
        return ()
    if len(places) > 1:
        names = [_named(place, last) for place in places]
        return (f"{'和'.join(names)}分别{_JOINED.sub('', rest).strip()}",) if all(names) else ()
    found, wanted = [], places[0]
    if name := _named(wanted, last):
        asks = analyzer.runs_without_stopwords(_AROUND.sub(" ", rest))
        found.append(f"{name} {rest.strip()}" if asks else name)
    if wanted["number"] and not wanted["back"]:
        found.append(_behind(wanted.group(), last.question))
    return tuple(found)


def _behind(place: str, question: str) -> str:
    if _NUMBERED.search(question):
        return _NUMBERED.sub(place, question, count=1)
    return f"{question.rstrip('？?。')}{place}"


def _named(wanted: re.Match[str], last: Past) -> str:
    """The name of the entry at the place, or "" where the list told has no such entry or it has no name."""
    if last.status == "clarify":
        entries, at = last.options, _index(wanted, len(last.options), None)
        return entries[at] if at is not None else ""
    told = last.quotes[0] if last.quotes else ""
    here = next((n for n, entry in enumerate(last.entries) if told and told.startswith(entry)), None)
    at = _index(wanted, len(last.entries), here)
    return _name(last.entries[at]) if at is not None else ""


def _index(wanted: re.Match[str], size: int, here: int | None) -> int | None:
    """The place counted from 0, or None where a list of that size has none; `here` is the place last spoken of."""
    if wanted["last"]:
        at = size - 1
    elif wanted["first"]:
        at = 0
    elif wanted["number"]:
        number = cn_number(wanted["number"])
        at = size - number if wanted["back"] else number - 1
    elif here is None:
        return None
    else:
        at = here + (1 if wanted["after"] else -1)
    return at if 0 <= at < size else None


def _name(entry: str) -> str:
    """What an entry calls itself: the words before its first colon or full stop, without its number."""
    lead = _NAME_ENDS.split(_LABEL.sub("", " ".join(entry.split())), 1)[0].strip()
    return lead if 2 <= len(lead) <= LONGEST_NAME else ""
