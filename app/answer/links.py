"""Clauses that belong together because the text itself says so: a term and its definition, a rule and what refers to it by name."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.answer.bound import Bond, Bonds
from app.corpus import Clause
from app.index import Snapshot
from app.text import fold

MOST_NAMED = 2
SHORTEST_NAME = 5  # a label shorter than this stands in other sentences by chance
_DEFINED = re.compile(r"(?:所称的?)?[“\"]?([一-鿿a-z0-9]{2,24})[”\"]?\s*[:,]?\s*(?:是指|系指|指的是)")


class Links:
    """Finds companions within a document. Each document is read once, when it is first asked about."""

    def __init__(self, snapshot: Snapshot, bonds: Sequence[Bond] = ()) -> None:
        self._snapshot = snapshot
        self._bonds = Bonds(bonds, snapshot)
        self.notes, self.elsewhere = self._bonds.notes, self._bonds.elsewhere
        self._definitions = lru_cache(maxsize=1024)(self._read_definitions)
        self._names = lru_cache(maxsize=1024)(self._read_names)

    def travelling(self, quoted: Sequence[Clause], question: str) -> tuple[Clause, ...]:
        """The rules that people have bound to those clauses; see `app.answer.bound`."""
        return self._bonds.travelling(quoted, question)

    def companions(self, clause: Clause, question: str) -> tuple[Clause, ...]:
        """The clauses to quote with this one for that question, in order of the text.

        A definition goes with a clause that uses its term when the question uses it too; a rule goes with the clause that
        explains it by its name.
        """
        words = fold(self._snapshot.text(clause))
        asked = fold(question)
        found = [
            c for term, c in self._definitions(clause.document_id).items() if term in words and term in asked
        ]
        named = [c for name, c in self._names(clause.document_id).items() if name in words]
        found += (
            named if len(named) <= MOST_NAMED else []
        )  # a clause that names many is an overview, not a rule about them
        return tuple(sorted({c.id: c for c in found if c.id != clause.id}.values(), key=lambda c: c.position))

    def _read_definitions(self, document_id: str) -> Mapping[str, Clause]:
        terms: dict[str, Clause] = {}
        for clause in self._snapshot.clauses_of(document_id):
            for match in _DEFINED.finditer(fold(self._snapshot.text(clause))):
                term = match.group(1).rpartition("的")[2]
                if len(term) >= 3:
                    terms.setdefault(term, clause)
        return terms

    def _read_names(self, document_id: str) -> Mapping[str, Clause]:
        clauses = self._snapshot.clauses_of(document_id)
        return {
            fold(c.label): c
            for c in clauses
            if len(c.label) >= SHORTEST_NAME and self._snapshot.text(c).startswith(c.label)
        }
