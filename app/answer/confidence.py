"""How sure an answer is: one probability for every mode, from how well the best hit covers the question.

A logistic model over a few readable features; its weights stand in `confidence.json` and are fitted on labelled
questions by `scripts/fit_confidence.py`, which also prints cross-validated figures.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answer.scope import Places
from app.index import Lexical, indexed_text
from app.retrieve import Hit, Query
from app.text import Analyzer, fold

FEATURES = ("gram_cover", "rare_cover", "run", "place", "margin", "dense")
SYNONYM_SHARE = 0.7  # what a word counts for that is covered only by another name of the same thing
OPENING = 3000  # where a document names the places it is about


@dataclass(frozen=True, slots=True)
class Confidence:
    """Weights by feature name, an intercept, and the probability above which a question is answered."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    def of(self, values: Mapping[str, float]) -> float:
        """The probability that the best hit answers, given its features."""
        logit = self.intercept + sum(self.weights[name] * values[name] for name in FEATURES)
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


def features(
    query: Query, hits: Sequence[Hit], analyzer: Analyzer, places: Places, grams: Lexical
) -> dict[str, float]:
    """The model's inputs by name, each between −1 and 1.

    The question counts by its subject: words of dealing with an office are left out, unless there are no others.
    `gram_cover`: the share of its characters and pairs that the hit holds, rare ones in this corpus counting more.
    `rare_cover`: the same for its words, rare ones in Chinese at large counting more. `run`: the longest run of characters shared. `place`: 1 when every place named in the question stands in the document, −1 when one does
    not, 0 when none is named. `margin`: the lead over the second hit. `dense`: cosine of the embeddings.
    """
    best = hits[0]
    second = hits[1].score if len(hits) > 1 else 0.0
    text = fold(f"{indexed_text(best.chunk)}\n{best.text}")
    subject = analyzer.subject(query.text) or query.terms
    return {
        "gram_cover": _gram_cover(subject, text, analyzer, grams),
        "rare_cover": _rare_cover(subject, query, text, analyzer),
        "run": min(longest_run(query.text, text), 10) / 10,
        "place": _place(query, best, places),
        "margin": (best.score - second) / best.score if best.score else 0.0,
        "dense": best.signals["dense"],
    }


def _gram_cover(subject: Sequence[str], text: str, analyzer: Analyzer, grams: Lexical) -> float:
    asked = list(dict.fromkeys(gram for word in subject for gram in analyzer.grams(word)))
    rarity = grams.idf(asked).tolist()
    total = sum(rarity)
    return sum(r for gram, r in zip(asked, rarity, strict=True) if gram in text) / total if total else 0.0


def _rare_cover(subject: Sequence[str], query: Query, text: str, analyzer: Analyzer) -> float:
    total = covered = 0.0
    for term in subject:
        weight = analyzer.rarity(term) ** 2
        total += weight
        if term in text:
            covered += weight
        elif _by_another_name(term, query, text):
            covered += SYNONYM_SHARE * weight
    return covered / total if total else 0.0


def _by_another_name(term: str, query: Query, text: str) -> bool:
    names = (
        n for phrase, others in query.alternatives.items() if term in phrase or phrase in term for n in others
    )
    return any(name in text for name in names)


def _place(query: Query, best: Hit, places: Places) -> float:
    named = places.named(query.text)
    if not named:
        return 0.0
    about = fold(
        f"{best.document.region or ''}\n{best.document.title}\n{best.document.text[:OPENING]}\n{best.text}"
    )
    return 1.0 if all(places.stem(place) in about for place in named) else -1.0


def longest_run(one: str, other: str) -> int:
    """The length of the longest run of characters that stands in both."""
    longest = 0
    for start in range(len(one)):
        while start + longest < len(one) and one[start : start + longest + 1] in other:
            longest += 1
    return longest


def load_confidence() -> Confidence:
    """The fitted model that comes with the code."""
    fields = json.loads(Path(__file__).with_name("confidence.json").read_text("utf-8"))
    return Confidence(fields["weights"], fields["intercept"], fields["threshold"])
