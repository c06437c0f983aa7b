"""One complete, verified version of the searchable corpus, read only.

An index folder holds `CURRENT` (the name of the version that serves) and one folder per version. A new version is
written beside the old one, flushed, and then `CURRENT` is replaced in one step, so that a reader meets either the old
version or the new one, whole.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.corpus import Chunk, Clause, Document
from app.errors import ClauseNotFound, DocumentNotFound, IndexDamaged, IndexMissing
from app.index.asks import Asks
from app.index.dense import Dense
from app.index.folded import FoldedTexts
from app.index.lexical import Lexical
from app.index.manifest import Manifest, read_manifest
from app.index.records import ChunkTable, read_clauses, read_documents

POINTER = "CURRENT"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The corpus and its indexes. `words` and `grams` score chunks, `dense` holds their vectors, in chunk order.

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
    _numbers: Mapping[str, int]
    _spans: Mapping[str, tuple[int, int]]
    _children: Mapping[str, tuple[Clause, ...]]

    @property
    def version(self) -> str:
        """A hash of everything in the index."""
        return self.manifest.version

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over when the corpus was read, in Chinese."""
        return self.manifest.notes

    def document(self, document_id: str) -> Document:
        """The document of that id.

        Raises:
            DocumentNotFound: there is none.
        """
        try:
            return self.documents[document_id]
        except KeyError:
            raise DocumentNotFound(
                f"没有编号为“{document_id[:40]}”的文件，可在 /api/v1/documents 查看全部文件。"
            ) from None

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
        self.document(document_id)
        start, end = self._spans[document_id]
        return self.clauses[start:end]

    def children(self, clause: Clause) -> tuple[Clause, ...]:
        """The clauses directly under a clause, in order."""
        return self._children.get(clause.id, ())

    def clause_number(self, clause_id: str) -> int:
        """Where the clause stands among all clauses."""
        return self._numbers[clause_id]

    def text(self, clause: Clause) -> str:
        """The words of a clause, verbatim."""
        return self.documents[clause.document_id].text[clause.start : clause.end]

    def chunk(self, position: int) -> Chunk:
        """The chunk at that position of the index."""
        number, start, end, context = (int(value) for value in self.chunks.rows[position])
        clause = self.clauses[number]
        text = self.documents[clause.document_id].text[start:end]
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
    documents = {document.id: document for document in read_documents(folder / "documents.jsonl")}
    clauses: list[Clause] = []
    spans: dict[str, tuple[int, int]] = {}
    for document_id, group in zip(documents, read_clauses(folder / "clauses.jsonl"), strict=True):
        spans[document_id] = (len(clauses), len(clauses) + len(group))
        clauses.extend(group)
    table = ChunkTable.load(folder)
    return Snapshot(
        manifest=manifest,
        documents=MappingProxyType(documents),
        clauses=tuple(clauses),
        chunks=table,
        words=Lexical.load(folder, "words", len(table)),
        grams=Lexical.load(folder, "grams", len(table)),
        dense=Dense.load(folder / "dense.faiss"),
        asks=Asks.load(folder),
        folded=FoldedTexts.load(folder),
        vocabulary=tuple(json.loads((folder / "vocabulary.json").read_text("utf-8"))),
        _numbers={clause.id: number for number, clause in enumerate(clauses)},
        _spans=spans,
        _children=_by_parent(clauses),
    )


def _by_parent(clauses: Sequence[Clause]) -> dict[str, tuple[Clause, ...]]:
    children: dict[str, list[Clause]] = {}
    for clause in clauses:
        if clause.parent is not None:
            children.setdefault(clause.parent, []).append(clause)
    return {parent: tuple(below) for parent, below in children.items()}
