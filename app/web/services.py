"""What the rooms to the left hand to the web: the corpus, a retriever and a dialogue, as this room sees them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.converse import Reply, ReviewedAnswers
from app.corpus import Clause, Document, Relations, Shelf
from app.index import Changes, Progress
from app.retrieve import Hit
from app.store import Sameness, Store


class Snapshot(Protocol):
    """The corpus as it was indexed. It does not change while the process runs."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id, in corpus order."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Files that were refused, one Chinese sentence each."""

    @property
    def version(self) -> str:
        """Hash of the index."""

    def document(self, document_id: str, /) -> Document:
        """The document of that id. Raises `DocumentNotFound`."""

    def clause(self, clause_id: str, /) -> Clause:
        """The clause of that id. Raises `ClauseNotFound`."""

    def clauses_of(self, document_id: str, /) -> Sequence[Clause]:
        """The clauses of a document, in order."""

    def versions_of(self, document_id: str, /) -> Sequence[Document]:
        """The versions of a document, the oldest first and the present one last."""


class Retriever(Protocol):
    """Ranks clauses for a query."""

    def search(
        self,
        query: str,
        *,
        limit: int,
        as_of: date | None,
        document_id: str | None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """At most `limit` hits, best first, of documents in force on `as_of` (None: or not), of those `within` alone."""

    def glance(
        self,
        query: str,
        *,
        limit: int,
        as_of: date | None,
        document_id: str | None = None,
        within: Collection[str] | None = None,
    ) -> list[Hit]:
        """The same for a query that is still being typed: cheaper, and not the last word on the order."""


class Dialogue(Protocol):
    """Answers an utterance within a session."""

    def reply(
        self, utterance: str, *, session_id: str | None, as_of: date, document_id: str | None, channel: str
    ) -> Reply:
        """The reply. Raises `BlankQuestion`, `QuestionTooLong` and other `InvalidRequest`s."""

    def preview(
        self, utterance: str, *, session_id: str | None, as_of: date, document_id: str | None, channel: str
    ) -> Reply:
        """What `reply` would answer; nothing is kept of it."""


@dataclass(frozen=True, slots=True)
class Intake:
    """How documents come in and go out: a `shelf` to put them on, and how the index is brought up to date with it."""

    shelf: Shelf
    build: Callable[[Progress], Changes]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the endpoints call. `examples` gives questions this corpus answers on a day; `store` keeps conversations,
    `reviewed` knows what people have answered before, `sameness` the same question in other words,
    `relations` how the documents stand to each other.
    """

    snapshot: Snapshot
    retriever: Retriever
    dialogue: Dialogue
    examples: Callable[[date], tuple[str, ...]] = lambda _: ()
    store: Store | None = None
    reviewed: ReviewedAnswers | None = None
    sameness: Sameness | None = None
    relations: Relations = field(default_factory=Relations)
