"""The parts of a document that are headed by what is asked for: 申报条件, 服务流程, 联络方式 …

People ask for a policy's field by its kind (“条件”, “找谁”, “怎么报”), not by the words that stand in it. Once the document is
known, the heading says where to look.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from app.answer.answer import Intent
from app.answer.citation import Evidence
from app.answer.cover import longest_run
from app.answer.intent import read_intent
from app.answer.typed import holds_type
from app.corpus import Clause, Document
from app.index import Snapshot
from app.text import Analyzer, fold

LONGEST_HEADING = 24  # a longer heading is a sentence, and what it mentions is not what it heads
MOST_FIELDS = 2
OPENING = 200  # characters in which a document says what it is about
WHOLE_FIELD = 400  # a field up to so many characters is quoted whole, and fields that are quoted together
NAMED = 6  # characters of its title that a question has when it names the document
COVERED = 0.5  # the share of the question's subject that must stand there for the document to be meant

_HEADED: Mapping[Intent, re.Pattern[str]] = {
    "contact": re.compile(r"联[络系]|咨询|电话|受理(?:部门|机构|单位|地点)|责任(?:单位|部门)|主管部门"),
    "process": re.compile(
        r"流程|程序|步骤|(?:申报|申请|办理|受理)(?:方式|办法|渠道|途径|时间)|如何(?:申报|申请|办理)"
    ),
    "material": re.compile(r"材料|资料|证件|流程|程序"),
    "condition": re.compile(r"条件|资格|对象|范围|门槛"),
    "time": re.compile(
        r"(?<!发布)(?<!发文)(?<!印发)(?<!成文)时间|频度|期限|(?<!发布)(?<!发文)(?<!印发)(?<!成文)日期|有效期|截止|期间"
    ),
    "amount": re.compile(r"标准|金额|额度|支持(?:方式|内容|措施)|补[贴助]|奖励|服务内容"),
    "support": re.compile(r"支持(?:内容|方式|措施|政策|标准|事项)|服务内容|政策内容|扶持|奖励|优惠"),
    "basis": re.compile(r"依据"),
    "objective": re.compile(r"目标|目的"),
    "notes": re.compile(r"注意"),
}
_NUMBER_ASKED = re.compile(r"文号|发文字号|几号文|多少号文|号文")
_FIELDS = frozenset(("condition", "contact", "process", "material", "time", "basis"))
_ASKING = re.compile(
    r"条件|符合|满足|要求|电话|部门|流程|步骤|材料|时间|文号|申报|申请|办理|哪|什么|多少|怎么|几"
)
_WHO_ASKED = re.compile(
    r"什么样的|哪[类种]|哪些(?:企业|单位|机构|人|公司|项目)|什么(?:企业|单位|机构|人|公司)|谁(?:能|可以|有)|面向谁|针对谁|只(?:给|限|面向)"
)
_WHO_HEADED = re.compile(r"对象|范围|资格")
_ISSUER_ASKED = re.compile(
    r"(?:部门|单位|机关|机构|谁|哪家)(?:联合)?(?:发的|发文|发布|印发|制定|出台|出的|公布)|发文(?:机关|机构|单位)"
)
_ISSUER_HEADED = re.compile(r"(?:发文|发布|制定|印发)(?:机关|机构|单位|部门)")
_ISSUE_ASKED = re.compile(r"发布|出台|印发|公布|发文|发的|出的")
_ISSUE_HEADED = re.compile(r"(?:发布|发文|印发|成文|公布)(?:日期|时间)")
_NUMBER_HEADED = re.compile(r"文号|发文字号")


def field_evidence(
    question: str,
    intents: Sequence[Intent],
    document: Document,
    snapshot: Snapshot,
    rank: Mapping[str, float],
) -> tuple[Evidence, ...]:
    """The evidence in the field of the document that the question asks for; empty where it has none of that kind.

    `rank` gives the scores of clauses that were found, by id. A short field is quoted whole, of a longer one the best clause.
    """
    found: dict[str, Evidence] = {}
    room = WHOLE_FIELD
    for pattern, intent in _wanted(question, intents)[:MOST_FIELDS]:
        for field in _in_fields(question, pattern, intent, document, snapshot, rank):
            fresh = [evidence for evidence in field if evidence.clause.id not in found]
            size = sum(evidence.end - evidence.start for evidence in fresh)
            if not found or size <= room:
                room -= size
                found |= {evidence.clause.id: evidence for evidence in fresh}
    return tuple(sorted(found.values(), key=lambda evidence: evidence.start))


def _in_fields(
    question: str,
    pattern: re.Pattern[str],
    intent: Intent | None,
    document: Document,
    snapshot: Snapshot,
    rank: Mapping[str, float],
) -> Iterator[list[Evidence]]:
    """The fields whose headings are of the kind, the best first: each whole, or of a long one the best clause."""
    fields: dict[str, list[Clause]] = {}
    for clause in snapshot.clauses_of(document.id):
        if clause.kind != "heading" and (heading := _heading(clause, pattern)):
            fields.setdefault(heading, []).append(clause)
    telling = {
        heading: [c for c in field if intent is None or holds_type(intent, question, snapshot.text(c))]
        for heading, field in fields.items()
    }
    best = {
        heading: max((rank.get(c.id, 0.0) for c in held), default=-1.0) for heading, held in telling.items()
    }
    asked = fold(question)
    for heading in sorted(fields, key=lambda heading: (-longest_run(asked, heading), -best[heading])):
        field = fields[heading]
        if sum(c.end - c.start for c in field) > WHOLE_FIELD:
            field = sorted(telling[heading], key=lambda c: (-rank.get(c.id, 0.0), c.position))[:1]
        if telling[heading]:
            yield [Evidence(c, document, c.start, c.end) for c in field]


def _wanted(question: str, intents: Sequence[Intent]) -> list[tuple[re.Pattern[str], Intent | None]]:
    if _NUMBER_ASKED.search(fold(question)):
        return [(_NUMBER_HEADED, None)]
    if _ISSUER_ASKED.search(fold(question)):
        return [(_ISSUER_HEADED, None)]
    if "condition" in intents and asks_who(question):
        return [(_WHO_HEADED, None), (_HEADED["condition"], "condition")]
    if "time" in intents and _ISSUE_ASKED.search(fold(question)):
        return [(_ISSUE_HEADED, "time")]
    # 支持 and 政策 are in many questions that ask for something else.
    asked = [intent for at, intent in enumerate(intents) if at == 0 or intent != "support"]
    return [(_HEADED[intent], intent) for intent in asked if intent in _HEADED]


def _heading(clause: Clause, pattern: re.Pattern[str]) -> str:
    """The outermost heading of the kind that the clause stands under, or "" where there is none."""
    headings = (h for h in clause.heading_path if len(h) <= LONGEST_HEADING and pattern.search(h))
    return next(headings, "")


def names_only_a_field(question: str, analyzer: Analyzer) -> bool:
    """Whether all that is said is what kind of thing is asked for: 要符合什么条件, 打哪个电话问, 文号是多少."""
    asked = read_intent(question)
    if asked.intent not in _FIELDS:
        return False
    left = fold(question)
    for words in asked.reasons:
        left = left.replace(words, " ")
    return not any(len(word) > 1 and not _ASKING.search(word) for word in analyzer.subject(left))


def asks_who(question: str) -> bool:
    """Whether the question is for whom something is meant."""
    return bool(_WHO_ASKED.search(fold(question)))


def is_meant(document: Document, subject: Sequence[str], question: str) -> bool:
    """Whether the document's title and first lines hold most of what the question is about, in pairs of characters, or the
    question a good piece of its title.
    """
    if longest_run(fold(question), fold(document.title)) >= NAMED:
        return True
    about = fold(f"{document.title}\n{document.text[:OPENING]}")
    pairs = [word[i : i + 2] for word in subject for i in range(len(word) - 1)]
    return not pairs or sum(pair in about for pair in pairs) >= COVERED * len(pairs)
