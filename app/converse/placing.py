"""From a clause that a person chose to the quote that is served, through all that may have happened to the text since.

A clause keeps its id when others are edited, so a span is found again where its clause now begins; where the clause's
own words are not what they were, nothing is quoted and a person looks again (待复核).
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Protocol

from app.answer import Evidence
from app.corpus import Clause, Document
from app.errors import ClauseNotFound, ReviewedInvalid
from app.store import Point, ReviewedVersion


class Texts(Protocol):
    """The corpus as it is served."""

    def clause(self, clause_id: str, /) -> Clause:
        """Raises `ClauseNotFound`."""
        ...

    def document(self, document_id: str, /) -> Document:
        """Raises `DocumentNotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a version's points stand now, and Chinese clauses about those that stand nowhere; it answers if there are none."""

    evidence: tuple[Evidence, ...]
    troubles: tuple[str, ...]


def point_at(texts: Texts, clause_id: str, start: int | None = None, end: int | None = None) -> Point:
    """The point of a whole clause, or of the span `start` to `end` of the document, which must lie inside it.

    Raises:
        ClauseNotFound: there is no such clause. ReviewedInvalid: the span is not inside it, or is blank.
    """
    clause = texts.clause(clause_id)
    document = texts.document(clause.document_id)
    begin, stop = clause.start if start is None else start, clause.end if end is None else end
    quote = document.text[begin:stop]
    if not clause.start <= begin < stop <= clause.end or not quote.strip():
        raise ReviewedInvalid(f"所选的文字（{begin}–{stop}）不在条款“{clause_id[:60]}”之内，请重新选择。")
    return Point(clause.id, begin, stop, document.sha256, clause.start, _digest(document, clause), quote)


def placed(version: ReviewedVersion, texts: Texts, as_of: date) -> Placed:
    """Where the version's points stand in the text that is served."""
    evidence: list[Evidence] = []
    troubles: list[str] = []
    for point in version.wording.points:
        found = _place(point, texts, as_of)
        if isinstance(found, str):
            troubles.append(found)
        else:
            evidence.append(found)
    return Placed(tuple(evidence), tuple(dict.fromkeys(troubles)))


def _place(point: Point, texts: Texts, as_of: date) -> Evidence | str:
    shown = " ".join(point.quote.split())[:20]
    try:
        clause = texts.clause(point.clause_id)
    except ClauseNotFound:
        return f"所引条款“{shown}…”已不在现有文件中"
    document = texts.document(clause.document_id)
    if not document.in_force(as_of):
        return f"所引文件《{document.title}》不在有效期内"
    start = clause.start + point.start - point.clause_start
    end = start + point.end - point.start
    whole = _digest(document, clause) == point.clause_sha256
    if not whole or document.text[start:end] != point.quote or not clause.start <= start < end <= clause.end:
        return f"所引条款“{shown}…”的文字已经修改"
    return Evidence(clause, document, start, end)


def _digest(document: Document, clause: Clause) -> str:
    return sha256(document.text[clause.start : clause.end].encode("utf-8", "replace")).hexdigest()
