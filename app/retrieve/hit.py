"""What retrieval hands on."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.corpus import Chunk, Clause, Document


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found for a query, best chunk first.

    `score` orders hits of one query, 0 to 1: the cube root of the probability that the clause answers, so that a hit half
    as likely as the best one has four fifths of its score. `signals` are the parts it was made of, by name, each about
    0..1. `matched_terms` are the query's words that stand in the chunk or in its context.
    """

    clause: Clause
    chunk: Chunk
    document: Document
    score: float
    signals: Mapping[str, float]
    matched_terms: tuple[str, ...]

    @property
    def text(self) -> str:
        """The clause's text where it is at most 500 code points long, otherwise its best chunk's."""
        if self.clause.end - self.clause.start <= 500:
            return self.document.text[self.clause.start : self.clause.end]
        return self.chunk.text
