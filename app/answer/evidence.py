"""Which words of the clauses found are the evidence, and whether they are of the kind that was asked for."""

import re
from collections.abc import Mapping, Sequence

from app.answer.answer import Intent
from app.answer.citation import Evidence
from app.corpus import Clause, Document
from app.index import Snapshot
from app.text import fold, sentence_spans

WHOLE = 260  # a clause up to so many characters is quoted whole
MOST = 400  # and never more than this of one clause, an enumeration excepted
LONGEST_LIST = 1500  # an enumeration up to so many characters is quoted in full
LONGEST_BARE = 45  # a line up to so many characters without any punctuation is no statement
NEAR = 0.5  # a sentence this close to the best one is quoted with it

_CN = "零一二三四五六七八九十百千万亿两半"
_UNIT = r"(?:元|万元|亿元|万|亿|%|‰|倍|个百分点|折|分|人|名|户|家|个|吨|公里|平方米|亩|次|台|套)"
_TYPED: Mapping[Intent, re.Pattern[str]] = {
    "amount": re.compile(
        rf"\d[\d,.]*\s*{_UNIT}|百分之[{_CN}]+|[{_CN}]+(?:元|倍|成|个百分点|万元|亿元)|全额|一半|免费|免收|零"
    ),
    "time": re.compile(
        rf"\d+\s*(?:年|月|日|天|小时|个月|个工作日|周|时|点|分钟)|[{_CN}]+(?:年|个月|日|天|周|小时|个工作日)|当年|次年|每年|年度|"
        r"长期|之日起|截至|截止|届满|期间|为止|\d{4}[-./]\d{1,2}"
    ),
    "contact": re.compile(
        r"\d{3,4}-?\d{7,8}|1\d{10}|\b12\d{3}\b|\b9\d{4}\b|@|[一-鿿]{1,10}(?:局|委员会|委|厅|部门|办公室|中心|科|处|窗口|银行|部|院|公司|指挥部|政府)"
    ),
    "process": re.compile(
        r"登录|网站|网址|平台|窗口|系统|小程序|公众号|app|提交|报送|递交|申报|填报|填写|受理|审核|审批|公示|拨付|向[一-鿿]{2,14}(?:申请|申报|提出|报告|登记)|办理|通过[一-鿿]{2,12}方式|邮寄|预约|流程|步骤"
    ),
    "material": re.compile(
        r"复印件|原件|申请表|申请书|身份证|户口|营业执照|证书|证明|合同|发票|报告|承诺书|登记表|许可证|批文|批件|协议|票据|凭证|审计|报表|名单|清单|台账|照片"
    ),
}
_NARROWER: Mapping[tuple[Intent, re.Pattern[str]], re.Pattern[str]] = {
    ("time", re.compile(r"截止|截至|几[号月日]|哪天|何时|什么时(?:候|间)|啥时候|几点")): re.compile(
        r"\d+\s*月|\d+\s*日|\d{4}\s*年|\d{4}[-./]\d{1,2}|\d+[:点时]|之日起|截至|截止|即日|次[日月年]|每[年月季周]|届满|为止|[季年]度|[上下]半年"
    ),
    ("contact", re.compile(r"电话|热线|座机|号码|邮箱|联系方式|微信号|打给")): re.compile(
        r"\d{3,4}-?\d{7,8}|1\d{10}|(?<!\d)12\d{3}(?!\d)|(?<!\d)9\d{4}(?!\d)|@"
    ),
    ("process", re.compile(r"网站|网址|平台|链接|入口")): re.compile(
        r"网站|网址|平台|系统|小程序|公众号|app|www|http|登录|网上"
    ),
}
_GENERIC: Mapping[Intent, re.Pattern[str]] = {
    # Words that only name the thing asked for, without giving it.
    "process": re.compile(r"申报(?:材料|条件|要求)|支持方式|办理条件"),
    "material": re.compile(r"申报材料|申请材料"),
}


_SAYS_SOMETHING = re.compile(r"[。；;，！!→=：:]|\d{3}")


def holds_type(intent: Intent, question: str, text: str) -> bool:
    """Whether a text holds something of the asked kind: a figure, a date, steps, papers, someone to call.

    A question for a day wants a day and not a period, one for a telephone a number and not a department. True for the
    intents whose evidence has no typical form.
    """
    pattern = next(
        (p for (i, cue), p in _NARROWER.items() if i == intent and cue.search(fold(question))),
        _TYPED.get(intent),
    )
    if pattern is None:
        return True
    folded = fold(text)
    if generic := _GENERIC.get(intent):
        folded = generic.sub("", folded)
    return bool(pattern.search(folded))


def is_bare(clause: Clause, snapshot: Snapshot) -> bool:
    """Whether a clause says nothing by itself: a title, an unnumbered heading, a signature, a heading of nothing."""
    if clause.end - clause.start > LONGEST_BARE or snapshot.children(clause):
        return False
    return clause.kind in ("heading", "paragraph") and not _SAYS_SOMETHING.search(snapshot.text(clause))


def is_typed(intent: Intent) -> bool:
    """Whether evidence for this intent must be of a kind that can be told from its form."""
    return intent in _TYPED


def whole_list(clause: Clause, snapshot: Snapshot) -> list[Evidence]:
    """Every entry of the enumeration that a clause heads, in order (promise 4); empty where it heads none.

    An entry named by a lead sentence is quoted by that lead, and a numbered one in full; in a long list each by its
    first sentence.
    """
    children = snapshot.children(clause)
    entries = [child for child in children if child.kind != "paragraph"] or list(children)
    return _entries(entries, snapshot.document(clause.document_id))


def whole_section(clause: Clause, snapshot: Snapshot) -> list[Evidence]:
    """Everything directly under a heading, plain paragraphs too, in order."""
    return _entries(snapshot.children(clause), snapshot.document(clause.document_id))


def _entries(entries: Sequence[Clause], document: Document) -> list[Evidence]:
    brief = sum(entry.end - entry.start for entry in entries) > LONGEST_LIST
    return [_entry(entry, document, brief) for entry in entries]


def _entry(clause: Clause, document: Document, brief: bool) -> Evidence:
    lead = clause.label
    if len(lead) > 4 and document.text.startswith(lead, clause.start):
        return Evidence(clause, document, clause.start, clause.start + len(lead))
    if brief:
        return Evidence(clause, document, *sentence_spans(document.text, clause.start, clause.end)[0])
    return Evidence(clause, document, clause.start, clause.end)


def passages(
    clause: Clause, document: Document, grams: Mapping[str, float], idf: Mapping[str, float]
) -> list[Evidence]:
    """The sentences of a clause that bear on the question, adjacent ones joined; the clause itself where it is short."""
    if clause.end - clause.start <= WHOLE:
        return [Evidence(clause, document, clause.start, clause.end)]
    spans = sentence_spans(document.text, clause.start, clause.end)
    if len(spans) == 1:
        return [Evidence(clause, document, *spans[0])]
    scores = [_bearing(document.text[a:b], grams, idf) for a, b in spans]
    best = max(scores)
    chosen = _within(spans, scores, best)
    return [Evidence(clause, document, start, end) for start, end in _joined(chosen, document.text)]


def _bearing(sentence: str, grams: Mapping[str, float], idf: Mapping[str, float]) -> float:
    folded = fold(sentence)
    return sum(weight * idf[gram] for gram, weight in grams.items() if gram in folded)


def _within(spans: Sequence[tuple[int, int]], scores: Sequence[float], best: float) -> list[tuple[int, int]]:
    """The best sentences, best first, until the quote would be too long; then in the order of the text."""
    ranked = sorted(range(len(spans)), key=lambda i: (-scores[i], i))
    chosen: list[tuple[int, int]] = []
    length = 0
    for i in ranked:
        size = spans[i][1] - spans[i][0]
        if chosen and (scores[i] < NEAR * best or length + size > MOST):
            break
        chosen.append(spans[i])
        length += size
    return sorted(chosen)


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
