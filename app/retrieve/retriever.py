"""Finds clauses: two lexical scores and a dense one over the whole corpus, fused on normalised scores.

Scores are divided by the query's best score and added; ranks are never fused, because a rank throws the margin away.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.corpus import Clause, Document
from app.index import Snapshot, indexed_text
from app.retrieve.fusion import Weights, fuse
from app.retrieve.hit import Hit
from app.retrieve.query import Query, QueryReader
from app.text import Analyzer, fold

CANDIDATES = 200


class QueryEncoder(Protocol):
    """What retrieval needs of an encoder."""

    def encode_queries(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...


class Retriever:
    """Ranks the clauses of one snapshot. Reads only, so one instance serves every thread."""

    def __init__(
        self, snapshot: Snapshot, analyzer: Analyzer, encoder: QueryEncoder, weights: Weights | None = None
    ) -> None:
        self.snapshot = snapshot
        self._reader = QueryReader(analyzer)
        self._encoder = encoder
        self._weights = weights or Weights()
        numbers = {document_id: n for n, document_id in enumerate(snapshot.documents)}
        owners = np.array([numbers[clause.document_id] for clause in snapshot.clauses], dtype=np.int32)
        self._document_of_chunk = owners[snapshot.chunks.rows[:, 0]] if len(snapshot.chunks) else owners[:0]
        self._numbers = numbers
        self._begins, self._ends = _days(list(snapshot.documents.values()))

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
        allowed = self._allowed(as_of, document_id)
        positions, signals = self._candidates(query, allowed)
        scores = fuse(signals, self._weights)
        order = np.lexsort((positions, -scores))
        hits: list[Hit] = []
        seen: set[str] = set()
        for place in order:
            clause = self._clause_of(int(positions[place]))
            if clause.id in seen or scores[place] <= 0:
                continue
            seen.add(clause.id)
            parts = {name: round(float(values[place]), 6) for name, values in signals.items()}
            hits.append(self._hit(query, clause, int(positions[place]), float(scores[place]), parts))
            if len(hits) == limit:
                break
        return hits

    def _allowed(self, as_of: date, document_id: str | None) -> NDArray[np.bool_]:
        day = as_of.toordinal()
        good = (self._begins <= day) & (day <= self._ends)
        if document_id is not None:
            self.snapshot.document(document_id)
            only = np.zeros_like(good)
            only[self._numbers[document_id]] = True
            good &= only
        allowed: NDArray[np.bool_] = good[self._document_of_chunk]
        return allowed

    def _candidates(
        self, query: Query, allowed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float32]]]:
        snapshot = self.snapshot
        words = np.where(allowed, snapshot.words.scores(query.words), 0)
        grams = np.where(allowed, snapshot.grams.scores(query.grams), 0)
        vector = self._encoder.encode_queries([query.text])[0]
        near, _ = snapshot.dense.nearest(vector, CANDIDATES * 2)
        lexical = _scaled(words) + _scaled(grams)
        chosen = np.union1d(_best(lexical, CANDIDATES), near)
        chosen = chosen[allowed[chosen]]
        cosines = (
            np.maximum(snapshot.dense.vectors(chosen) @ vector, 0) if len(chosen) else np.zeros(0, np.float32)
        )
        return chosen, {
            "words": _scaled(words, chosen),
            "grams": _scaled(grams, chosen),
            "dense": cosines.astype(np.float32),
        }

    def _clause_of(self, position: int) -> Clause:
        return self.snapshot.clauses[int(self.snapshot.chunks.rows[position, 0])]

    def _hit(
        self, query: Query, clause: Clause, position: int, score: float, signals: dict[str, float]
    ) -> Hit:
        chunk = self.snapshot.chunk(position)
        document = self.snapshot.documents[clause.document_id]
        matched = matched_terms(query.terms, indexed_text(chunk))
        return Hit(clause, chunk, document, round(score, 6), signals, matched)


def matched_terms(terms: Sequence[str], text: str) -> tuple[str, ...]:
    """The terms that stand in the text, in the order asked."""
    folded = fold(text)
    return tuple(term for term in terms if term in folded)


def _scaled(scores: NDArray[np.float32], chosen: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    best = float(scores.max()) if len(scores) else 0.0
    taken = scores if chosen is None else scores[chosen]
    return (taken / best).astype(np.float32) if best > 0 else np.zeros(len(taken), dtype=np.float32)


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The positions of the `count` best positive scores, ascending; ties at the border go to the earlier position."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= count:
        return positive
    values = scores[positive]
    border = np.partition(values, len(values) - count)[len(values) - count]
    above = positive[values > border]
    level = positive[values == border][: count - len(above)]
    return np.sort(np.concatenate((above, level)))


def _days(documents: Sequence[Document]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last day each document is in force, as ordinals; open ends are beyond every date."""
    begins = [d.effective_from.toordinal() if d.effective_from else 0 for d in documents]
    ends = [d.expires_on.toordinal() if d.expires_on else date.max.toordinal() for d in documents]
    return np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)
