"""Finds clauses: candidates from lexical, dense and similar-question search, ordered by a learned ranking."""

from collections.abc import Sequence
from copy import copy
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.corpus import Clause, Document
from app.index import Asks, Snapshot, indexed_text
from app.retrieve.candidates import Candidates, Finder, QueryEncoder
from app.retrieve.features import Measure
from app.retrieve.hit import Hit
from app.retrieve.query import Query, QueryReader
from app.retrieve.ranking import Ranking, Weights, load_ranking
from app.text import Analyzer, fold


class Retriever:
    """Ranks the clauses of one snapshot. Reads only, so one instance serves every thread."""

    def __init__(
        self,
        snapshot: Snapshot,
        analyzer: Analyzer,
        encoder: QueryEncoder,
        weights: Weights | None = None,
        ranking: Ranking | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._reader = QueryReader(analyzer, snapshot.words, snapshot.grams, snapshot.vocabulary)
        self._finder = Finder(snapshot, analyzer, encoder)
        self._measure = Measure(snapshot, analyzer)
        self._ranking = ranking or load_ranking()
        self._weights = weights or Weights()
        self._numbers = {document_id: n for n, document_id in enumerate(snapshot.documents)}
        self._begins, self._ends = _days(list(snapshot.documents.values()))

    def weighing(self, weights: Weights) -> "Retriever":
        """The same retriever with other switches."""
        other = copy(self)
        other._weights = weights
        return other

    def search(
        self, query: str, *, limit: int = 10, as_of: date, document_id: str | None = None
    ) -> list[Hit]:
        """At most `limit` hits, best first, each of another clause.

        Documents not in force on `as_of` are left out, and all but `document_id` where it is given.

        Raises:
            DocumentNotFound: `document_id` names no document.
        """
        return self.search_read(self.read(query), limit=limit, as_of=as_of, document_id=document_id)

    def read(self, query: str) -> Query:
        """The query that `search` would use."""
        return self._reader.read(query)

    def search_read(self, query: Query, *, limit: int, as_of: date, document_id: str | None) -> list[Hit]:
        """`search` for a query that has been read already."""
        found, features = self.measured(query, as_of=as_of, document_id=document_id)
        scores = np.cbrt(self._ranking.probability(features, self._weights))
        hits: list[Hit] = []
        seen: set[int] = set()
        for place in np.lexsort((found.positions, -scores)).tolist():
            clause = int(self._finder.clause_of[found.positions[place]])
            if clause in seen:
                continue
            seen.add(clause)
            hits.append(self._hit(query, found, place, float(scores[place])))
            if len(hits) == limit:
                break
        return hits

    def measured(
        self, query: Query, *, as_of: date, document_id: str | None = None, asks: Asks | None = None
    ) -> tuple[Candidates, NDArray[np.float64]]:
        """The candidates and their features, float64 [candidates, features]: what the ranking is trained on.

        `asks` stands in for the snapshot's similar questions.
        """
        allowed = self._allowed(as_of, document_id)
        found = self._finder.find(query, allowed, document_id is not None, asks)
        return found, self._measure.matrix(query, found)

    def _allowed(self, as_of: date, document_id: str | None) -> NDArray[np.bool_]:
        day = as_of.toordinal()
        good = (self._begins <= day) & (day <= self._ends)
        if document_id is not None:
            self.snapshot.document(document_id)
            only = np.zeros_like(good)
            only[self._numbers[document_id]] = True
            good &= only
        allowed: NDArray[np.bool_] = good[self._finder.document_of]
        return allowed

    def _hit(self, query: Query, found: Candidates, place: int, score: float) -> Hit:
        chunk = self.snapshot.chunk(int(found.positions[place]))
        clause: Clause = self.snapshot.clause(chunk.clause_id)
        document = self.snapshot.documents[clause.document_id]
        signals = {name: round(float(values[place]), 6) for name, values in found.signals.items()}
        matched = matched_terms(query.terms, indexed_text(chunk))
        return Hit(clause, chunk, document, round(score, 6), signals, matched)


def matched_terms(terms: Sequence[str], text: str) -> tuple[str, ...]:
    """The terms that stand in the text, in the order asked."""
    folded = fold(text)
    return tuple(term for term in terms if term in folded)


def _days(documents: Sequence[Document]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last day each document is in force, as ordinals; open ends are beyond every date."""
    begins = [d.effective_from.toordinal() if d.effective_from else 0 for d in documents]
    ends = [d.expires_on.toordinal() if d.expires_on else date.max.toordinal() for d in documents]
    return np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)
