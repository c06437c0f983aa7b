"""The versions of a document: which one is meant, which there are, and what differs between two."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.answer import titled
from app.corpus import Change, Difference, Document, Mark, difference
from app.errors import DocumentNotFound
from app.web.asking import shorten
from app.web.json_bytes import Json
from app.web.services import Services, Snapshot
from app.web.wire import day

SHORTEST = 8  # characters of a sha256 that name a version


def version_of(snapshot: Snapshot, document_id: str, version: str | None) -> Document:
    """The document, or its version that begins with this sha256 or has this number; the last of several.

    Raises:
        DocumentNotFound: there is no such document, or no such version of it.
    """
    found = snapshot.document(document_id)
    if not version:
        return found
    versions = snapshot.versions_of(found.version_of or found.id)
    wanted = version.lower()
    for one in reversed(versions):
        if one.id.partition("@")[2] == wanted or (len(wanted) >= SHORTEST and one.sha256.startswith(wanted)):
            return one
    raise DocumentNotFound(
        f"文件“{shorten(document_id)}”没有版本“{shorten(version)}”；全部版本见 /api/v1/documents/{found.version_of or found.id}。"
    )


def versions_json(snapshot: Snapshot, document: Document) -> list[Json]:
    """Every version of a document, the oldest first."""
    return [
        {
            "id": one.id,
            "sha256": one.sha256,
            "current": one.version_of is None,
            "serves_from": day(one.serves_from),
            "serves_until": None if one.never_serves else day(one.serves_until),
            "answers": not one.never_serves,
        }
        for one in snapshot.versions_of(document.version_of or document.id)
    ]


def two_versions(
    snapshot: Snapshot, document_id: str, old: str | None, new: str | None
) -> tuple[Document, Document]:
    """The versions to compare: those named; else the last one, and the one before it with other words.

    Raises:
        DocumentNotFound: there is no such document or version, or none to compare with.
    """
    found = snapshot.document(document_id)
    versions = snapshot.versions_of(found.version_of or found.id)
    after = version_of(snapshot, document_id, new) if new or found.version_of is None else versions[-1]
    if old:
        return version_of(snapshot, document_id, old), after
    before = versions[: versions.index(after)]
    others = [one for one in before if one.sha256 != after.sha256]
    if not others:
        raise DocumentNotFound(f"{titled(after.title)}没有更早的版本可以比较。")
    return others[-1], after


def successor_of(document: Document, services: Services) -> Document | None:
    """The document that took this one's place, where a text says so."""
    found = services.relations.successor(document.version_of or document.id)
    return services.snapshot.documents.get(found) if found else None


def earlier(snapshot: Snapshot, document: Document) -> Document | None:
    """The last version before this one with other words; None where there is none, or this is an old version itself."""
    if document.version_of:
        return None
    before = [one for one in snapshot.versions_of(document.id) if one.sha256 != document.sha256]
    return before[-1] if before else None


def compared(snapshot: Snapshot, old: Document, new: Document) -> Difference:
    """What differs between two versions."""
    return difference(old, snapshot.clauses_of(old.id), new, snapshot.clauses_of(new.id))


def difference_json(snapshot: Snapshot, old: Document, new: Document) -> dict[str, Json]:
    """What differs: clauses that stay the same are counted, the others come with their words."""
    found = compared(snapshot, old, new)
    counts: dict[str, Json] = {what: found.count(what) for what in ("added", "removed", "changed", "same")}
    return {
        "old": {"id": old.id, "sha256": old.sha256},
        "new": {"id": new.id, "sha256": new.sha256},
        "counts": counts,
        "changes": [_change_json(change) for change in found.changes if change.what != "same"],
    }


def _change_json(change: Change) -> Json:
    clause = change.new or change.old
    return {
        "what": change.what,
        "old_clause": change.old.id if change.old else None,
        "new_clause": change.new.id if change.new else None,
        "label": clause.label if clause else "",
        "heading_path": list(clause.heading_path) if clause else [],
        "marks": [{"side": mark.side, "text": mark.text} for mark in change.marks],
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A clause, or a run of clauses that stay the same, as the page shows it."""

    what: str
    marks: tuple[Mark, ...]
    count: int = 1


def rows(found: Difference) -> Iterator[Row]:
    """The changes in order; what stays the same between them is one row."""
    same = 0
    for change in found.changes:
        if change.what == "same":
            same += 1
            continue
        if same:
            yield Row("same", (), same)
            same = 0
        yield Row(change.what, change.marks)
    if same:
        yield Row("same", (), same)
