"""How sure an answer is: one probability for every mode, from how well the best hit covers the question.

A logistic model over a few readable features; its weights stand in `confidence.json` and are fitted on labelled
questions by `scripts/fit_confidence.py`, which also prints cross-validated figures.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answer.scope import Places
from app.index import Lexical, indexed_text
from app.retrieve import Hit, Query
from app.text import Analyzer, fold

FEATURES = ("cover", "part_cover", "rare_cover", "run", "place", "margin", "dense", "size")
SYNONYM_SHARE = 0.7  # what a word counts for that is covered only by another name of the same thing
SHORTEST_PART = 3  # words of subject a part of a question must have to be judged by itself
_PAUSE = re.compile(r"[,;。?!]")
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
    `cover`: the share of its words (or parts or other names of them) that the hit holds, words rare in this corpus counting
    more. `part_cover`: the same for the part of the question that is covered best. `rare_cover`: the same, words rare in Chinese at large counting more. `run`: the longest run of characters shared. `place`: 1 when every place named in the question stands in the document, −1 when one does
    not, 0 when none is named. `margin`: the lead over the second hit. `dense`: cosine of the embeddings.
    `size`: how large the corpus is, since among more clauses one looks right by chance more easily.
    """
    best = hits[0]
    second = hits[1].score if len(hits) > 1 else 0.0
    text = fold(f"{indexed_text(best.chunk)}\n{best.text}")
    subject = analyzer.subject(query.text) or query.terms
    here, there = _covers(subject, query, text, analyzer, grams)
    return {
        "cover": here,
        "part_cover": _best_part(query, text, analyzer, grams, here),
        "rare_cover": there,
        "run": min(longest_run(query.text, text), 10) / 10,
        "place": _place(query, best, places),
        "margin": (best.score - second) / best.score if best.score else 0.0,
        "dense": best.signals["dense"],
        "size": min(math.log10(max(grams.size, 1)) / 6, 1.0),
    }


def _covers(
    subject: Sequence[str], query: Query, text: str, analyzer: Analyzer, grams: Lexical
) -> tuple[float, float]:
    """How much of the subject the text holds: weighted by rarity in this corpus, and by rarity in Chinese at large."""
    here = there = here_total = there_total = 0.0
    for word in subject:
        pieces = analyzer.grams(word)
        idf = grams.idf(pieces).tolist()
        share = _share(word, query, text, pieces, idf)
        rarity = analyzer.rarity(word) ** 2
        here, here_total = here + share * sum(idf), here_total + sum(idf)
        there, there_total = there + share * rarity, there_total + rarity
    return here / here_total if here_total else 0.0, there / there_total if there_total else 0.0


def _best_part(query: Query, text: str, analyzer: Analyzer, grams: Lexical, whole: float) -> float:
    """The cover of the part that is covered best: people tell their story first and ask in one part of it."""
    parts = [analyzer.subject(part) for part in _PAUSE.split(query.text)]
    covers = [_covers(part, query, text, analyzer, grams)[0] for part in parts if len(part) >= SHORTEST_PART]
    return max([whole, *covers])


def _share(word: str, query: Query, text: str, pieces: Sequence[str], idf: Sequence[float]) -> float:
    if word in text:
        return 1.0
    partly = sum(weight for piece, weight in zip(pieces, idf, strict=True) if piece in text) / (sum(idf) or 1)
    return max(partly, SYNONYM_SHARE if _by_another_name(word, query, text) else 0.0)


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
    assert set(fields["weights"]) == set(FEATURES), (
        "confidence.json does not fit the code: run scripts/fit_confidence.py"
    )
    return Confidence(fields["weights"], fields["intercept"], fields["threshold"])
