"""What a text says it does to other documents: which it repeals and which it amends.

Only a sentence that does so counts. One that quotes somebody, sets a condition (“国家出台新规定的，本办法废止”) or speaks of the
document itself repeals nothing; what takes back a part of another document amends it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.corpus.document import Kind, Named
from app.corpus.metadata.found import Found

_TITLE = r"《(?P<title>[^《》]{2,80}(?:《[^《》]{2,60}》[^《》]{0,30})*)》"
_NUMBER = r"[\u4e00-\u9fff]{1,16}[〔\[［（(【﹝〈](?:19|20)\d{2}[〕\]］）)】﹞〉]\s*第?\s*\d{1,5}\s*号|[\u4e00-\u9fff]{2,24}?令\s*第?\s*[\d一二三四五六七八九十百]{1,6}\s*号"
NAME = re.compile(rf"{_TITLE}(?:\s*[（(](?P<beside>{_NUMBER})[^（()）]{{0,40}}[）)])?|(?P<number>{_NUMBER})")
_SENTENCE = re.compile(r"[^。；;\n]+")
_REPEAL = re.compile(r"废止|失效|停止执行|停止施行|不再执行|停止使用")
_AMEND = re.compile(
    r"(?:作|做)?(?:如下|以下)(?:修改|修订|调整|修正)|(?:作|做)出(?:如下)?(?:修改|修订|调整)|予以(?:修改|修订|修正)|(?:进行|作了?)(?:修改|修订)"
)
_NOT_DONE = re.compile(
    r"本(?:办法|规定|通知|意见|措施|细则|方案|条例|政策|文件)(?:自[^，,]{0,12})?(?:同时|即行|自动|自行|相应)*(?:废止|失效)|(?:继续|仍然?)有效|未(?:被)?废止|不得|可以|应当|拟|是否"
    r"|届时|期满|到期|另有规定|(?:出台|作出|颁布)[^，。]{0,10}(?:新的?|其他)规定|有效期|起草|征求意见|[？?]"
)
_PART = re.compile(
    r"\s*(?:[（(][^（()）]{0,40}[）)]\s*)?(?:中|里|附件|附表|第[一二三四五六七八九十百\d]+[条章节款项]|的?(?:部分|有关|相关))"
)
_LEAD = re.compile(r"^(?:原|及|和|以及|或|将|对|由|依据|根据|按照|现将|决定|同时|废止|的)+(?=.{2})")
_AMENDED = re.compile(r"(?:对|将|把|决定)[^，,]{0,12}$")
_GROUND = re.compile(r"(?:根据|依据|按照|依照|参照)[^，,]{0,6}$")
_AMENDING = re.compile(r"\s*(?:第[一二三四五六七八九十]+次)?(?:修正|修订|修改)")
_BEHIND = re.compile(r"废止(?:[^，,《]{0,8}|[^。]*》[^，,。]{0,30}[、和及]\s*)$")
_DATED = re.compile(r"\d{4}年[^《》]*的\s*$|[发公颁]布的\s*$|^原\s*$|[，,、]\s*原\s*$")
_OF_REPEAL = re.compile(r"废止|宣布失效|停止执行|失效的(?:决定|通知|公告)")
_OF_AMENDMENT = re.compile(r"(?:修改|修订|修正|调整|完善)(?=.{0,3}[《〈])")
_ROW = re.compile(
    r"(?:\|\s*)?(?:[（(]?[一二三四五六七八九十\d]{1,3}[）).．、|]?\s*[|]?\s*)?(?=《|\d|[\u4e00-\u9fff]{1,16}[〔\[])"
)


class References(NamedTuple):
    """The documents a text repeals and those it amends, in the order it names them."""

    repeals: tuple[Named, ...]
    amends: tuple[Named, ...]


class _Self(NamedTuple):
    """What the text itself is called: the letters of its titles and of its number."""

    titles: frozenset[str]
    number: str

    def is_named(self, one: Named) -> bool:
        return _bare(one.title or one.number or "") in (*self.titles, self.number)


def read_references(text: str, title: Found[str], number: Found[str] | None, kind: Kind) -> References:
    """What the text does to others; a 解读 or 问答 only tells what another document does."""
    if kind in ("解读", "问答"):
        return References((), ())
    mine = _Self(_own_titles(title.value), _bare(number.value) if number else "")
    repeals, amends = [*_by_title(title, _OF_REPEAL)], [*_by_title(title, _OF_AMENDMENT)]
    for sentence in _SENTENCE.finditer(text):
        words = sentence[0]
        if _REPEAL.search(words) or _AMEND.search(words):
            for named, verb in _acted_on(words, sentence.start(), mine):
                if not _quoted(text, named.start):
                    (repeals if verb == "repeal" else amends).append(named)
    if _OF_REPEAL.search(title.value):
        repeals += [one for one in _listed(text) if not mine.is_named(one)]
    return References(_others(repeals), _others(amends))


def _own_titles(title: str) -> frozenset[str]:
    """The title, and the one within it of what it promulgates."""
    if _OF_REPEAL.search(title) or _OF_AMENDMENT.search(title):
        return frozenset([_bare(title)])
    return frozenset(_bare(one) for one in (title, *re.findall(r"《([^《》]{2,80})》", title)))


def _by_title(title: Found[str], verb: re.Pattern[str]) -> Iterator[Named]:
    """关于修改《…》的决定, 关于废止《…》的通知."""
    found = verb.search(title.value)
    if not found or not title.span:
        return
    words = title.value.replace("〈", "《").replace("〉", "》")
    for name in NAME.finditer(words, found.end()):
        yield as_named(name, title.span[0])


def _acted_on(words: str, start: int, mine: "_Self") -> Iterator[tuple[Named, str]]:
    """Each other document named in a sentence with what is done to it."""
    if _NOT_DONE.search(words):
        return
    repeals, amend = list(_REPEAL.finditer(words)), _AMEND.search(words)
    for name in NAME.finditer(words):
        named = as_named(name, start)
        if mine.is_named(named) and not _is_older(words, name, named, mine):
            continue
        if amend and name.end() <= amend.start():
            if _AMENDED.search(words[: name.start()]):
                yield named, "amend"
        elif repeals and _is_repealed(words, name, repeals[-1]):
            yield named, "amend" if _PART.match(words, name.end()) else "repeal"


def _is_repealed(words: str, name: re.Match[str], verb: re.Match[str]) -> bool:
    """《…》同时废止 or 同时废止《…》; what is named as a ground, or as the decision of an earlier amendment, is not."""
    before = words[: name.start()]
    if _GROUND.search(before) or _AMENDING.match(words, name.end()):
        return False
    return name.end() <= verb.start() or bool(_BEHIND.search(before))


def _is_older(words: str, name: re.Match[str], named: Named, mine: "_Self") -> bool:
    """Whether a document of this one's own name is an earlier one: another number, or 2005年…通过的《…》."""
    if named.number:
        return _bare(named.number) != mine.number
    return bool(_DATED.search(words[: name.start()]))


def _listed(text: str) -> Iterator[Named]:
    """The entries of a list of repealed documents: lines that begin with a title or a number."""
    at = 0
    for line in text.split("\n"):
        if (row := _ROW.match(line)) and (name := NAME.search(line, row.end())):
            yield as_named(name, at)
        at += len(line) + 1


def as_named(name: re.Match[str], start: int) -> Named:
    """The document that a match of NAME in a text from `start` on stands for."""
    number = name["beside"] or _LEAD.sub("", name["number"] or "")
    return Named(
        name["title"], "".join(number.split()) if number else None, start + name.start(), start + name.end()
    )


def _others(named: list[Named]) -> tuple[Named, ...]:
    """Each of them once, with its number where one mention has it."""
    kept: dict[str, Named] = {}
    for one in named:
        key = _bare(one.title or one.number or "")
        before = kept.get(key)
        if before is None or (one.number and not before.number):
            kept[key] = one
    return tuple(kept.values())


def _quoted(text: str, at: int) -> bool:
    before = text[max(0, at - 400) : at]
    return before.rfind("“") > before.rfind("”")


def _bare(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)
