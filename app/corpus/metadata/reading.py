"""All that a text and its file say about it, put together."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice

from app.corpus.metadata.card import in_card
from app.corpus.metadata.days import days, read_day
from app.corpus.metadata.found import Facts, Found, Metadata
from app.corpus.metadata.issuer import read_issuers, signature
from app.corpus.metadata.lines import Line, head, lines
from app.corpus.metadata.nature import read_interprets, read_kind
from app.corpus.metadata.number import read_number
from app.corpus.metadata.place import read_place
from app.corpus.metadata.prolonging import read_prolonged
from app.corpus.metadata.references import read_references
from app.corpus.metadata.title import read_title
from app.corpus.metadata.validity import Days, Validity, read_validity, stated_day

_COLOPHON = re.compile(r"日\s*(?:印发|印制)[）)]?$")
_PROMULGATED = re.compile(r"[（(]?[^。]{0,80}?日[^。，]{0,60}?(?:公布|发布|通过)")
_FROM_ISSUE = re.compile(r"自(?:印发|发布|公布)之日起(?:施行|实施|执行)")
_LATE = 30  # days between signing and publishing
_REVISED = re.compile(r"(?:修订|修改)[^，。]{0,12}《")
_WHOLE_TEXT = 1500  # 关于修订《…》的通知 of this length has the whole new text behind it
_ABOUT_OTHERS = re.compile(r"废止|失效|延长|延续|继续有效|清理|修改|修订")


def read_metadata(text: str, facts: Facts | None = None) -> Metadata:
    """The metadata of a text. `facts` are what its file says outside the text.

    What a card or an information box states goes before what the text says, and that before what a page's meta tags say.
    """
    facts = facts or {}
    ahead = head(text)
    title = read_title(text, ahead, facts)
    number = read_number(ahead, facts)
    issuers = read_issuers(text, title, number, ahead, facts)
    kind = read_kind(title, number, facts, text)
    published, signed, issued = _published(text, ahead, number, facts)
    validity = _validity(text, title, kind.value, Days(signed, issued), facts)
    place = read_place(issuers, title, facts.get("网站", ""), text, number.value if number else "")
    if stated := facts.get("地区", "").strip():
        place = place._replace(region=Found(stated, None))
    interprets = read_interprets(title, kind.value)
    if interprets and place.region is None and place.level is None:  # it applies where what it explains does
        place = read_place(None, interprets)
    url = facts.get("网址", "").strip()
    references = read_references(text, title, number, kind.value)
    read = Metadata(
        title=title,
        kind=kind,
        number=number,
        issuers=issuers,
        published_on=published,
        effective_from=validity.effective_from,
        expires_on=validity.expires_on,
        region=place.region,
        level=place.level,
        source_url=Found(url, None) if re.match(r"https?://", url) else None,
        basis=Found(facts["依据文件"], None) if facts.get("依据文件") else None,
        interprets=interprets,
        repeals=references.repeals,
        amends=references.amends,
        prolongs=read_prolonged(text, title) if kind.value not in ("解读", "问答") else (),
        repealed=_is_repealed(facts, validity),
    )
    return in_card(text, read)


def _published(
    text: str, ahead: list[Line], number: Found[str] | None, facts: Facts
) -> tuple[Found[date] | None, date | None, date | None]:
    """(the day of publication, the day signed, the day sent out or made public, where the text gives it)."""
    _, line = signature(text)
    signed = next(days(text, line.start, line.end), None) if line else None
    promulgated = _promulgated(ahead)
    if not promulgated and number and "令" in number.value:
        promulgated = _ordered(text)
    sent = promulgated or _sent_out(text)
    box, page, own = (stated_day(facts.get(key)) for key in ("发布日期", "网页日期", "成文日期"))
    if _FROM_ISSUE.search(text):  # in force from the day it was issued, and a box states that day
        promulgated = promulgated or stated_day(facts.get("实施日期"))
    dated = _dated(ahead)
    around = (box, promulgated, page)
    inside = (sent, signed, own)
    copied = "转载" in facts.get("网页标题", "") or _is_repost(around, inside)
    told = (*inside, *around) if copied else (*around, *inside)
    published = next((day for day in told if day), None) or dated
    issued = sent.value if sent else read_day(facts.get("印发日期", ""))
    if not issued and not signed and dated:
        issued = dated.value
    return published, signed.value if signed else own.value if own else None, issued


def _is_repost(around: Sequence[Found[date] | None], inside: Sequence[Found[date] | None]) -> bool:
    """Whether the page's day is long after that on which the document was made: somebody put it up again."""
    shown, made = (next((day.value for day in one if day), None) for one in (around, inside))
    return bool(shown and made and (shown - made).days > _LATE)


def _ordered(text: str) -> Found[date] | None:
    """The day below the name that signs an order; it is promulgated on that day."""
    for line in islice(lines(text), 20):
        if len(line.words) <= 20 and (day := read_day(line.words)):
            return Found(day, (line.start, line.end))
    return None


def _sent_out(text: str) -> Found[date] | None:
    """The day in a colophon: 某市人民政府办公厅 2024年7月29日印发."""
    for line in lines(text):
        if len(line.words) <= 60 and _COLOPHON.search(line.words):
            return next(days(text, line.start, line.end), None)
    return None


def _promulgated(ahead: list[Line]) -> Found[date] | None:
    """The first day in the line below a law's title: （2021年7月27日国务院令第746号公布）."""
    for line in ahead[1:4]:
        if line.words[0] in "（(12" and _PROMULGATED.match(line.words) and (day := read_day(line.words)):
            return Found(day, (line.start, line.end))
    return None


def _dated(ahead: list[Line]) -> Found[date] | None:
    """A day alone on its line below the title, or behind 发布日期."""
    for line in ahead[1:6]:
        bare = re.sub(
            r"^[【\[（(]?(?:发布|成文|发文|印发)?(?:日期|时间)?[】\]]?[：:]?|[）)]$", "", line.words
        )
        if len(bare) <= 22 and (day := read_day(bare)) and re.match(r"\s*[\d二]", bare):
            return Found(day, (line.start, line.end))
    return None


def _is_repealed(facts: Facts, validity: Validity) -> bool:
    """Whether the publisher says that it is out of force while no day tells since when. 失效 is what a stated last day does."""
    state = facts.get("状态", "")
    if re.search("未|仍|现行", state) or stated_day(facts.get("失效日期")):
        return False
    return bool(re.search("废止|作废|撤销|停止执行", state)) or (
        "失效" in state and validity.expires_on is None
    )


def _validity(text: str, title: Found[str], kind: str, signed: Days, facts: Facts) -> Validity:
    """A 解读 or 问答 speaks of another document's days, and so does a text that amends or repeals."""
    own = kind not in ("解读", "问答")
    read = read_validity(text, signed) if own else Validity(None, None)
    if _ABOUT_OTHERS.search(title.value) and not (_REVISED.search(title.value) and len(text) > _WHOLE_TEXT):
        read = read._replace(expires_on=None)
    begins, ends = stated_day(facts.get("实施日期")), stated_day(facts.get("失效日期"))
    return Validity(begins or read.effective_from, ends or read.expires_on)
