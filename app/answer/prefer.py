"""Which of several clauses that fit nearly as well speaks first: the rule before what explains it, one's own place before the wider.

A tie rule: clauses that are plainly better stay before the others, and where all are of one kind and place nothing changes.
"""

from collections.abc import Sequence

from app.answer.answer import Intent
from app.answer.scope import Places
from app.corpus import Document
from app.retrieve import Hit
from app.text import fold

NEAR = 0.85  # hits this close to the best are as good
_MEANING: frozenset[Intent] = frozenset(("term", "objective", "basis"))
_EXPLAINING = ("解读", "问答")
_NATION, _ELSEWHERE = 8, 9


def preferred(hits: Sequence[Hit], intent: Intent, question: str, places: Places) -> list[Hit]:
    """The hits, those near the best in order of preference.

    What a rule is, an 原文 says before the 解读; what a word means and what a rule is for, the 解读 says before the 原文. When a
    place is asked about, its own documents go before those of the place around it, and these before those of the nation.
    """
    if not hits:
        return []
    near = [hit for hit in hits if hit.score >= NEAR * hits[0].score]
    around = [_around(place, places) for place in places.named(question)]
    ranked = sorted(
        near, key=lambda hit: (_distance(hit.document, around), _kind(hit.document, intent in _MEANING))
    )
    return [*ranked, *hits[len(near) :]]


def both_kinds(documents: Sequence[Document]) -> bool:
    """Whether an 原文 and an explaining text stand beside each other, so that an answer must say which it quotes."""
    kinds = {document.kind for document in documents}
    return "原文" in kinds and not kinds.isdisjoint(_EXPLAINING)


def _kind(document: Document, meaning: bool) -> int:
    """0 first. Kinds that neither rule nor explain keep their place beside the rule."""
    return int((document.kind in _EXPLAINING) != meaning)


def _around(place: str, places: Places) -> list[str]:
    """The place and those it lies in, the nearest first, without 省, 市, 区."""
    found = [place]
    while (wider := places.parents.get(found[-1])) and wider not in found:
        found.append(wider)
    return [places.stem(one) for one in found]


def _distance(document: Document, around: Sequence[Sequence[str]]) -> int:
    """How far a document's place lies from those asked about: 0 the place itself, then each wider one, the nation, elsewhere."""
    if not around:
        return 0
    region = fold(document.region or "")
    if not region:
        return _NATION if document.level == "国家" else _ELSEWHERE
    return min(_steps(region, document.level, ring) for ring in around)


def _steps(region: str, level: str | None, ring: Sequence[str]) -> int:
    """A text of 北京市怀柔区 is of 怀柔, one of 北京市 of the place around it; one of 北京市海淀区 is of neither. One of 怀柔 comes
    after one of 北京市 when 北京市 is asked about.
    """
    if ring[0] in region:
        return int(not Places.stem(region).endswith(ring[0]))
    for step, wider in enumerate(ring[1:], 2):
        if wider in region and level in ("市", "省"):
            return step
    return _ELSEWHERE
