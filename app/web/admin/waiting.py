"""Files that wait for a review: their bytes, what was read of them, and what was put right before they are published.

They lie in a hidden folder of the corpus, `.waiting/<publication id>`, which no reader enters: all processes see them, and
what is published is on the same disk.
"""

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from app.corpus import Delivery, Document, Shelf, amended, corpus_lock
from app.errors import FileRefused, PublicationNotFound

WAITING = ".waiting"
_PREVIEW = "preview.json"
_LONGEST = 120  # characters of a file's name
_MOST_BYTES = 200  # of it in UTF-8, without its suffix: file systems take 255 in all
_BLOCK = 1 << 20
_CUT_OFF = 3600.0  # seconds: no upload takes so long


@dataclass(frozen=True, slots=True)
class Previewed:
    """One document of the file, as it would be served. `changes` are the words that were put in place of what was read,
    `stands` is the SHA-256 of the files that it takes the place of, empty where there are none.
    """

    document: Document
    file: str
    new: bool
    unchanged: bool
    changes: Mapping[str, str] = field(default_factory=dict)
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read of an upload; `remarks` is what its readers passed over, `refused` which files could not be read."""

    documents: tuple[Previewed, ...]
    remarks: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def stamp(self) -> str:
        """What a person has seen, in a form that can be compared: the texts, the facts and what they replace."""
        return sha256(_words(self).encode()).hexdigest()


def safe_name(given: str) -> str:
    """The name of a file without its folders and without what no file system wants. Raises `FileRefused`."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1].encode("utf-8", "replace").decode())
    name = "".join(each for each in name if each.isprintable() and each not in '<>:"|?*').strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not stem or not dot:
        raise FileRefused(f"文件名“{given[:80]}”没有扩展名，请改成如“停车管理办法.docx”的名字后再上传。")
    short = stem[:_LONGEST].encode()[:_MOST_BYTES].decode(errors="ignore")
    return f"{short}.{suffix[:10]}"


def save(home: Path, name: str, stream: IO[bytes], limit: int) -> tuple[int, str]:
    """Write an upload below its folder; its size in bytes and its SHA-256 in hex.

    Raises:
        FileRefused: it is empty or larger than `limit` bytes. OSError: the disk is full or not writable.
    """
    (home / "file").mkdir(parents=True)
    size, digest = 0, sha256()
    with (home / "file" / name).open("wb") as file:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                raise FileRefused(f"文件“{name}”超过 {limit // 1048576} MiB 的上限，请拆分后再上传。")
            digest.update(block)
            file.write(block)
        _flush(file)
    _sync(home / "file", home, home.parent)
    if not size:
        raise FileRefused(f"文件“{name}”是空的，请检查后再上传。")
    return size, digest.hexdigest()


def file_of(home: Path) -> Path:
    """The upload itself. Raises `PublicationNotFound` where it is there no more."""
    found = sorted((home / "file").glob("*")) if home.is_dir() else []
    if not found:
        raise PublicationNotFound("上传的文件已不在了，请重新上传。")
    return found[0]


def read(home: Path, shelf: Shelf, as_id: str, ticket: str = "") -> Preview:
    """Read an upload as it would be read for the index, and keep what was found; `ticket` names it in the queue.

    Raises `FileRefused`, and `ReadersBusy` where too many files wait.
    """
    with shelf.receive(file_of(home), as_id=as_id or None, ticket=ticket) as delivery:
        made = previewed(delivery)
    _write(home, made)
    return made


def previewed(delivery: Delivery) -> Preview:
    """What a delivery would make of the corpus folder as it is now."""
    found = []
    for parcel in delivery.parcels:
        new = parcel.replaces is None and not parcel.unchanged and not parcel.stands
        found += [
            Previewed(document, parcel.name, new, parcel.unchanged, stands=parcel.stands)
            for document in parcel.documents
        ]
    remarks = tuple(remark for parcel in delivery.parcels for remark in parcel.remarks)
    return Preview(tuple(found), remarks, delivery.refused)


def renew(home: Path, preview: Preview, now: Preview) -> None:
    """Show what the documents of an upload would replace now; what was put right stays."""
    rows = (
        replace(each, file=fresh.file, new=fresh.new, unchanged=fresh.unchanged, stands=fresh.stands)
        for each, fresh in zip(preview.documents, now.documents, strict=True)
    )
    _write(home, replace(preview, documents=tuple(rows)))


def load(home: Path) -> Preview:
    """What was read of an upload. Raises `PublicationNotFound`."""
    try:
        told: dict[str, Any] = json.loads((home / _PREVIEW).read_text("utf-8"))
    except (OSError, ValueError):
        raise PublicationNotFound("上传的文件已不在了，请重新上传。") from None
    documents = tuple(
        Previewed(**{**row, "document": Document.from_json(row["document"])}) for row in told["documents"]
    )
    return Preview(documents, tuple(told["remarks"]), tuple(told["refused"]))


def put_right(home: Path, number: int, changes: Mapping[str, str], *, editor: str, day: date) -> Preview:
    """Keep other values for the document of that number; they take effect when it is published.

    Raises `InvalidRequest` for a value that cannot be one, and `PublicationNotFound`.
    """
    if not home.is_dir():
        raise PublicationNotFound("上传的文件已不在了，请重新上传。")
    with corpus_lock(home):
        preview = load(home)
        if not 0 <= number < len(preview.documents):
            raise PublicationNotFound("上传的文件里没有这一份，请从列表中选择。")
        one = preview.documents[number]
        document = amended(one.document, changes, editor=editor, day=day)
        changed = replace(one, document=document, changes={**one.changes, **changes})
        made = replace(
            preview, documents=(*preview.documents[:number], changed, *preview.documents[number + 1 :])
        )
        _write(home, made)
        return made


def drop(home: Path) -> None:
    """Remove an upload."""
    shutil.rmtree(home, ignore_errors=True)


def sweep(folder: Path, wanted: Container[str], now: float) -> None:
    """Remove what uploads that were cut off left behind: folders below `folder` that nobody waits for, an hour old."""
    for home in folder.glob("*"):
        with suppress(OSError):
            if home.name not in wanted and now - home.stat().st_mtime > _CUT_OFF:
                drop(home)


def _write(home: Path, preview: Preview) -> None:
    partial = home / f".{_PREVIEW}"
    with partial.open("wb") as file:
        file.write(_words(preview).encode("utf-8"))
        _flush(file)
    partial.replace(home / _PREVIEW)
    _sync(home)


def _flush(file: IO[bytes]) -> None:
    """To the disk: who sent it is told that it waits, also should the power fail."""
    file.flush()
    os.fsync(file.fileno())


def _sync(*folders: Path) -> None:
    """Flush the lists of names of the folders to the disk."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _words(preview: Preview) -> str:
    rows = [
        {"document": each.document.to_json()}
        | {name: getattr(each, name) for name in ("file", "new", "unchanged", "stands")}
        | {"changes": dict(each.changes)}
        for each in preview.documents
    ]
    told = {"documents": rows, "remarks": preview.remarks, "refused": preview.refused}
    return json.dumps(told, ensure_ascii=False)
