"""Finds clauses: candidates from lexical, dense and similar-question search, ordered by a learned ranking."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.corpus import Clause, Document
from app.index import Asks, Snapshot
from app.question import Gazetteer, QueryEncoder, Question, QuestionReader
from app.retrieve.candidates import Candidates, Finder, best, scaled
from app.retrieve.features import COVERS, NAMES, Measure, folded_context
from app.retrieve.hit import Hit
from app.retrieve.ranking import Ranking, Weights, load_ranking
from app.text import Analyzer


class Retriever:
    """Ranks the clauses of one snapshot. Reads only, so one instance serves every thread."""

    def __init__(
        self,
        snapshot: Snapshot,
        analyzer: Analyzer,
        encoder: QueryEncoder,
        weights: Weights | None = None,
        ranking: Ranking | None = None,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._analyzer = analyzer
        self.gazetteer = gazetteer or Gazetteer.of(analyzer.lexicon.regions)
        self._reader = QuestionReader(
            analyzer, snapshot.words, snapshot.grams, encoder, self.gazetteer, snapshot.vocabulary
        )
        self._finder = Finder(snapshot, analyzer)
        self._measure = Measure(snapshot, analyzer)
        self._ranking = ranking or load_ranking()
        self._weights = weights or Weights()
        self._numbers = {document_id: n for n, document_id in enumerate(snapshot.everything)}
        self._begins, self._ends = _days(list(snapshot.everything.values()))

    def weighing(self, weights: Weights) -> "Retriever":
        """The same retriever with other switches."""
        other = copy(self)
        other._weights = weights
        return other

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        as_of: date | None,
        document_id: str | None = None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """At most `limit` hits, best first, each of another clause.

        Documents not in force on `as_of` are left out (None: in force or not), all but `document_id` where it is given,
        and all but those `within` where these are given.

        Raises:
            DocumentNotFound: `document_id` names no document.
        """
        query_read = self.read(query)
        return self.search_read(query_read, limit=limit, as_of=as_of, document_id=document_id, within=within)

    def glance(
        self,
        query: str,
        *,
        limit: int = 10,
        as_of: date | None,
        document_id: str | None = None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """What `search` gives, by the grams' BM25 alone: for a query that is still being typed.

        Half a word is no word yet, so that nothing but grams can be looked up, and it takes a tenth of the time. Raises as
        `search` does.
        """
        terms = tuple(dict.fromkeys(self._analyzer.words(query)))
        weights = dict.fromkeys(self._analyzer.grams(query), 1.0)
        allowed = self._allowed(as_of, document_id, within)
        scores = scaled(np.where(allowed, self.snapshot.grams.scores(weights), 0))
        chosen = best(scores, 2 * limit)
        values = scores[chosen]
        return [
            self._hit(terms, int(chosen[place]), float(values[place]), {"grams": float(values[place])})
            for place in self._of_different_clauses(chosen, values, limit)
        ]

    def read(self, query: str, *, mend: bool = True) -> Question:
        """The question that `search` would look up; without `mend` its typing errors stay."""
        return self._reader.read(query, mend=mend)

    def search_read(
        self,
        query: Question,
        *,
        limit: int,
        as_of: date | None,
        document_id: str | None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """`search` for a query that has been read already."""
        found, features = self.measured(query, as_of=as_of, document_id=document_id, within=within)
        away = found.signals["elsewhere"]
        scores = np.cbrt(self._ranking.probability(features, self._weights, away))
        return [
            self._hit(
                query.terms,
                int(found.positions[place]),
                float(scores[place]),
                _signals(found, features, place),
            )
            for place in self._of_different_clauses(found.positions, scores, limit)
        ]

    def measured(
        self,
        query: Question,
        *,
        as_of: date | None,
        document_id: str | None = None,
        within: Collection[str] | None = None,
        asks: Asks | None = None,
    ) -> tuple[Candidates, NDArray[np.float64]]:
        """The candidates and their features, float64 [candidates, features]: what the ranking is trained on.

        `asks` stands in for the snapshot's similar questions.
        """
        allowed = self._allowed(as_of, document_id, within)
        narrow = document_id is not None or within is not None
        found = self._finder.find(query, allowed, narrow, asks)
        return found, self._measure.matrix(query, found)

    def _of_different_clauses(
        self, positions: NDArray[np.int64], scores: NDArray[np.floating], limit: int
    ) -> list[int]:
        """Places in `positions`, best first, each of another clause."""
        places: dict[int, int] = {}
        for place in np.lexsort((positions, -scores)).tolist():
            places.setdefault(int(self._finder.clause_of[positions[place]]), place)
            if len(places) == limit:
                break
        return list(places.values())

    def _allowed(
        self, as_of: date | None, document_id: str | None, within: Collection[str] | None
    ) -> NDArray[np.bool_]:
        good = np.ones(len(self._begins), dtype=np.bool_)
        if as_of is not None:
            day = as_of.toordinal()
            good = (self._begins <= day) & (day <= self._ends)
        elif document_id is None and within is None:
            good[len(self.snapshot.documents) :] = False  # old versions are asked for by name or by day
        if document_id is not None:
            self.snapshot.document(document_id)
            good &= self._only([self._meant(document_id, as_of)])
        if within is not None:
            good &= self._only(within)
        allowed: NDArray[np.bool_] = good[self._finder.document_of]
        return allowed

    def _meant(self, document_id: str, as_of: date | None) -> str:
        """Of a document with old versions the one in force on the day. Raises DocumentNotFound."""
        if as_of is None:
            return self.snapshot.document(document_id).id
        return self.snapshot.version_on(document_id, as_of).id

    def _only(self, document_ids: Collection[str]) -> NDArray[np.bool_]:
        only = np.zeros(len(self._begins), dtype=np.bool_)
        only[[self._numbers[each] for each in document_ids if each in self._numbers]] = True
        return only

    def _hit(self, terms: Sequence[str], position: int, score: float, signals: Mapping[str, float]) -> Hit:
        chunk = self.snapshot.chunk(position)
        clause: Clause = self.snapshot.clause(chunk.clause_id)
        document = self.snapshot.everything[clause.document_id]
        told = (folded_context(chunk.context), self.snapshot.folded.text(position))
        matched = tuple(term for term in terms if any(term in text for text in told))
        return Hit(clause, chunk, document, round(score, 6), signals, matched)


def _signals(found: Candidates, features: NDArray[np.float64], place: int) -> dict[str, float]:
    signals = {name: round(float(values[place]), 6) for name, values in found.signals.items()}
    return signals | {name: round(float(features[place, NAMES.index(name)]), 6) for name in COVERS}


def _days(documents: Sequence[Document]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last day each document is in force, as ordinals; open ends are beyond every date."""
    begins = [(d.first_day or date.min).toordinal() for d in documents]
    ends = [(d.last_day or date.max).toordinal() for d in documents]
    return np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)
