"""Documents become clauses, chunks and counted tokens a batch at a time, in several processes where there is much to cut.

Each finished batch of all but the smallest corpora is kept as one file named after everything it was made from. A build that
died is taken up by the next one where it stopped, and a document that comes, goes or changes costs its own batch and no other:
where a batch ends is told by the ids in it, so that the others keep theirs. A file that cannot be read is made again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from app.corpus import Chunk, Clause, Document, chunks, outline
from app.index.records import clause_of_row, row_of_clause
from app.index.tokens import Tokens
from app.text import Analyzer, Lexicon, fold

FOLDER = ".batches"
MAKING = "batches 1"  # counts up when the same documents give other clauses, chunks or tokens
KEPT = 100_000  # code points of text from which files pay
PARALLEL = 2_000_000  # and from which processes do
SPAN = 16  # documents in a batch, on average
BATCH = 400_000  # code points of text in one batch, about 4,000 chunks
MOST_PROCESSES = 4  # each holds a dictionary of its own

Step = Callable[[int], None]
"""Called with how many documents are done."""
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Cut:
    """What documents become: the clauses of each, all their chunks, the normal form of these, and their tokens."""

    clauses: tuple[tuple[Clause, ...], ...]
    chunks: tuple[Chunk, ...]
    folded: tuple[str, ...]
    tokens: Tokens


def cut_all(
    documents: Sequence[Document], analyzer: Analyzer, index: Path, step: Step, first: int = 0
) -> Iterator[Cut]:
    """The documents batch by batch, in order; the chunks are numbered through from `first`.

    The same whatever the number of processes, and whatever was kept of a build that died.

    Raises:
        OSError: a batch cannot be written; what was written before is taken up again by the next build.
    """
    batches = list(_batches(documents))
    made = _kept(batches, analyzer, index) if _size(documents) >= KEPT else _alone(batches, analyzer)
    done = 0
    for batch, cut in zip(batches, made, strict=True):
        yield _numbered(cut, first)
        first += len(cut.chunks)
        done += len(batch)
        step(done)


def forget_unused(index: Path, since: float) -> None:
    """Remove the batches that no build has made or used since that time (seconds of the clock)."""
    for file in (index / FOLDER).glob("*"):
        with suppress(OSError):
            if file.stat().st_mtime < since:
                file.unlink()


def _size(documents: Iterable[Document]) -> int:
    return sum(len(document.text) for document in documents)


def _ends(document: Document) -> bool:
    """Whether a batch ends with this document: one in `SPAN` does, whatever stands around it."""
    return hashlib.blake2b(document.id.encode("utf-8"), digest_size=4).digest()[0] % SPAN == 0


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= BATCH or _ends(document):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _alone(batches: Sequence[Sequence[Document]], analyzer: Analyzer) -> Iterator[Cut]:
    return (cut_batch(batch, analyzer) for batch in batches)


def _kept(batches: Sequence[Sequence[Document]], analyzer: Analyzer, index: Path) -> Iterator[Cut]:
    """Each batch from its file; what has none yet is made, several at a time."""
    folder = index / FOLDER
    folder.mkdir(exist_ok=True)
    files = [folder / f"{_key(batch, analyzer)}.npz" for batch in batches]
    missing = {n for n, file in enumerate(files) if not file.is_file()}
    written = _written([(batches[n], files[n]) for n in sorted(missing)], analyzer)
    for number, file in enumerate(files):
        if number in missing:
            next(written)
        arrays = _arrays(file)
        with suppress(OSError):
            os.utime(file)  # it was of use: see `forget_unused`
        # After a power failure a file may be there and not be whole: the build is then slower, not broken.
        yield _unpacked(arrays, batches[number]) if arrays else cut_batch(batches[number], analyzer)


def _written(tasks: Sequence[tuple[Sequence[Document], Path]], analyzer: Analyzer) -> Iterator[None]:
    """Makes the files of the tasks, one after another as they are asked for or ahead of that in other processes."""
    enough = sum(_size(documents) for documents, _ in tasks) >= PARALLEL
    processes = min(_cores(), MOST_PROCESSES, len(tasks)) if enough else 1
    done = 0
    if processes > 1:
        try:
            # A process is started afresh: a copy of this one would copy its threads' locks with it.
            pool = ProcessPoolExecutor(processes, get_context("spawn"), _open_analyzer, (analyzer.lexicon,))
            with pool:
                for _ in pool.map(_work, tasks):
                    done += 1
                    yield
        except BrokenProcessPool:  # no processes to be had here: slower, but all the same
            pass
    for documents, file in tasks[done:]:
        _write(cut_batch(documents, analyzer), file)
        yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_analyzers: list[Analyzer] = []


def _open_analyzer(lexicon: Lexicon) -> None:
    _analyzers.append(Analyzer(lexicon))


def _work(task: tuple[Sequence[Document], Path]) -> None:
    documents, file = task
    _write(cut_batch(documents, _analyzers[0]), file)


def cut_batch(documents: Sequence[Document], analyzer: Analyzer) -> Cut:
    """The documents cut, their chunks numbered from 0."""
    clauses: list[tuple[Clause, ...]] = []
    pieces: list[Chunk] = []
    for document in documents:
        group = outline(document)
        clauses.append(group)
        pieces.extend(chunks(document, group, analyzer.count_tokens, first=len(pieces)))
    tokens = Tokens()
    for piece in pieces:
        tokens.add(piece, analyzer)
    return Cut(tuple(clauses), tuple(pieces), tuple(fold(piece.text) for piece in pieces), tokens)


def _numbered(cut: Cut, first: int) -> Cut:
    if not first:
        return cut
    moved = (
        Chunk(first + n, c.clause_id, c.document_id, c.start, c.end, c.text, c.context)
        for n, c in enumerate(cut.chunks)
    )
    return Cut(cut.clauses, tuple(moved), cut.folded, cut.tokens)


def _key(documents: Sequence[Document], analyzer: Analyzer) -> str:
    """A name that changes with anything the batch is made from."""
    whole = hashlib.sha256(f"{MAKING}\n{analyzer.fingerprint}\n".encode())
    for document in documents:
        for told in (document.id, document.title, document.text):  # all that clauses and chunks are made from
            data = told.encode("utf-8", "surrogatepass")
            whole.update(b"%d:%s" % (len(data), data))
    return whole.hexdigest()[:32]


def _write(cut: Cut, file: Path) -> None:
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            arrays: Any = _packed(cut)  # the stubs take every name for the flag `allow_pickle`
            np.savez(stream, **arrays)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _arrays(file: Path) -> Arrays | None:
    """The arrays of a file, or None where it is not there or not whole."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except (OSError, ValueError, EOFError, KeyError, BadZipFile):
        return None


def _packed(cut: Cut) -> Arrays:
    contexts = {context: n for n, context in enumerate(dict.fromkeys(piece.context for piece in cut.chunks))}
    numbers = {clause.id: n for n, clause in enumerate(c for group in cut.clauses for c in group)}
    rows = [(numbers[c.clause_id], c.start, c.end, contexts[c.context]) for c in cut.chunks]
    told = {
        "clauses": [[row_of_clause(clause) for clause in group] for group in cut.clauses],
        "contexts": list(contexts),
        "folded": cut.folded,
    }
    text = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {
        "told": np.frombuffer(text, dtype=np.uint8),
        "rows": np.array(rows, dtype=np.int32).reshape(-1, 4),
        **cut.tokens.packed(),
    }


def _unpacked(arrays: Arrays, documents: Sequence[Document]) -> Cut:
    told = json.loads(arrays["told"].tobytes().decode("utf-8", "surrogatepass"))
    groups = tuple(tuple(clause_of_row(row) for row in group) for group in told["clauses"])
    flat = [clause for group in groups for clause in group]
    texts = {document.id: document.text for document in documents}
    pieces = []
    for position, (number, start, end, context) in enumerate(arrays["rows"].tolist()):
        clause = flat[number]
        text = texts[clause.document_id][start:end]
        pieces.append(
            Chunk(position, clause.id, clause.document_id, start, end, text, told["contexts"][context])
        )
    return Cut(groups, tuple(pieces), tuple(told["folded"]), Tokens.unpacked(arrays))
