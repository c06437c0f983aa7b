"""Documents, clauses and chunks as plain JSON lines and arrays."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.corpus import Chunk, Clause, Document, Item
from app.index.arrays import save_array


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """One document a line, its text included."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document.to_json(), ensure_ascii=False) + "\n")


def read_documents(path: Path) -> Iterator[Document]:
    """What `write_documents` wrote."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield Document.from_json(json.loads(line))


def write_clauses(path: Path, clauses: Iterable[Sequence[Clause]]) -> None:
    """The clauses of one document a line, as compact rows."""
    with path.open("w", encoding="utf-8") as file:
        for group in clauses:
            file.write(json.dumps([row_of_clause(clause) for clause in group], ensure_ascii=False) + "\n")


def row_of_clause(clause: Clause) -> list[Any]:
    """A clause as a row of JSON values."""
    items = [[item.label, item.start, item.end] for item in clause.items]
    values = [getattr(clause, f.name) for f in fields(clause) if f.name != "items"]
    return [*values, items]


def read_clauses(path: Path) -> Iterator[tuple[Clause, ...]]:
    """What `write_clauses` wrote, one tuple a document."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield tuple(clause_of_row(row) for row in json.loads(line))


def clause_of_row(row: list[Any]) -> Clause:
    """What `row_of_clause` made."""
    (id_, document_id, kind, label, address, heading_path, parent, position, start, end, items) = row
    entries = tuple(Item(*item) for item in items)
    return Clause(
        id_,
        document_id,
        kind,
        label,
        tuple(address),
        tuple(heading_path),
        parent,
        position,
        start,
        end,
        entries,
    )


@dataclass(frozen=True, slots=True)
class ChunkTable:
    """The chunks of a corpus as columns: `rows` int32 [chunks, 4] = (clause number, start, end, context number)."""

    rows: NDArray[np.int32]
    contexts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def build(cls, chunks: Sequence[Chunk], clause_numbers: dict[str, int]) -> "ChunkTable":
        """From chunks in order of position and the number of each clause."""
        contexts: dict[str, int] = {}
        rows = [
            (clause_numbers[c.clause_id], c.start, c.end, contexts.setdefault(c.context, len(contexts)))
            for c in chunks
        ]
        return cls(np.array(rows, dtype=np.int32).reshape(-1, 4), tuple(contexts))

    def save(self, folder: Path) -> None:
        """Write the two files of the table."""
        save_array(folder / "chunks.npy", self.rows)
        (folder / "contexts.json").write_text(json.dumps(self.contexts, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "ChunkTable":
        """Read what `save` wrote."""
        contexts = json.loads((folder / "contexts.json").read_text("utf-8"))
        return cls(np.load(folder / "chunks.npy"), tuple(contexts))
