"""What the look-up page is told: hits, clauses and answers as JSON, each quote with the source that goes along when copied.

Nothing here is HTML: the page writes every value as text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.answer import Citation, titled
from app.converse import Reply
from app.corpus import Clause, Document
from app.retrieve import Hit
from app.text import sentence_spans
from app.web.answer_view import HEADINGS, Validity, blocks, validity
from app.web.asking import shorten
from app.web.json_bytes import Json
from app.web.services import Snapshot
from app.web.wire import mark_json, page_url

NEIGHBOUR = 160  # characters of a neighbouring clause that are shown
HEADING = 30  # characters of a heading that are told
SPOKEN = 160  # characters that can be read out in half a minute


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are looked into. `as_of` None: whether in force or not; an empty word: all."""

    as_of: date | None
    document_id: str | None = None
    region: str = ""
    level: str = ""
    kind: str = ""

    def within(self, documents: Mapping[str, Document]) -> Collection[str] | None:
        """The ids of the documents of this place, level and kind; None where none of the three is asked for.

        A place has the places in it: 北京市 has 北京市怀柔区.
        """
        if not (self.region or self.level or self.kind):
            return None
        return [each.id for each in documents.values() if self._holds(each)]

    def _holds(self, document: Document) -> bool:
        return (
            (not self.region or (document.region or "").startswith(self.region))
            and (not self.level or document.level == self.level)
            and (not self.kind or document.kind == self.kind)
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the filters: the places, levels and kinds of this corpus, in order."""

    regions: tuple[str, ...]
    levels: tuple[str, ...]
    kinds: tuple[str, ...]


_LEVELS = ("国家", "省", "市", "区")
_KINDS = ("原文", "解读", "问答", "指南", "通告", "其他")


def choices(documents: Mapping[str, Document]) -> Choices:
    """The filters of a corpus."""
    regions = {each.region for each in documents.values() if each.region}
    levels = {each.level for each in documents.values() if each.level}
    kinds = {each.kind for each in documents.values()}
    return Choices(
        tuple(sorted(regions)),
        (*(each for each in _LEVELS if each in levels), *sorted(levels.difference(_LEVELS))),
        tuple(each for each in _KINDS if each in kinds),
    )


def source(title: str, number: str | None, label: str, path: Sequence[str] = ()) -> str:
    """《文件》（文号）第三条: where a quote stands, as it is told to a caller.

    An article is known by its number; any other label, and a clause without one, by the heading above it as well.
    """
    heading = "" if label.startswith("第") or not path else shorten(path[-1], HEADING)
    return f"{titled(title)}{f'（{number}）' if number else ''}{heading}{label}"


def hit_view(hit: Hit, as_of: date) -> dict[str, Json]:
    """A hit: its words, its address, and what goes along when it is copied."""
    text = hit.text
    whole = len(text) == hit.clause.end - hit.clause.start
    start = hit.clause.start if whole else hit.chunk.start
    return _passage(hit.clause, hit.document, start, text, as_of) | {
        "matched": list(hit.matched_terms),
        "whole": whole,
    }


def clause_view(snapshot: Snapshot, clause: Clause, as_of: date) -> dict[str, Json]:
    """A clause with its whole words and the beginnings of its neighbours."""
    document = snapshot.document(clause.document_id)
    beside = snapshot.clauses_of(document.id)
    before = beside[clause.position - 1] if clause.position > 0 else None
    after = beside[clause.position + 1] if clause.position + 1 < len(beside) else None
    text = document.text[clause.start : clause.end]
    passage = _passage(clause, document, clause.start, text, as_of)
    return passage | {
        "spoken": spoken(clause, document, text),
        "whole": True,
        "previous": _neighbour(document, before),
        "next": _neighbour(document, after),
    }


def answer_view(question: str, reply: Reply, as_of: date) -> dict[str, Json]:
    """An answer: the same words that every other channel gets, cut where its quotes stand."""
    answer = reply.answer
    shown = blocks(answer.text, answer.citations)
    placed = {citation.mark for block in shown for citation in block.citations}
    rest = [citation for citation in answer.citations if citation.mark not in placed]
    return {
        "id": reply.answer_id,
        "question": question,
        "status": answer.status,
        "heading": HEADINGS[answer.status],
        "understood": answer.interpreted_as,
        "spoken": answer.text_spoken,
        "text": answer.text,
        "blocks": [
            {
                "lines": ["".join(part.text for part in line) for line in block.lines],
                "quotes": [_quote(each, as_of) for each in block.citations],
            }
            for block in shown
        ],
        "others": [_quote(each, as_of) for each in rest],
        "options": list(answer.options),
        "suggestions": list(answer.suggestions),
        "disclaimer": answer.disclaimer,
        "reviewed": mark_json(reply.reviewed) if reply.reviewed is not None else None,
    }


def _quote(citation: Citation, as_of: date) -> dict[str, Json]:
    where = source(citation.document_title, citation.document_number, citation.label, citation.heading_path)
    return {
        "id": citation.clause_id,
        "mark": citation.mark,
        "text": citation.quote,
        "source": where,
        "page": citation.page,
        "place": str(citation.locator),
        "path": list(citation.heading_path),
        "url": citation.url,
        "validity": _notes(validity(citation, as_of)),
    }


def _passage(clause: Clause, document: Document, start: int, text: str, as_of: date) -> dict[str, Json]:
    where = source(document.title, document.number, clause.label, clause.heading_path)
    place = document.locate(start, start + len(text))
    return {
        "id": clause.id,
        "document_id": document.id,
        "title": document.title,
        "number": document.number,
        "label": clause.label,
        "path": list(clause.heading_path),
        "text": text,
        "source": where,
        "url": page_url(document.id, start, start + len(text)),
        "page": place.page,
        "place": str(place),
        "kind": document.kind,
        "region": document.region,
        "validity": _notes(_in_force(document, as_of)),
    }


def spoken(clause: Clause, document: Document, text: str) -> str:
    """A clause as it is read out: where it stands, then its first whole sentences, at least one.

    A label that the words begin with is not said twice, and nobody reads out a 文号.
    """
    told = " ".join(text.split())
    ends = [end for _, end in sentence_spans(told)]
    end = max([end for end in ends if end <= SPOKEN], default=ends[0] if ends else len(told))
    where = source(document.title, None, clause.label, clause.heading_path)
    if clause.label and told.startswith(clause.label):
        where = where.removesuffix(clause.label)
    return f"{where}：{told[:end]}"


def _in_force(document: Document, as_of: date) -> Sequence[Validity]:
    begins, expires = document.effective_from, document.expires_on
    if begins is not None and begins > as_of:
        return (Validity("尚未施行", "bad"),)
    if expires is not None and expires < as_of:
        return (Validity("已过有效期", "bad"),)
    return (Validity("在有效期内", "good"),) if expires is not None else ()


def _notes(found: Sequence[Validity]) -> list[Json]:
    return [{"text": each.text, "tone": each.tone} for each in found]


def _neighbour(document: Document, clause: Clause | None) -> dict[str, Json] | None:
    if clause is None:
        return None
    text = document.text[clause.start : clause.end]
    shown = text if len(text) <= NEIGHBOUR else f"{text[:NEIGHBOUR]}…"
    return {"id": clause.id, "label": clause.label, "text": shown}
