"""Which of several clauses that answer nearly as surely speaks first: one's own place before the wider, the rule before what explains it.

A tie rule: clauses that are plainly better stay before the others, and where all are of one kind and place nothing changes.
"""

from collections.abc import Sequence
from datetime import date

from app.corpus import Document
from app.question import Gazetteer, Question, stem
from app.read import Reading
from app.text import Span, agreement, excludes, fold, read_spans

NEAR = 0.9  # readings this close to the best are as good
FITTING = 0.6  # of the best: what a reading must have to take its place by the numbers it holds
_EXPLAINING = ("解读", "问答")
_NATION, _ELSEWHERE = 8, 9


def preferred(readings: Sequence[Reading], places: Sequence[str], gazetteer: Gazetteer) -> list[Reading]:
    """The readings, those near the best in order of preference; `places` are those that the question names."""
    if not readings:
        return []
    near = [r for r in readings if r.answers >= NEAR * readings[0].answers]
    around = [_around(place, gazetteer) for place in places]
    ranked = sorted(
        near, key=lambda r: (_distance(r.hit.document, around), r.hit.document.kind in _EXPLAINING)
    )
    return [*ranked, *readings[len(near) :]]


def fitting(readings: Sequence[Reading], question: Question, as_of: date) -> Sequence[Reading]:
    """The readings without those that speak of another age, level or year than the question where one near the best speaks of its own.

    So too for who is left out. Where none fits, or the best says nothing of it, nothing changes.
    """
    asked = question.spans_on(as_of)
    if not readings or not (asked or question.excluding):
        return readings
    near = [reading for reading in readings if reading.answers >= FITTING * readings[0].answers]
    marks = {reading.hit.clause.id: _fits(reading, question.excluding, asked) for reading in near}
    if marks[readings[0].hit.clause.id] >= 0 or max(marks.values()) < 1:
        return readings
    kept = [reading for reading in readings if marks.get(reading.hit.clause.id, 0) >= 0]
    return sorted(kept, key=lambda reading: -marks.get(reading.hit.clause.id, 0))


def _fits(reading: Reading, excluding: bool, asked: Sequence[Span]) -> int:
    """1 where a clause speaks of what is asked about, −1 where of something else, 0 where it does not tell."""
    clause = reading.hit.clause
    text = fold("\n".join((*clause.heading_path, reading.hit.document.text[clause.start : clause.end])))
    if excluding:
        return 1 if excludes(text) else -1
    return agreement(asked, read_spans(text))


def both_kinds(documents: Sequence[Document]) -> bool:
    """Whether an 原文 and an explaining text stand beside each other, so that an answer must say which it quotes."""
    kinds = {document.kind for document in documents}
    return "原文" in kinds and not kinds.isdisjoint(_EXPLAINING)


def _around(place: str, gazetteer: Gazetteer) -> list[str]:
    """The place and those it lies in, the nearest first, without 省, 市, 区."""
    found = [place]
    while (above := gazetteer.parents.get(found[-1], ())) and above[0] not in found:
        found.append(above[0])
    return [stem(one) for one in found]


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
        return int(not stem(region).endswith(ring[0]))
    for step, wider in enumerate(ring[1:], 2):
        if wider in region and level in ("市", "省"):
            return step
    return _ELSEWHERE
