"""One complete, verified version of the searchable corpus, read only.

An index folder holds `CURRENT` (the name of the version that serves) and one folder per version. A new version is
written beside the old one, flushed, and then `CURRENT` is replaced in one step, so that a reader meets either the old
version or the new one, whole.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from app.corpus import Chunk, Clause, Document
from app.errors import ClauseNotFound, DocumentNotFound, IndexDamaged, IndexMissing
from app.index.asks import Asks
from app.index.collector import uncollected
from app.index.dense import Dense
from app.index.folded import FoldedTexts
from app.index.lexical import Lexical
from app.index.manifest import Manifest, read_manifest
from app.index.records import ChunkTable, read_clauses, read_documents

POINTER = "CURRENT"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The corpus and its indexes. `documents` are those of the corpus, `archived` their old versions, which come after them
    in `clauses` and in everything that is in chunk order, and of which only `retrieve` knows more. `words` and `grams` score chunks, `dense` holds their vectors, in chunk order.

    `folded` is the normal form of each chunk's text, `vocabulary` the words it uses most. `asks` are the similar questions, each with the number of the clause it points to.
    """

    manifest: Manifest
    documents: Mapping[str, Document]
    clauses: Sequence[Clause]
    chunks: ChunkTable
    words: Lexical
    grams: Lexical
    dense: Dense
    asks: Asks
    folded: FoldedTexts
    vocabulary: Sequence[str]
    archived: Mapping[str, Document]
    _numbers: Mapping[str, int]
    _spans: Mapping[str, tuple[int, int]]
    _children: Mapping[str, tuple[Clause, ...]]
    _everything: Mapping[str, Document]
    _versions: Mapping[str, tuple[Document, ...]]

    @property
    def everything(self) -> Mapping[str, Document]:
        """The documents and all old versions by id, in the order of the index."""
        return self._everything

    @property
    def version(self) -> str:
        """A hash of everything in the index."""
        return self.manifest.version

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over when the corpus was read, in Chinese."""
        return self.manifest.notes

    def document(self, document_id: str) -> Document:
        """The document of that id, or the old version; of a document that was taken out its last version.

        Raises:
            DocumentNotFound: there is none.
        """
        found = self.documents.get(document_id) or self.archived.get(document_id)
        if found is None and (gone := self.versions_of(document_id)):
            return gone[-1]
        if found is None:
            raise DocumentNotFound(
                f"没有编号为“{document_id[:40]}”的文件，可在 /api/v1/documents 查看全部文件。"
            )
        return found

    def versions_of(self, document_id: str) -> tuple[Document, ...]:
        """The versions of a document, the oldest first and the present one last; empty where there is no such document."""
        present = self.documents.get(document_id)
        return (*self._versions.get(document_id, ()), *([present] if present else []))

    def version_on(self, document_id: str, as_of: date) -> Document:
        """The version of a document that is in force on a day, or the document itself where none is.

        Raises:
            DocumentNotFound: there is no such document.
        """
        found = self.document(document_id)
        in_force = (one for one in self.versions_of(document_id) if one.in_force(as_of))
        return next(in_force, found)

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id.

        Raises:
            ClauseNotFound: there is none.
        """
        try:
            return self.clauses[self._numbers[clause_id]]
        except KeyError:
            raise ClauseNotFound(
                f"没有编号为“{clause_id[:60]}”的条款，可能原文已经修改，请重新检索。"
            ) from None

    def clauses_of(self, document_id: str) -> Sequence[Clause]:
        """The clauses of one document, in order.

        Raises:
            DocumentNotFound: there is no such document.
        """
        start, end = self._spans[self.document(document_id).id]
        return self.clauses[start:end]

    def children(self, clause: Clause) -> tuple[Clause, ...]:
        """The clauses directly under a clause, in order."""
        return self._children.get(clause.id, ())

    def text(self, clause: Clause) -> str:
        """The words of a clause, verbatim."""
        return self._everything[clause.document_id].text[clause.start : clause.end]

    def chunk(self, position: int) -> Chunk:
        """The chunk at that position of the index."""
        number, start, end, context = (int(value) for value in self.chunks.rows[position])
        clause = self.clauses[number]
        text = self._everything[clause.document_id].text[start:end]
        return Chunk(position, clause.id, clause.document_id, start, end, text, self.chunks.contexts[context])


def current_folder(index: Path) -> Path:
    """The folder of the version that serves.

    Raises:
        IndexMissing: nothing has been built.
        IndexDamaged: `CURRENT` names a version that is not there.
    """
    pointer = index / POINTER
    if not pointer.is_file():
        raise IndexMissing("还没有建立索引，请运行 python -m app build。")
    folder = index / pointer.read_text("utf-8").strip()
    if folder.parent != index or not folder.is_dir():
        raise IndexDamaged(f"索引指针 {POINTER} 指向的版本不存在，请运行 python -m app build 重建索引。")
    return folder


def current_mark(index: Path) -> str | None:
    """Names the version that serves, cheaply: it is another once another version was published; None where none is."""
    pointer = index / POINTER
    try:
        status = pointer.stat()
        return f"{pointer.read_text('utf-8').strip()} {status.st_ino} {status.st_mtime_ns}"
    except (OSError, ValueError):
        return None


@uncollected()
def open_snapshot(index: Path) -> Snapshot:
    """Load the current version and verify it by hash.

    Raises:
        IndexMissing, IndexDamaged: with what to run.
    """
    folder = current_folder(index)
    manifest = read_manifest(folder)
    manifest.verify(folder)
    try:
        return _load(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexDamaged(f"索引无法读取（{error}），请运行 python -m app build 重建索引。") from error


def _load(folder: Path, manifest: Manifest) -> Snapshot:
    everything = {document.id: document for document in read_documents(folder / "documents.jsonl")}
    documents = {key: document for key, document in everything.items() if document.version_of is None}
    archived = {key: document for key, document in everything.items() if document.version_of is not None}
    clauses: list[Clause] = []
    spans: dict[str, tuple[int, int]] = {}
    for document_id, group in zip(everything, read_clauses(folder / "clauses.jsonl"), strict=True):
        spans[document_id] = (len(clauses), len(clauses) + len(group))
        clauses.extend(group)
    table = ChunkTable.load(folder)
    present = max((spans[key][1] for key in documents), default=0)
    size = int((table.rows[:, 0] < present).sum())
    extra = len(table) - size
    return Snapshot(
        manifest=manifest,
        documents=MappingProxyType(documents),
        archived=MappingProxyType(archived),
        clauses=tuple(clauses),
        chunks=table,
        words=Lexical.load(folder, "words", size, extra),
        grams=Lexical.load(folder, "grams", size, extra),
        dense=Dense.load(folder / "dense.faiss"),
        asks=Asks.load(folder),
        folded=FoldedTexts.load(folder),
        vocabulary=tuple(json.loads((folder / "vocabulary.json").read_text("utf-8"))),
        _numbers={clause.id: number for number, clause in enumerate(clauses)},
        _spans=spans,
        _children=_by_parent(clauses),
        _everything=MappingProxyType(everything),
        _versions=_by_document(archived.values()),
    )


def _by_document(archived: Iterable[Document]) -> dict[str, tuple[Document, ...]]:
    versions: dict[str, list[Document]] = {}
    for old in archived:
        versions.setdefault(old.version_of or old.id, []).append(old)
    return {document_id: tuple(group) for document_id, group in versions.items()}


def _by_parent(clauses: Sequence[Clause]) -> dict[str, tuple[Clause, ...]]:
    children: dict[str, list[Clause]] = {}
    for clause in clauses:
        if clause.parent is not None:
            children.setdefault(clause.parent, []).append(clause)
    return {parent: tuple(below) for parent, below in children.items()}
