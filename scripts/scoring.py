"""How good ranked texts are, as the benches judge a search: the metrics come from `ranx` (extra `bench`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judging import holds, squeeze

DEPTH = 10
METRICS = ("hit_rate@1", "mrr@10", "recall@10")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the squeezed passages that answer it."""

    id: str
    text: str
    gold: tuple[str, ...]


def scored(questions: Sequence[Question], found: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Each of `METRICS`, from the texts of the hits of each question by its id, best first.

    A hit is right when it holds the start of a passage or lies inside it. The first right hit decides the hit rate and the
    reciprocal rank, the share of passages that any of the ten hits holds the recall; one hit may hold several.
    """
    from ranx import Qrels, Run, evaluate

    right, passages = {}, {}
    for question in questions:
        places = _places([squeeze(text) for text in found[question.id][:DEPTH]], question.gold)
        first = min(places.values(), default=DEPTH)
        names = ["right" if place == first else f"rank {place}" for place in range(DEPTH)]
        right[question.id] = {name: float(DEPTH - place) for place, name in enumerate(names)}
        passages[question.id] = {f"gold {number}": 1.0 for number in places} or {"none": 1.0}
    wanted = {question.id: {"right": 1} for question in questions}
    whole = {q.id: {f"gold {number}": 1 for number in range(len(q.gold))} for q in questions}
    ranks = evaluate(Qrels(wanted), Run(right), list(METRICS[:2]))
    share = evaluate(Qrels(whole), Run(passages), "recall")
    return {
        **{name: round(float(ranks[name]), 4) for name in METRICS[:2]},
        METRICS[2]: round(float(share), 4),
    }


def _places(hits: Sequence[str], gold: Sequence[str]) -> dict[int, int]:
    """For each passage that a hit holds, the place of the first that does."""
    found = {}
    for number, passage in enumerate(gold):
        place = next((place for place, hit in enumerate(hits) if holds(hit, passage)), None)
        if place is not None:
            found[number] = place
    return found
