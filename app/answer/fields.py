"""The parts of a document that are headed by what is asked for: 申报条件, 服务流程, 联络方式 …

People ask for a policy's field by its kind (“条件”, “找谁”, “怎么报”), not by the words that stand in it. Once the document is
known, the heading says where to look.
"""

import re
from collections.abc import Mapping, Sequence

from app.answer.answer import Intent
from app.answer.citation import Evidence
from app.answer.typed import holds_type
from app.corpus import Clause, Document
from app.index import Snapshot
from app.text import fold

LONGEST_HEADING = 24  # a longer heading is a sentence, and what it mentions is not what it heads
MOST_FIELDS = 2
OPENING = 200  # characters in which a document says what it is about
WHOLE_FIELD = 360  # a field up to so many characters is quoted whole
COVERED = 0.5  # the share of the question's subject that must stand there for the document to be meant

_HEADED: Mapping[Intent, re.Pattern[str]] = {
    "contact": re.compile(r"联[络系]|咨询|电话|受理(?:部门|机构|单位|地点)|责任(?:单位|部门)|主管部门"),
    "process": re.compile(
        r"流程|程序|步骤|(?:申报|申请|办理|受理)(?:方式|办法|渠道|途径|时间)|如何(?:申报|申请|办理)"
    ),
    "material": re.compile(r"材料|资料|证件|流程|程序"),
    "condition": re.compile(r"条件|资格|对象|范围|门槛"),
    "time": re.compile(r"时间|频度|期限|日期|有效期|截止|期间"),
    "amount": re.compile(r"标准|金额|额度|支持(?:方式|内容|措施)|补[贴助]|奖励|服务内容"),
    "basis": re.compile(r"依据"),
    "objective": re.compile(r"目标|目的"),
    "notes": re.compile(r"注意"),
}
_NUMBER_ASKED = re.compile(r"文号|发文字号|几号文|多少号文|号文")
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
    for pattern, intent in _wanted(question, intents)[:MOST_FIELDS]:
        for evidence in _in_field(question, pattern, intent, document, snapshot, rank):
            found.setdefault(evidence.clause.id, evidence)
    return tuple(sorted(found.values(), key=lambda evidence: evidence.start))


def _in_field(
    question: str,
    pattern: re.Pattern[str],
    intent: Intent | None,
    document: Document,
    snapshot: Snapshot,
    rank: Mapping[str, float],
) -> tuple[Evidence, ...]:
    field = [c for c in snapshot.clauses_of(document.id) if _is_headed(c, pattern) and c.kind != "heading"]
    telling = [c for c in field if holds_type(intent, question, snapshot.text(c))] if intent else field
    if not telling:
        return ()
    if sum(c.end - c.start for c in field) <= WHOLE_FIELD:
        return tuple(Evidence(c, document, c.start, c.end) for c in field)
    best = max(telling, key=lambda c: (rank.get(c.id, 0.0), -c.position))
    return (Evidence(best, document, best.start, best.end),)


def _wanted(question: str, intents: Sequence[Intent]) -> list[tuple[re.Pattern[str], Intent | None]]:
    if _NUMBER_ASKED.search(fold(question)):
        return [(_NUMBER_HEADED, None)]
    return [(_HEADED[intent], intent) for intent in intents if intent in _HEADED]


def _is_headed(clause: Clause, pattern: re.Pattern[str]) -> bool:
    return any(len(heading) <= LONGEST_HEADING and pattern.search(heading) for heading in clause.heading_path)


def is_meant(document: Document, subject: Sequence[str]) -> bool:
    """Whether the document's title and first lines hold most of what the question is about, in pairs of characters."""
    about = fold(f"{document.title}\n{document.text[:OPENING]}")
    pairs = [word[i : i + 2] for word in subject for i in range(len(word) - 1)]
    return not pairs or sum(pair in about for pair in pairs) >= COVERED * len(pairs)
