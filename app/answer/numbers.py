"""文号: which texts carry or name a document number, in any of its spellings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.corpus import Clause, Document
from app.index import Snapshot
from app.text import fold

SHORTEST = 2  # characters before the year that must agree
_NUMBER = re.compile(r"([一-鿿]{0,14})\s*[〔\[(【]\s*(\d{2,24})\s*[〕\])】]\s*第?\s*(\d{1,12})\s*号")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A 文号 asked for. `named` is as the text writes it, `clauses` are those that name it, one a document, and `rest` is
    the question without it. Without clauses the number is not here.
    """

    named: str
    clauses: tuple[Clause, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class _Mention:
    prefix: str
    named: str
    document_id: str
    clause: Clause


class Numbers:
    """Every 文号 in the texts and in what is known of the documents, read once when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def find(self, question: str, documents: Iterable[Document]) -> Numbered | None:
        """The number in the question and where it stands, or None where the question names none."""
        folded = fold(question)
        match = _NUMBER.search(folded)
        if match is None:
            return None
        wanted = {document.id for document in documents}
        known = [m for m in self._mentions.get(_key(match), ()) if m.document_id in wanted]
        agreed = max((_common(match.group(1), m.prefix) for m in known), default=0)
        if agreed < SHORTEST:
            return Numbered("", (), folded)
        best = [m for m in known if _common(match.group(1), m.prefix) == agreed]
        clauses = tuple({m.document_id: m.clause for m in reversed(best)}.values())[::-1]
        rest = folded[: match.end(1) - agreed] + folded[match.end() :]
        return Numbered(best[0].named, clauses, rest)

    @cached_property
    def _mentions(self) -> dict[tuple[int, int], list[_Mention]]:
        table: dict[tuple[int, int], list[_Mention]] = {}
        for document in self._snapshot.everything.values():
            clauses = self._snapshot.clauses_of(document.id)
            own = _NUMBER.search(fold(document.number or ""))
            if own and clauses:
                table.setdefault(_key(own), []).append(_mention(own, document, clauses[0]))
            if "号" in document.text:
                for match in _NUMBER.finditer(_half(document.text)):
                    if (clause := _around(match, clauses)) is not None:
                        table.setdefault(_key(match), []).append(_mention(match, document, clause))
        return table


def _half(text: str) -> str:
    # One for one, so that offsets stay those of the text.
    return text.translate({ord("（"): "(", ord("）"): ")", ord("［"): "[", ord("］"): "]"})


def _key(match: re.Match[str]) -> tuple[int, int]:
    return int(match.group(2)), int(match.group(3))


def _mention(match: re.Match[str], document: Document, clause: Clause) -> _Mention:
    named = f"{match.group(1)[-8:]}〔{match.group(2)}〕{int(match.group(3))}号"
    return _Mention(fold(match.group(1)), named, document.id, clause)


def _around(match: re.Match[str], clauses: Sequence[Clause]) -> Clause | None:
    return next((c for c in clauses if c.start <= match.start(2) and match.end() <= c.end), None)


def _common(one: str, other: str) -> int:
    """How many characters both end with."""
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count
