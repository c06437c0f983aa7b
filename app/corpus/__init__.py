"""Corpus: a file becomes a `Document`, its `Clause` tree and their `Chunk`s."""

from app.corpus.chunk import Chunk, chunks
from app.corpus.clause import Clause, ClauseKind, Item
from app.corpus.document import Document, Kind
from app.corpus.library import Corpus, corpus_fingerprint, read_corpus
from app.corpus.markers import cn_number
from app.corpus.metadata import Found, Metadata, read_metadata
from app.corpus.outline import outline
from app.corpus.readers import read_document, read_documents

__all__ = [
    "Chunk",
    "Clause",
    "ClauseKind",
    "Corpus",
    "Document",
    "Found",
    "Item",
    "Kind",
    "Metadata",
    "chunks",
    "cn_number",
    "corpus_fingerprint",
    "outline",
    "read_corpus",
    "read_document",
    "read_documents",
    "read_metadata",
]
