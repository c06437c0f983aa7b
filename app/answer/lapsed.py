"""What only a document that is not in force says: never an answer of today, but named, with what took its place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.answer.evidence import is_bare
from app.corpus import Document
from app.index import Snapshot
from app.question import Question
from app.retrieve import Hit, Retriever


class Lapsed:
    """Looks among the documents and old versions that are not in force. `successor` gives the id of what replaced one."""

    def __init__(
        self, snapshot: Snapshot, retriever: Retriever, successor: Callable[[str], str | None]
    ) -> None:
        self._snapshot, self._retriever, self._successor = snapshot, retriever, successor

    def find(self, query: Question, as_of: date, document_id: str | None, limit: int) -> Sequence[Hit]:
        """What they say on a question, best first; none where there is no such document or it says nothing."""
        within = self._not_in_force(as_of, document_id)
        if not within:
            return ()
        found = self._retriever.search_read(query, limit=limit, as_of=None, document_id=None, within=within)
        return [hit for hit in found if not is_bare(hit.clause, self._snapshot)] or found

    def told(self, document: Document, as_of: date) -> tuple[str, Document | None]:
        """Why a document does not answer on a day, `upcoming` or `lapsed`, and the document in its place."""
        if document.first_day is not None and document.first_day > as_of:
            return "upcoming", None
        return "lapsed", self.successor(document, as_of)

    def successor(self, document: Document, as_of: date) -> Document | None:
        """The document that is in a document's place on a day."""
        documents: Mapping[str, Document] = self._snapshot.documents
        if (present := documents.get(document.version_of or "")) and present.in_force(as_of):
            return present
        found = self._successor(document.version_of or document.id)
        return documents.get(found) if found else None

    def _not_in_force(self, as_of: date, document_id: str | None) -> Sequence[str]:
        chosen = [self._snapshot.document(document_id)] if document_id else self._snapshot.everything.values()
        return [one.id for one in chosen if not one.in_force(as_of) and not one.never_serves]
