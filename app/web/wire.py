"""Our frozen values as JSON, field by field as the contract names them."""

from datetime import date
from urllib.parse import quote

from app.answer import Citation
from app.converse import Mark, Reply
from app.corpus import Clause, Document, Locator
from app.retrieve import Hit
from app.web.json_bytes import Json
from app.web.services import Snapshot


def reply_json(reply: Reply) -> dict[str, Json]:
    """The body of an answer."""
    answer = reply.answer
    return {
        "answer_id": reply.answer_id,
        "session_id": reply.session_id,
        "session_started": reply.session_started,
        "status": answer.status,
        "interpreted_as": answer.interpreted_as,
        "intent": answer.intent,
        "text": answer.text,
        "markdown": answer.markdown,
        "citations": [citation_json(citation) for citation in answer.citations],
        "confidence": float(answer.confidence),
        "matched_terms": list(answer.matched_terms),
        "suggestions": list(answer.suggestions),
        "options": list(answer.options),
        "disclaimer": answer.disclaimer,
        "text_spoken": answer.text_spoken,
        "text_chat": answer.text_chat,
        "reviewed": mark_json(reply.reviewed) if reply.reviewed is not None else None,
    }


def mark_json(mark: Mark) -> dict[str, Json]:
    """Which reviewed answer it is, whose, and how long it holds."""
    return {
        "id": mark.id,
        "question": mark.question,
        "department": mark.department,
        "reviewed_on": day(mark.reviewed_on),
        "expires_on": day(mark.expires_on),
    }


def citation_json(citation: Citation) -> dict[str, Json]:
    """One citation; what is said of old versions only where one is quoted."""
    old: dict[str, Json] = {"version_of": citation.version_of, "last_day": day(citation.last_day)}
    return {
        "mark": citation.mark,
        "clause_id": citation.clause_id,
        "document_id": citation.document_id,
        "document_title": citation.document_title,
        "document_number": citation.document_number,
        "issuer": citation.issuer,
        "heading_path": list(citation.heading_path),
        "label": citation.label,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "sha256": citation.sha256,
        "url": citation.url,
        "in_force": citation.in_force,
        "effective_from": day(citation.effective_from),
        "expires_on": day(citation.expires_on),
        "page": citation.page,
        "locator": locator_json(citation.locator),
        "kind": citation.kind,
        **(old if citation.version_of else {}),
    }


def hit_json(hit: Hit) -> dict[str, Json]:
    """One hit; `start` and `end` are those of its `text`."""
    text = hit.text
    whole = len(text) == hit.clause.end - hit.clause.start
    start = hit.clause.start if whole else hit.chunk.start
    place = hit.document.locate(start, start + len(text))
    return {
        "clause_id": hit.clause.id,
        "document_id": hit.document.id,
        "document_title": hit.document.title,
        "heading_path": list(hit.clause.heading_path),
        "label": hit.clause.label,
        "text": text,
        "start": start,
        "end": hit.clause.end if whole else hit.chunk.end,
        "score": float(hit.score),
        "matched_terms": list(hit.matched_terms),
        "page": place.page,
        "locator": locator_json(place),
    }


def document_json(document: Document) -> dict[str, Json]:
    """One document without its text."""
    return {
        "id": document.id,
        "file": document.file,
        "title": document.title,
        "number": document.number,
        "issuers": list(document.issuers),
        "kind": document.kind,
        "published_on": day(document.published_on),
        "effective_from": day(document.effective_from),
        "expires_on": day(document.expires_on),
        "region": document.region,
        "level": document.level,
        "sha256": document.sha256,
        "source_url": document.source_url,
        "page": document.page,
        "locator": locator_json(document.beginning),
    }


def clause_json(snapshot: Snapshot, clause: Clause) -> dict[str, Json]:
    """One clause with its words and its neighbours in the document."""
    document = snapshot.document(clause.document_id)
    clauses = snapshot.clauses_of(document.id)
    before = clauses[clause.position - 1] if clause.position > 0 else None
    after = clauses[clause.position + 1] if clause.position + 1 < len(clauses) else None
    place = document.locate(clause.start, clause.end)
    return {
        "id": clause.id,
        "document_id": document.id,
        "document_title": document.title,
        "kind": clause.kind,
        "label": clause.label,
        "address": list(clause.address),
        "heading_path": list(clause.heading_path),
        "parent": clause.parent,
        "position": clause.position,
        "start": clause.start,
        "end": clause.end,
        "sha256": document.sha256,
        "text": document.text[clause.start : clause.end],
        "items": [
            {
                "label": item.label,
                "start": item.start,
                "end": item.end,
                "text": document.text[item.start : item.end],
            }
            for item in clause.items
        ],
        "previous": _neighbour(document, before),
        "next": _neighbour(document, after),
        "url": page_url(document.id, clause.start, clause.end),
        "page": place.page,
        "locator": locator_json(place),
    }


def locator_json(locator: Locator) -> dict[str, Json] | None:
    """Where words stand in their file, in words and numbers; None where the file has neither pages nor tables there."""
    return locator.to_json() if locator else None


def page_url(document_id: str, start: int, end: int) -> str:
    """The page of a document, scrolled to code points `start` to `end`, which it marks."""
    return f"/documents/{quote(document_id, safe='')}?start={start}&end={end}#quote"


def day(value: date | None) -> str | None:
    """YYYY-MM-DD, or None."""
    return value.isoformat() if value is not None else None


def _neighbour(document: Document, clause: Clause | None) -> dict[str, Json] | None:
    if clause is None:
        return None
    return {"id": clause.id, "label": clause.label, "text": document.text[clause.start : clause.end]}
