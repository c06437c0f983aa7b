"""A document with all that is known of it: where each value was read, what editors put right, how it stands to others."""

from datetime import date

from app.corpus import Document, Named, Relations
from app.web.json_bytes import Json
from app.web.services import Snapshot
from app.web.versions import versions_json
from app.web.wire import day, document_json


def detail_json(document: Document, snapshot: Snapshot, relations: Relations) -> dict[str, Json]:
    """The document of the list, and what only a single one is asked for."""
    own = document.version_of or document.id
    after = relations.replaced.get(own)
    successor = relations.successor(own)
    return document_json(document) | {
        "basis": document.basis,
        "interprets": _interpreted(document, snapshot, relations),
        "explained_by": list(relations.explaining(document.id)),
        "repeals": [_named(document, one, relations) for one in document.repeals],
        "amends": [_named(document, one, relations) for one in document.amends],
        "replaced_by": _brief(snapshot.document(successor)) if successor else None,
        "replaced_from": day(after.since) if after else None,
        "version_of": document.version_of,
        "serves_from": day(document.serves_from),
        "serves_until": None if document.never_serves else day(document.serves_until),
        "versions": versions_json(snapshot, document),
        "read_from": {
            one.field: {
                "place": one.place,
                "start": one.start,
                "end": one.end,
                "text": document.text[one.start : one.end] if one.start is not None else None,
            }
            for one in document.origins
        },
        "corrected": {
            one.field: {
                "read": _plain(one.read),
                "value": _plain(one.value),
                "editor": one.editor,
                "day": one.day,
            }
            for one in document.corrections
        },
    }


def _interpreted(document: Document, snapshot: Snapshot, relations: Relations) -> Json:
    """The document this one explains; `document_id` is null where it is not in the corpus."""
    if found := relations.explained.get(document.id):
        return _brief(snapshot.document(found))
    if document.interprets:
        return {"document_id": None, "title": document.interprets, "number": None}
    return None


def _named(document: Document, one: Named, relations: Relations) -> Json:
    return {
        "document_id": relations.named.get((document.id, one)),
        "title": one.title,
        "number": one.number,
        "start": one.start,
        "end": one.end,
    }


def _brief(document: Document) -> Json:
    return {"document_id": document.id, "title": document.title, "number": document.number}


def _plain(value: object) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else None if value is None else str(value)
