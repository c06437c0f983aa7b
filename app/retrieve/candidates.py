"""Which chunks may answer, and how each kind of search sees them: the first stage, over the whole corpus.

Scores are divided by the query's best score; ranks are never fused, because a rank throws the margin away.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.index import Asks, Snapshot, asked_grams
from app.question import Question
from app.retrieve.elsewhere import Elsewhere
from app.text import Analyzer

LEXICAL = 96  # candidates from the lexical scores
NEAREST = 48  # from the embeddings
ASKED = 16  # clauses from the similar questions
CLOSE = 0.5  # the cosine from which a similar question's embedding makes its clause a candidate
ALIKE = 0.1  # and the likeness
WORDS_SHARE, EXPANDED_SHARE = 0.3, 0.3  # beside the grams, when candidates are chosen
HELD_BACK = 0.4  # of the lexical score of a text of another province than any asked about

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """`positions` int64 [n] are chunks, ascending; each of `signals` float32 [n] is about 0..1.

    `words`, `grams`: BM25 of the question's own terms. `expanded`: of what the lexicon adds. `dense`: cosine. `alike`,
    `asked`: the best similar question of the clause, by grams and by cosine. `before`, `after`: `grams` of the
    neighbouring chunks of the same document. `document`, `crowd`, `company`: the best of the document's candidates, the
    mean of its best ten, and how many it has. `elsewhere`: see `app.retrieve.elsewhere`.
    """

    positions: NDArray[np.int64]
    signals: Mapping[str, Scores]


class Finder:
    """Chooses candidates from one snapshot."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot, self._analyzer = snapshot, analyzer
        numbers = {document_id: n for n, document_id in enumerate(snapshot.everything)}
        owners = np.array([numbers[clause.document_id] for clause in snapshot.clauses], dtype=np.int32)
        self.clause_of = snapshot.chunks.rows[:, 0]
        self.document_of = owners[self.clause_of] if len(snapshot.chunks) else owners[:0]
        self._elsewhere = Elsewhere(list(snapshot.everything.values()), analyzer.lexicon.regions)

    def find(
        self, query: Question, allowed: NDArray[np.bool_], narrow: bool, asks: Asks | None = None
    ) -> Candidates:
        """The candidates among `allowed` (bool [chunks]); `narrow` when these are of one document.

        `asks` stands in for the snapshot's similar questions, so that training can leave one out.
        """
        snapshot = self._snapshot
        own = {term: 1.0 for term, weight in query.words.items() if weight == 1.0}
        added = {term: weight for term, weight in query.words.items() if weight < 1.0}
        own_grams = {term: 1.0 for term, weight in query.grams.items() if weight == 1.0}
        added_grams = {term: weight for term, weight in query.grams.items() if weight < 1.0}
        words = scaled(np.where(allowed, snapshot.words.scores(own), 0))
        grams = scaled(np.where(allowed, snapshot.grams.scores(own_grams), 0))
        expanded = snapshot.words.scores(added) + snapshot.grams.scores(added_grams)
        expanded = scaled(np.where(allowed, expanded, 0))
        alike, asked = self._asked(query, snapshot.asks if asks is None else asks)
        lexical = grams + WORDS_SHARE * words + EXPANDED_SHARE * expanded
        elsewhere = self._elsewhere.of(query.corrected)[self.document_of]
        first = best(lexical * (1 - np.float32(HELD_BACK) * elsewhere), LEXICAL)
        chosen = np.union1d(first, self._nearest(query.vector, allowed, narrow))
        chosen = np.union1d(chosen, self._owned(alike, asked)).astype(np.int64)
        chosen = chosen[allowed[chosen]]
        clauses = self.clause_of[chosen]
        return Candidates(
            chosen,
            {
                "words": words[chosen],
                "grams": grams[chosen],
                "expanded": expanded[chosen],
                "dense": self._cosines(query.vector, chosen),
                "alike": alike[clauses],
                "asked": asked[clauses],
                **self._around(chosen, grams),
                **self._together(chosen, first, grams),
                "elsewhere": elsewhere[chosen],
            },
        )

    def _nearest(self, vector: Scores, allowed: NDArray[np.bool_], narrow: bool) -> NDArray[np.int64]:
        if not narrow:
            # Where there are old versions the nearest would be one text many times over.
            return self._snapshot.dense.nearest(vector, NEAREST, self._within(allowed))[0]
        inside = np.flatnonzero(allowed)
        return inside[best(self._cosines(vector, inside), NEAREST)]

    def _within(self, allowed: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        size = self._snapshot.words.size
        return None if size == len(allowed) else allowed | (np.arange(len(allowed)) < size)

    def _cosines(self, vector: Scores, positions: NDArray[np.int64]) -> Scores:
        if not len(positions):
            return np.zeros(0, dtype=np.float32)
        cosines: Scores = self._snapshot.dense.vectors(positions) @ vector.astype(np.float32)
        return np.maximum(cosines, np.float32(0))

    def _asked(self, query: Question, asks: Asks) -> tuple[Scores, Scores]:
        """The best similar question of each clause, by grams and by cosine: float32 [clauses] twice."""
        count = len(self._snapshot.clauses)
        grams = asked_grams(query.corrected, self._analyzer)
        if not len(asks) or not grams:
            return np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
        alike = asks.likeness(dict.fromkeys(grams, 1.0))
        return asks.by_clause(alike, count), asks.by_clause(asks.closeness(query.vector), count)

    def _owned(self, alike: Scores, asked: Scores) -> NDArray[np.int64]:
        """The chunks of the clauses whose similar questions are most like the query."""
        likely = np.where((alike >= ALIKE) | (asked >= CLOSE), alike + asked, 0).astype(np.float32)
        clauses = best(likely, ASKED)
        return np.flatnonzero(np.isin(self.clause_of, clauses)) if len(clauses) else clauses

    def _around(self, chosen: NDArray[np.int64], grams: Scores) -> dict[str, Scores]:
        owner = self.document_of
        made: dict[str, Scores] = {}
        for name, step in (("before", -1), ("after", 1)):
            beside = np.clip(chosen + step, 0, max(len(owner) - 1, 0))
            same = (beside != chosen) & (owner[beside] == owner[chosen])
            made[name] = np.where(same, grams[beside], 0).astype(np.float32)
        return made

    def _together(
        self, chosen: NDArray[np.int64], first: NDArray[np.int64], grams: Scores
    ) -> dict[str, Scores]:
        held: dict[int, list[float]] = {}
        for document, score in zip(self.document_of[first].tolist(), grams[first].tolist(), strict=True):
            held.setdefault(document, []).append(score)
        for scores in held.values():
            scores.sort(reverse=True)
        groups = [held.get(document, [0.0]) for document in self.document_of[chosen].tolist()]
        return {
            "document": np.array([group[0] for group in groups], dtype=np.float32),
            "crowd": np.array([sum(group[:10]) / 10 for group in groups], dtype=np.float32),
            "company": np.array([math.log1p(len(group)) / 4 for group in groups], dtype=np.float32),
        }


def scaled(scores: NDArray[np.float32]) -> Scores:
    """The scores divided by the best of them; all zero where none is above zero."""
    top = float(scores.max()) if len(scores) else 0.0
    made: Scores = scores.astype(np.float32)
    return made / np.float32(top) if top > 0 else np.zeros(len(scores), dtype=np.float32)


def best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The positions of the `count` best positive scores, ascending; ties at the border go to the earlier position."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= count:
        return positive
    values = scores[positive]
    border = np.partition(values, len(values) - count)[len(values) - count]
    above = positive[values > border]
    level = positive[values == border][: count - len(above)]
    return np.sort(np.concatenate((above, level)))
