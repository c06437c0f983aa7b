"""Which clauses answer: a whole enumeration, several clauses for a question of several parts, or the best one."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answer.answer import Intent
from app.answer.citation import Evidence
from app.answer.cover import longest_run
from app.answer.evidence import passages, whole_list
from app.answer.intent import Asked, listing_parts
from app.answer.links import Links
from app.corpus import Clause
from app.index import Snapshot
from app.retrieve import Hit, Query
from app.text import Analyzer, fold

NEAR_TIE = 0.85  # a second hit this close leaves room for the reading that the whole list is meant
LOOSE_TIE = 0.8  # the same where the question names nothing but the policy
COVERED = 0.6  # the share of the question's subject that a list's heading must hold
BESIDE = 0.8  # how good, against the best, a clause for another part of the question must be
NAME = 12  # characters at the start of an entry that name it
MOST_PARTS = 3
LEVEL = 0.96  # a second hit this good may just as well be the one
BOTH = 300  # characters that two level hits may have together
_PARTS = re.compile(
    r"分别|两[个头件样项]|各(?:是|有|能|怎)|另外|同时|以及|还(?:有|想|打算|准备|要)|也(?:打算|准备|想)|一并"
)
_TITLE = re.compile(r"《[^》]*》")
# Words that any list may be called by: they do not tell which is meant.
_ANY_LIST = re.compile(r"事项|内容|方面|措施|方向|办法|政策|文件|清单|情况|主要|具体|有关|相关")
_SUPPORT = re.compile(r"支持|扶持|鼓励|奖励|资助|补[贴助]|减免|优惠")
# How lists are headed that people ask for in other words: 要留神哪几点.
_HEADED: Mapping[Intent, re.Pattern[str]] = {
    "notes": re.compile(r"注意|须知|提示|提醒"),
    "term": re.compile(r"诠释|名词解释|术语|释义|定义"),
}
_SUPPORT_ASKED = re.compile(
    rf"{_SUPPORT.pattern}|帮[扶衬]|好处|甜头|照顾|(?:哪些|几[条项个])政策|政策(?:[都共]?有哪些|清单)"
)
_NAMES_ALONE = re.compile(r"名字|名称|标题|题目|简单列|简要列|列个名")


@dataclass(frozen=True, slots=True)
class Choice:
    """The evidence, and `reason`: `list` for an enumeration, `quote` otherwise."""

    evidence: tuple[Evidence, ...]
    reason: str


def choose(
    hits: Sequence[Hit], asked: Asked, query: Query, snapshot: Snapshot, analyzer: Analyzer, links: Links
) -> Choice:
    """The evidence for a question among its hits (at least one)."""
    if head := _list_head(hits, asked, query, snapshot, analyzer):
        alone = bool(_NAMES_ALONE.search(query.text))
        return Choice(tuple(whole_list(head, snapshot, names=alone)), "list")
    best = _meant(hits, query, snapshot)
    if best.clause.kind == "heading" and (below := whole_list(best.clause, snapshot)):
        return Choice(tuple(below), "list" if len(below) > 1 else "quote")
    chosen = [best, *_level(best, hits)]
    if _PARTS.search(query.text):
        chosen = [best, *_other_parts(hits, analyzer.subject(query.text))]
    clauses = {hit.clause.id: hit.clause for hit in chosen}
    for hit in chosen:
        clauses |= {c.id: c for c in links.companions(hit.clause, query.text)}
    clauses |= {c.id: c for c in links.travelling(tuple(clauses.values()), query.text)}
    rarity = _rarity(query.grams, snapshot)
    whole = asked.wants_list or "condition" in asked.intents
    quoted = [
        passages(c, snapshot.document(c.document_id), query.grams, rarity, whole) for c in clauses.values()
    ]
    return Choice(tuple(evidence for group in quoted for evidence in group), "quote")


def _meant(hits: Sequence[Hit], query: Query, snapshot: Snapshot) -> Hit:
    """The best hit; a heading only where the question uses words of its own, and not merely of the title in it."""
    for hit in hits:
        if hit.clause.kind != "heading" or longest_run(query.text, _own_words(hit.clause, snapshot)) >= 2:
            return hit
    return hits[0]


def _level(best: Hit, hits: Sequence[Hit]) -> list[Hit]:
    """The next hit where it is of the same document and as good as the best, and both are short."""
    after = next((hit for hit in hits if hit.clause.id != best.clause.id), None)
    if after is None or after.clause.kind == "heading" or after.document.id != best.document.id:
        return []
    size = sum(hit.clause.end - hit.clause.start for hit in (best, after))
    return [after] if after.score >= LEVEL * best.score and size <= BOTH else []


def _rarity(grams: Mapping[str, float], snapshot: Snapshot) -> dict[str, float]:
    names = list(grams)
    return dict(zip(names, snapshot.grams.idf(names).tolist(), strict=True))


def _list_head(
    hits: Sequence[Hit], asked: Asked, query: Query, snapshot: Snapshot, analyzer: Analyzer
) -> Clause | None:
    """The clause that heads the enumeration asked for, if one is."""
    if not asked.wants_list:
        return None
    heads = _heads(hits, snapshot)
    subject = _subject(query.text, hits[0], analyzer)
    for text in (query.text, *listing_parts(query.text)):
        about = _subject(text, hits[0], analyzer)
        if head := _named_head(heads, _ANY_LIST.sub(" ", text), about, snapshot, analyzer):
            return head
        if asked.intent in _HEADED and (head := _headed(heads, _HEADED[asked.intent], snapshot)):
            return head
        if not about and (alike := _head_of_alike(hits[0], text, snapshot)):
            return alike
    tie = NEAR_TIE if subject else LOOSE_TIE
    if len(hits) < 3 or hits[1].score < tie * hits[0].score:
        return None
    return _shared_parent(hits[:5] if subject else hits, snapshot)


def _subject(text: str, best: Hit, analyzer: Analyzer) -> tuple[str, ...]:
    """What is asked about, but for the name of the place whose policy it is: that tells no list from another."""
    here = fold(best.document.region or "")
    return tuple(word for word in analyzer.subject(text) if word not in here)


def _headed(heads: Sequence[Clause], pattern: re.Pattern[str], snapshot: Snapshot) -> Clause | None:
    return next((head for head in heads if pattern.search(_own_words(head, snapshot))), None)


def _named_head(
    heads: Sequence[Clause], text: str, subject: Sequence[str], snapshot: Snapshot, analyzer: Analyzer
) -> Clause | None:
    """The head that shares most with the question in words of its own, and holds most of its subject."""
    named = [(longest_run(text, _own_words(head, snapshot)), -n, head) for n, head in enumerate(heads)]
    for run, _, head in sorted(named, key=lambda entry: entry[:2], reverse=True):
        if run >= 2 and _covers(head, subject, snapshot, analyzer):
            return head
    return None


def _head_of_alike(best: Hit, text: str, snapshot: Snapshot) -> Clause | None:
    """The list of the document whose entries are mostly named by a word of the question: 支持方向 and 支持…, 支持…

    All words of giving support are one.
    """
    given = bool(_SUPPORT_ASKED.search(text))
    alike: dict[str, int] = {}
    total: Counter[str] = Counter()
    for clause in snapshot.clauses_of(best.document.id):
        if clause.parent and clause.kind == "item":
            total[clause.parent] += 1
            name = fold(snapshot.text(clause))[:NAME]
            held = longest_run(text, name) >= 2 or (given and bool(_SUPPORT.search(name)))
            alike[clause.parent] = alike.get(clause.parent, 0) + held
    mostly = [(count, parent) for parent, count in alike.items() if count >= 3 and 2 * count >= total[parent]]
    return snapshot.clause(max(mostly)[1]) if mostly else None


def _heads(hits: Sequence[Hit], snapshot: Snapshot) -> list[Clause]:
    heads: dict[str, Clause] = {}
    for hit in hits:
        for clause in (hit.clause, _parent(hit.clause, snapshot)):
            if clause is not None and len(snapshot.children(clause)) > 1:
                heads.setdefault(clause.id, clause)
    return list(heads.values())


def _parent(clause: Clause, snapshot: Snapshot) -> Clause | None:
    return snapshot.clause(clause.parent) if clause.parent else None


def _own_words(clause: Clause, snapshot: Snapshot) -> str:
    return fold(_TITLE.sub("", snapshot.text(clause)[:120]))


def _covers(head: Clause, subject: Sequence[str], snapshot: Snapshot, analyzer: Analyzer) -> bool:
    document = snapshot.document(head.document_id)
    about = fold(
        " ".join([document.title, document.region or "", *head.heading_path, snapshot.text(head)[:120]])
    )
    weights = {word: analyzer.rarity(word) for word in subject}
    total = sum(weights.values())
    return total == 0 or sum(w for word, w in weights.items() if word in about) >= COVERED * total


def _shared_parent(hits: Sequence[Hit], snapshot: Snapshot) -> Clause | None:
    """The parent that most of the hits share."""
    parents = Counter(hit.clause.parent for hit in hits if hit.clause.parent)
    parent, count = parents.most_common(1)[0] if parents else (None, 0)
    return snapshot.clause(parent) if parent and count >= 3 else None


def _other_parts(hits: Sequence[Hit], subject: Sequence[str]) -> list[Hit]:
    """Hits that hold words of the question's subject which those before them leave open."""
    open_ = [word for word in subject if len(word) > 1 and word not in fold(hits[0].text)]
    others: list[Hit] = []
    for hit in hits[1:]:
        held = [word for word in open_ if word in fold(hit.text)]
        if hit.score < BESIDE * hits[0].score or len(others) == MOST_PARTS - 1:
            break
        if held and hit.clause.kind != "heading":
            others.append(hit)
            open_ = [word for word in open_ if word not in held]
    return others
