"""Corpus: a file becomes a `Document`, its `Clause` tree and their `Chunk`s."""

from app.corpus.chunk import Chunk
from app.corpus.clause import Clause, ClauseKind, Item
from app.corpus.document import Document, Kind

__all__ = ["Chunk", "Clause", "ClauseKind", "Document", "Item", "Kind"]
