"""What kind of text it is, by its title, and what a 解读 explains."""

import re
from typing import get_args

from app.corpus.document import Kind
from app.corpus.metadata.found import Facts, Found, Span

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("解读", re.compile(r"解读|解析|图解|一图读懂|起草说明|政策说明")),
    ("问答", re.compile(r"问答|答问|答记者问|解答|热点.{0,6}问|\d+问|百问|常见问题")),
    ("指南", re.compile(r"指南|指引|手册|攻略|须知|操作规程|办理流程|明白纸|一文说清|导引")),
    ("通告", re.compile(r"(?:通告|公告|公示)(?:[（(].*[）)])?$")),
    (
        "原文",
        re.compile(
            r"(?:通知|办法|意见|细则|措施|方案|规定|条例|决定|批复|通报|规划|计划|规则|规程|规范|标准|章程|纲要|法|令|复函|函|政策|目录)"
            r"(?:[（(〔][^）)〕]{1,20}[）)〕])?(?:的通知)?》?$"
        ),
    ),
)
_NAMED = re.compile(r"《([^《》]{4,80}(?:《[^《》]{2,60}》[^《》]{0,20})?)》")


_UNMARKED = re.compile(
    r"(?:【[^】]*】|关于)?([^《》，。：:]{4,80}?(?:通知|办法|意见|细则|措施|方案|规定|条例|规划|计划))的?(?:政策)?(?:解读|问答|解答|图解)"
)


def read_kind(title: Found[str], number: Found[str] | None, facts: Facts) -> Found[Kind]:
    """The kind the title shows; a text with a number of its own is an 原文."""
    stated = facts.get("种类", "")
    for kind in get_args(Kind):
        if stated == kind:
            return Found(kind, None)
    for kind, pattern in _RULES:
        if pattern.search(title.value):
            return Found(kind, title.span)
    return Found("原文", number.span) if number else Found("其他", None)


def read_interprets(title: Found[str], kind: Kind) -> Found[str] | None:
    """The title of the document that a 解读 or 问答 explains: in 《》 within its own title, or 关于…办法 before 解读."""
    if kind not in ("解读", "问答"):
        return None
    named = _NAMED.search(title.value) or _UNMARKED.match(title.value)
    if not named:
        return None
    span: Span | None = None
    if title.span:
        span = (title.span[0] + named.start(1), title.span[0] + named.end(1))
    return Found(named[1], span)
