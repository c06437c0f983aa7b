"""Corpus: a file becomes a `Document`, its `Clause` tree and their `Chunk`s."""

from app.corpus.apart import file_readers
from app.corpus.carton import Carried, Places, pack, unpack_corpus
from app.corpus.chunk import Chunk, chunks
from app.corpus.clause import Clause, ClauseKind, Item
from app.corpus.corrections import FIELDS, LABELS, amended, as_kept, correct, withdraw
from app.corpus.difference import Change, Difference, Mark, What, difference
from app.corpus.document import Correction, Document, Kind, Named, Origin
from app.corpus.history import History, Record
from app.corpus.library import Corpus, corpus_fingerprint, folder_state, read_corpus
from app.corpus.locator import NOWHERE, Locator, Row, in_words
from app.corpus.lock import corpus_lock
from app.corpus.markers import cn_number
from app.corpus.metadata import Found, Metadata, read_metadata
from app.corpus.outline import outline
from app.corpus.readers import read_document, read_documents
from app.corpus.relations import Relations, Replacement
from app.corpus.removed import purge_removed, removed_files
from app.corpus.shelf import Delivery, Parcel, Shelf
from app.corpus.versions import Archived, same_version

__all__ = [
    "FIELDS",
    "LABELS",
    "NOWHERE",
    "Archived",
    "Carried",
    "Change",
    "Chunk",
    "Clause",
    "ClauseKind",
    "Corpus",
    "Correction",
    "Delivery",
    "Difference",
    "Document",
    "Found",
    "History",
    "Item",
    "Kind",
    "Locator",
    "Mark",
    "Metadata",
    "Named",
    "Origin",
    "Parcel",
    "Places",
    "Record",
    "Relations",
    "Replacement",
    "Row",
    "Shelf",
    "What",
    "amended",
    "as_kept",
    "chunks",
    "cn_number",
    "corpus_fingerprint",
    "corpus_lock",
    "correct",
    "difference",
    "file_readers",
    "folder_state",
    "in_words",
    "outline",
    "pack",
    "purge_removed",
    "read_corpus",
    "read_document",
    "read_documents",
    "read_metadata",
    "removed_files",
    "same_version",
    "unpack_corpus",
    "withdraw",
]
