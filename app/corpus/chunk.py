"""A chunk: the window of a clause that is indexed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole sentences of one clause, up to a token budget.

    `start` and `end` count code points of the document's canonical text and lie inside the clause. `context`
    (document title and heading path) is indexed with the chunk and never quoted. `text` is the document's text between
    `start` and `end`. `position` counts the chunks of the whole corpus from 0.
    """

    position: int
    clause_id: str
    document_id: str
    start: int
    end: int
    text: str
    context: str
