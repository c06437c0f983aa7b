"""Old versions of documents: kept in a hidden folder of the corpus, served as documents of their own with a closed validity.

    <corpus>/.versions/<document id>/<number>/document.json     metadata, the days it was served, why it ended
                                              text.txt          the canonical text

A version is written beside its place, flushed and renamed, and never written again.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from app.corpus.document import Document

VERSIONS = ".versions"
_PARTIAL = ".partial-"
_LEFT_OUT = ("text", "version_of", "serves_from", "serves_until")
# What makes no new version: where the file lies, where in it a value was read and who put it right.
_BESIDE = (
    *_LEFT_OUT, "sha256", "file", "page", "pages", "rows", "sheet", "origins", "corrections", "repeals", "amends",
)  # fmt: skip
NEVER = (
    date.min
)  # the last day of a version that is kept to be read and never answers: see `Document.never_serves`


@dataclass(frozen=True, slots=True)
class Archived:
    """An old version as it is kept. `served_from` is None where nobody noted the day; `replaced_on` is the day on which
    another version, or none, was served in its place; `removed` says that the document was taken out then.
    """

    document: Document
    number: int
    served_from: date | None
    replaced_on: date
    removed: bool


def version_id(document_id: str, number: int) -> str:
    """The id under which an old version is served: no id of a document holds an @."""
    return f"{document_id}@{number}"


def read_versions(folder: Path) -> tuple[tuple[Archived, ...], tuple[str, ...]]:
    """The old versions kept in a corpus folder, oldest first within a document, and a sentence for each that is damaged."""
    kept: list[Archived] = []
    notes: list[str] = []
    for place in _places(folder):
        try:
            kept.append(_read(place))
        except (OSError, ValueError, KeyError, TypeError):
            name = place.relative_to(folder).as_posix()
            notes.append(f"旧版本“{name}”已损坏，已略过；可从备份恢复，或删去该文件夹。")
    return tuple(kept), tuple(notes)


def versions_fingerprint(folder: Path) -> bytes:
    """Bytes that change when a version is added or taken away; empty where there are none."""
    whole = sha256()
    places = list(_places(folder))
    for place in places:
        whole.update(os.fsencode(place.relative_to(folder).as_posix()) + _bytes(place / "document.json"))
    return whole.digest() if places else b""


def keep_version(
    folder: Path, document: Document, *, served_from: date | None, replaced_on: date, removed: bool
) -> bool:
    """Keep a document as it was served; False where the newest kept version of it is this very one, served since that day.

    Raises OSError when the disk is full or not writable; nothing half-written is left in its place.
    """
    home = folder / VERSIONS / document.id
    numbers = sorted(int(place.name) for place in home.glob("[0-9]*") if place.name.isdigit())
    if numbers and _is_same(home / f"{numbers[-1]:04d}", document, served_from, removed):
        return False
    number = numbers[-1] + 1 if numbers else 1
    if served_from is None and numbers:
        served_from = _served_until(home / f"{numbers[-1]:04d}")
    _write(home, Archived(document, number, served_from, replaced_on, removed))
    return True


def same_version(one: Document, other: Document) -> bool:
    """Whether two documents have the same words and the same metadata; where the file lies does not count."""
    return one.sha256 == other.sha256 and all(
        getattr(one, f.name) == getattr(other, f.name) for f in fields(Document) if f.name not in _BESIDE
    )


def in_time(
    documents: Sequence[Document], kept: Iterable[Archived]
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """(The documents, their old versions), each with the days on which it answers: on any day one version at most.

    A version gives way on the day that the next one states as its first, or else on the day that it was replaced. Versions
    of the same words are one: the last answers, the ones before are kept to be read. The words of a document that went on under
    another id answer there alone.
    """
    held: dict[str, list[Archived]] = {}
    for one in kept:
        held.setdefault(one.document.id, []).append(one)
    living = {document.sha256: document.id for document in documents}
    current = {document.id: document for document in documents}
    old: list[Document] = []
    for document_id in [*(i for i in current if i in held), *sorted(i for i in held if i not in current)]:
        now = current.get(document_id)
        dated = _dated(held[document_id], now)
        if now:
            current[document_id] = dated.pop()
        moved = {sha for sha, owner in living.items() if owner != document_id}
        old += [replace(d, serves_until=NEVER) if not now and d.sha256 in moved else d for d in dated]
    return tuple(current.values()), tuple(old)


def _dated(kept: Sequence[Archived], now: Document | None) -> list[Document]:
    """The versions of one document in order, the present one last, with the days on which they answer."""
    whole = [one.document for one in kept] + ([now] if now else [])
    runs = [list(group) for _, group in groupby(range(len(whole)), key=lambda at: whole[at].sha256)]
    begins: list[date | None] = [None]
    for before, after in pairwise(runs):
        day = _takeover(whole[before[-1]], whole[after[-1]], kept[before[-1]].replaced_on)
        begins.append(max(filter(None, (day, begins[-1]))))
    ends = [day - timedelta(days=1) if day else None for day in begins[1:]]
    ends.append(None if now else kept[-1].replaced_on - timedelta(days=1))
    made: dict[int, Document] = {}
    for run, begin, end in zip(runs, begins, ends, strict=True):
        made |= {at: replace(whole[at], serves_until=NEVER) for at in run[:-1]}
        made[run[-1]] = replace(whole[run[-1]], serves_from=begin, serves_until=end)
    return [
        replace(made[at], id=version_id(one.document.id, one.number), version_of=one.document.id)
        for at, one in enumerate(kept)
    ] + ([made[len(kept)]] if now else [])


def _takeover(before: Document, after: Document, replaced_on: date) -> date:
    stated = after.effective_from
    if stated and (before.effective_from is None or stated > before.effective_from):
        return stated
    return replaced_on


def _places(folder: Path) -> Iterator[Path]:
    home = folder / VERSIONS
    if not home.is_dir() or home.is_symlink():
        return
    for document in sorted(home.iterdir()):
        if document.is_dir() and not document.name.startswith("."):
            yield from sorted(place for place in document.iterdir() if place.name.isdigit())


def _read(place: Path) -> Archived:
    row: dict[str, Any] = json.loads((place / "document.json").read_text("utf-8"))
    text = (place / "text.txt").read_bytes().decode("utf-8")
    if sha256(text.encode("utf-8")).hexdigest() != row["sha256"] or row["id"] != place.parent.name:
        raise ValueError("not the text that was kept")
    served_from, replaced_on = _day(row.pop("served_from")), date.fromisoformat(row.pop("replaced_on"))
    removed = bool(row.pop("removed"))
    known = {f.name for f in fields(Document)}
    told = {name: value for name, value in row.items() if name in known}
    return Archived(
        Document.from_json({**told, "text": text}), int(place.name), served_from, replaced_on, removed
    )


def _write(home: Path, one: Archived) -> None:
    home.mkdir(parents=True, exist_ok=True)
    partial = home / f"{_PARTIAL}{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        row = {name: value for name, value in one.document.to_json().items() if name not in _LEFT_OUT}
        told: Mapping[str, object] = {
            **row, "served_from": one.served_from, "replaced_on": one.replaced_on, "removed": one.removed,
        }  # fmt: skip
        written = json.dumps(told, ensure_ascii=False, indent=1, default=date.isoformat)
        put(partial / "text.txt", one.document.text.encode("utf-8"))
        put(partial / "document.json", written.encode("utf-8"))
        partial.rename(home / f"{one.number:04d}")
        sync(home)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def put(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Flush a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_same(place: Path, document: Document, served_from: date | None, removed: bool) -> bool:
    try:
        newest = _read(place)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    since = served_from is None or served_from == newest.served_from
    return since and newest.removed == removed and same_version(newest.document, document)


def _served_until(place: Path) -> date | None:
    try:
        return _read(place).replaced_on
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
