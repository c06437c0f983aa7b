"""What stands at an address. Looked up, not ranked: “第三条是什么” is never answered with the clause that sounds most alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answer.address import Address, Key, key_of, read_address, read_number
from app.answer.confidence import longest_run
from app.corpus import Clause, Document, Item
from app.index import Snapshot
from app.text import fold

MOST_BROWSED = 50  # among more documents a list is not sought by its heading alone
SHORTEST_HEADING = 3  # characters that a question must share with the heading of the list it counts in
_TITLE = re.compile(r"《([^》]*)》")
_SHORT = re.compile(r"[(（].*?[)）]|^中华人民共和国")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: whole clauses, or items of a clause; empty when the text has no such place.

    `named` is the address as people write it, `documents` those in which it was sought: none when the question names a
    document that is not here.
    """

    named: str
    documents: tuple[Document, ...]
    found: tuple[tuple[Clause, Item | None], ...]


class Lookup:
    """Finds places in one snapshot. What it needs of all clauses is collected once, when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def number(self, question: str, documents: Sequence[Document]) -> tuple[str, tuple[Clause, ...]] | None:
        """The 文号 in the question and the clauses that name it, one a document; None where the question names none."""
        number = read_number(question)
        if number is None:
            return None
        spans = [(d, m) for d in documents if (m := number.pattern.search(d.text))]
        clauses = (self._around(document, match.start(), match.end()) for document, match in spans)
        return number.named, tuple(clause for clause in clauses if clause is not None)

    def _around(self, document: Document, start: int, end: int) -> Clause | None:
        clauses = self._snapshot.clauses_of(document.id)
        return next((c for c in clauses if c.start <= start and end <= c.end), None)

    def place(self, question: str, documents: Sequence[Document]) -> Place | None:
        """Where the address in the question leads, or None where the question names none."""
        address = read_address(question)
        if address is None:
            return None
        sought = _named_in(fold(question), documents)
        if sought is None:
            return Place(address.named, (), ())
        if address.key is None:
            return self._in_list(address, address.ordinal, sought)
        found = self._in_structure(address, address.key, sought)
        # People also count the entries of a list as 第三条; only where the text has no such article can they mean that.
        return found if found.found else self._in_list(address, address.key[1], sought) or found

    @cached_property
    def _keys(self) -> dict[Key, list[Clause]]:
        keys: dict[Key, list[Clause]] = {}
        for clause in self._snapshot.clauses:
            if clause.label and (key := key_of(clause.label, len(clause.address))):
                keys.setdefault(key, []).append(clause)
        return keys

    def _in_structure(self, address: Address, key: Key, sought: Sequence[Document]) -> Place:
        wanted = {document.id for document in sought}
        first: dict[str, Clause] = {}
        for clause in self._keys.get(key, ()):
            if clause.document_id in wanted:
                first.setdefault(clause.document_id, clause)
        found: tuple[tuple[Clause, Item | None], ...] = tuple((clause, None) for clause in first.values())
        if address.ordinal is not None and len(found) == 1:
            found = self._inside(found[0][0], address.ordinal)
        return Place(address.named, tuple(sought), found)

    def _in_list(self, address: Address, ordinal: int | None, sought: Sequence[Document]) -> Place | None:
        if ordinal is None or len(sought) > MOST_BROWSED:
            return None
        best: tuple[int, Clause] | None = None
        for document in sought:
            for clause in self._snapshot.clauses_of(document.id):
                shared = longest_run(address.about, self._heading(clause))
                if shared >= SHORTEST_HEADING and (best is None or shared > best[0]) and self._counts(clause):
                    best = shared, clause
        if best is None:
            return None
        document = self._snapshot.document(best[1].document_id)
        return Place(f"第{ordinal}项", (document,), self._inside(best[1], ordinal))

    def _heading(self, clause: Clause) -> str:
        return fold(_TITLE.sub("", self._snapshot.text(clause)[:120]))

    def _counts(self, clause: Clause) -> bool:
        return bool(clause.items) or bool(self._snapshot.children(clause))

    def _inside(self, clause: Clause, ordinal: int) -> tuple[tuple[Clause, Item | None], ...]:
        if clause.items:
            return tuple((clause, item) for item in clause.items[ordinal - 1 : ordinal]) if ordinal else ()
        labelled = [child for child in self._snapshot.children(clause) if child.label]
        return tuple((child, None) for child in labelled[ordinal - 1 : ordinal]) if ordinal else ()


def _named_in(folded: str, documents: Sequence[Document]) -> tuple[Document, ...] | None:
    """The documents a question names, all of them where it names none, None where it names one that is not here."""
    quoted = [title for title in _TITLE.findall(folded) if title.strip()]
    if quoted:
        named = tuple(d for d in documents if any(title in fold(d.title) for title in quoted))
        return named or None
    short = ((d, _SHORT.sub("", fold(d.title))) for d in documents)
    return tuple(d for d, title in short if len(title) >= 2 and title in folded) or tuple(documents)
