"""What kind of text it is, by its title, and what a 解读 explains."""

import re
from itertools import islice
from typing import get_args

from app.corpus.document import Kind
from app.corpus.metadata.found import Facts, Found, Span

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("解读", re.compile(r"解读|解析|图解|一图读懂|起草说明|政策说明")),
    ("问答", re.compile(r"问答|答问|答记者问|解答|热点.{0,6}问|\d+问|百问|常见问题")),
    (
        "指南",
        re.compile(
            r"指南|指引|手册|攻略|须知|操作规程|办理流程|明白纸|一文说清|导引|办事服务|(?:条件|流程|程序|步骤|材料)(?:及|和|与|、)(?:条件|流程|程序|步骤|材料|要求|说明)$|(?:申报|申请|申领|办理)(?:条件|流程|说明|步骤|材料)"
        ),
    ),
    ("通告", re.compile(r"(?:通告|公告|公示)(?:[（(].*[）)])?$")),
    (
        "原文",
        re.compile(
            r"(?:通知|办法|意见|细则|措施|方案|规定|条例|决定|批复|通报|规划|计划|规则|规程|规范|标准|章程|纲要|法|令|复函|函|政策|目录)"
            r"(?:[（(〔][^）)〕]{1,20}[）)〕])?(?:的通知)?》?$"
        ),
    ),
)
_SITE_BEHIND = re.compile(r"\s*[|｜_]\s*[^|｜_]{2,30}$")
_NAMED = re.compile(r"《([^《》]{4,80}(?:《[^《》]{2,60}》[^《》]{0,20})?)》")


_UNMARKED = re.compile(
    r"(?:【[^】]*】|关于)?([^《》，。：:]{4,80}?(?:通知|办法|意见|细则|措施|方案|规定|条例|规划|计划))的?(?:政策)?(?:解读|问答|解答|图解)"
)


# What a text of a kind is made of, where its title does not show it.
_BODIES: tuple[tuple[Kind, re.Pattern[str], int], ...] = (
    ("问答", re.compile(r"^(?:[#\s*]*)(?:问|Q)\s*\d*\s*[：:]", re.MULTILINE), 2),
    ("原文", re.compile(r"^\s*第\s*[一二三四五六七八九十百\d]+\s*条[\s\u3000]", re.MULTILINE), 3),
    (
        "指南",
        re.compile(
            r"^(?:[#\s*]*|[一二三四五六七八九十]{1,3}、\s*|[（(][一二三四五六七八九十]{1,2}[）)]\s*|\d{1,2}[.、．]\s*)"
            r"(?:受理条件|申报条件|申请条件|申报材料|申请材料|所需材料|办理材料|提交材料|办理流程|办理程序|申报流程|申报程序|办理方式"
            r"|办理时限|办理时间|受理时间|受理部门|受理地点|咨询电话|联系方式|申报对象|扶持对象)",
            re.MULTILINE,
        ),
        2,
    ),
    (
        "原文",
        re.compile(
            r"(?:制定|出台)本(?:办法|意见|措施|细则|政策|方案|规定)|本(?:办法|意见|措施|细则|政策|规定)自"
        ),
        1,
    ),
)
_BODY = 20_000


def read_kind(title: Found[str], number: Found[str] | None, facts: Facts, text: str = "") -> Found[Kind]:
    """The kind the title shows; a text with a number of its own is an 原文; else what the text is made of."""
    stated = facts.get("种类", "")
    for kind in get_args(Kind):
        if stated == kind:
            return Found(kind, None)
    for kind, pattern in _RULES:
        if pattern.search(_SITE_BEHIND.sub("", title.value)):
            return Found(kind, title.span)
    if number:
        return Found("原文", number.span)
    for kind, pattern, least in _BODIES:
        if len(list(islice(pattern.finditer(text, 0, _BODY), least))) == least:
            return Found(kind, None)
    return Found("其他", None)


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
