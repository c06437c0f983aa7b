"""A folder of policy texts becomes a `Corpus`; what cannot be served is named in a note, the rest is served."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path

from app.corpus.corrections import FOLDER, corrections_fingerprint
from app.corpus.document import Document
from app.corpus.named import IDS, named_fingerprint, named_ids
from app.corpus.readers import FILE_LIMIT, READABLE, read_documents
from app.corpus.readers_mark import readers_mark
from app.corpus.relations import closed
from app.corpus.versions import in_time, read_versions, versions_fingerprint
from app.errors import CorpusEmpty, CorpusMissing, FileRefused


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder in the order of their paths, and a Chinese sentence for each thing passed over.

    `archived` are the old versions of documents, each a document of its own that answers for the days on which it was the
    one in force.
    """

    documents: tuple[Document, ...]
    notes: tuple[str, ...] = ()
    archived: tuple[Document, ...] = ()


def read_corpus(folder: Path, file_limit: int = FILE_LIMIT) -> Corpus:
    """Every readable file below a folder (texts, web pages, Word, PDF, sheets); hidden files and README are skipped.

    Raises CorpusMissing when there is no such folder and CorpusEmpty, carrying the notes, when nothing in it can be
    served.
    """
    by_id: dict[str, Document] = {}
    by_text: dict[str, Document] = {}
    notes: list[str] = []
    named = named_ids(folder)
    for path in corpus_files(folder):
        if leads_outside(path, folder):
            notes.append(outside(path.relative_to(folder).as_posix()))
            continue
        try:
            documents, remarks = read_documents(path, folder, file_limit, named)
        except FileRefused as refusal:
            notes.append(str(refusal))
            continue
        notes += remarks
        for document in documents:
            if twin := _twin(document, by_id, by_text):
                notes.append(twin)
            else:
                by_id[document.id] = by_text[document.sha256] = document
    if not by_id:
        told = "".join(notes) or f"请放入政策文本（{'、'.join(READABLE)}）。"
        raise CorpusEmpty(f"文件夹“{folder}”中没有可用的政策文本。{told}")
    kept, damaged = read_versions(folder)
    documents, archived = in_time(tuple(by_id.values()), kept)
    return Corpus(closed(documents), (*notes, *damaged), archived)


def corpus_fingerprint(folder: Path) -> str:
    """64 hex digits over the readers and the relative paths and bytes of the readable files: it changes when any of them does.

    Raises CorpusMissing.
    """
    whole = sha256(readers_mark().encode())
    for path in corpus_files(folder):
        if path.suffix.lower() in READABLE and not leads_outside(path, folder):
            name = os.fsencode(path.relative_to(folder).as_posix())
            whole.update(b"%d:%s" % (len(name), name) + file_digest(path))
    whole.update(named_fingerprint(folder) + versions_fingerprint(folder) + corrections_fingerprint(folder))
    return whole.hexdigest()


def folder_state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What tells, without reading them, that files were changed: inode, size and time of each readable file by its path.

    What editors put right and the ids that were given count too. Raises CorpusMissing.
    """
    beside = [folder / IDS, *sorted((folder / FOLDER).glob("*.yaml"))]
    found = {}
    for path in [*corpus_files(folder), *beside]:
        with suppress(OSError):
            status = path.stat()
            found[path.relative_to(folder).as_posix()] = status.st_ino, status.st_size, status.st_mtime_ns
    return found


def file_digest(path: Path) -> bytes:
    """32 bytes over those of a file; all zero where it cannot be read."""
    try:
        with path.open("rb") as file:
            digest = blake2b(digest_size=32)
            while block := file.read(1 << 20):
                digest.update(block)
            return digest.digest()
    except OSError:
        return bytes(32)


def _twin(document: Document, by_id: dict[str, Document], by_text: dict[str, Document]) -> str:
    """Why a document is not served beside one met before, or ""."""
    if twin := by_text.get(document.sha256):
        if twin.file == document.file:
            return f"文件“{document.file}”中的“{document.title}”出现了两次，只保留一份，可删去重复的内容。"
        return f"文件“{document.file}”与“{twin.file}”正文完全相同，只保留后者，可将前者移出文件夹。"
    if twin := by_id.get(document.id):
        return f"文件“{document.file}”的 id“{document.id}”与“{twin.file}”相同，请改用不同的 id。"
    return ""


def corpus_files(folder: Path) -> list[Path]:
    """The files of a corpus folder, readable or not, in order of their paths; hidden ones and README are no part of it.

    Raises CorpusMissing.
    """
    if not folder.is_dir():
        raise CorpusMissing(f"找不到政策文本文件夹“{folder}”，请检查 --corpus 或 ZHENGWEN_CORPUS 的路径。")
    return sorted(
        _walk(folder, folder, set()), key=lambda path: os.fsencode(path.relative_to(folder).as_posix())
    )


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is passed over without a word."""
    return name.startswith((".", "~$")) or name.upper().split(".")[0] == "README"


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path, its links followed, lies outside of a folder."""
    real, root = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([real, root]) != root


def outside(name: str) -> str:
    """What is said of a link that leads out of a folder."""
    return f"“{name}”是指向政策文件夹之外的链接，为免误公开已略过；需要时请把文件本身放进来。"


def _walk(folder: Path, root: Path, visited: set[tuple[int, int]]) -> Iterator[Path]:
    """Regular files below a folder. A folder is entered once, so that links pointing upwards cannot loop."""
    try:
        status = folder.stat()
        names = sorted(os.listdir(folder))
    except OSError:
        return
    if (status.st_dev, status.st_ino) in visited:
        return
    visited.add((status.st_dev, status.st_ino))
    for name in names:
        path = folder / name
        if is_hidden(name):
            continue
        if path.is_symlink() and leads_outside(path, root):
            yield path  # named in a note and never entered: it could make public what was not meant to be
        elif os.path.isdir(path):  # unlike Path.is_dir it answers no where it may not look
            yield from _walk(path, root, visited)
        elif os.path.isfile(path) or not os.path.exists(path):
            yield path  # a broken link too: reading it says what is wrong
