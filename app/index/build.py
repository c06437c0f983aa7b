"""Builds index versions: the only writer of the index folder.

One process builds at a time; another that wants to build waits for the lock, and then usually finds the work done. A
build that dies leaves the old version serving, its own half in a folder that the next build removes, and the batches it
had finished, with which the next one goes on; so does a build after a change (`app.index.batches`).
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.corpus import Chunk, Clause, Corpus, Document, History, Record, same_version
from app.errors import IndexBusy, IndexDamaged, IndexUnusable
from app.index.asks import Asks
from app.index.batches import FOLDER as BATCHES
from app.index.batches import Cut, cut_all, forget_unused
from app.index.dense import Dense
from app.index.folded import FoldedTexts
from app.index.manifest import Manifest, Sources, read_manifest, sync, sync_folder
from app.index.questions import Entry, resolve
from app.index.records import ChunkTable, read_documents, write_clauses, write_documents
from app.index.remember import FOLDER, PassageEncoder, Remembering
from app.index.snapshot import POINTER, current_folder
from app.index.tokens import Tokens, indexed_text
from app.text import Analyzer, fold

LOCK = ".lock"
PARTIAL = ".partial-"
RECORD = "served.json"
CLOCK = 2.0  # seconds by which the times of files may be coarser than the clock
EMBED_BATCH = 512
EXACT_UP_TO = 200_000
RECALL_SAMPLE = 100
VOCABULARY = 30_000  # words that typing errors are mended to

Progress = Callable[[str, int, int], None]
"""Called with a stage's Chinese name, how many of its steps are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build changed, as titles."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    rebuilt: bool

    def sentence(self) -> str:
        """In one Chinese sentence."""
        if not self.rebuilt:
            return "索引已是最新，无需重建。"
        parts = [("新增", self.added), ("修改", self.changed), ("移除", self.removed)]
        told = [f"{verb} {len(titles)} 份{_named(titles)}" for verb, titles in parts if titles]
        return "；".join(told) + "。" if told else "政策文本没有变化，已用新的词表、模型或格式重建索引。"


def _named(titles: Sequence[str]) -> str:
    # A title that holds one, such as 《…办法》政策解读, is in its marks already.
    shown = "、".join(title if "《" in title else f"《{title}》" for title in titles[:3])
    return f"（{shown}{' 等' if len(titles) > 3 else ''}）"


def current_sources(index: Path) -> Sources | None:
    """What the current version was built from, or None where nothing usable is there."""
    try:
        return read_manifest(current_folder(index)).sources
    except IndexUnusable:
        return None


def build_index(
    index: Path,
    read: Callable[[], Corpus],
    sources: Callable[[], Sources],
    analyzer: Analyzer,
    encoder: PassageEncoder,
    progress: Progress,
    *,
    questions: Callable[[], Sequence[Entry]] = tuple,
    history: History | None = None,
    exact_up_to: int = EXACT_UP_TO,
    force: bool = False,
    patience: float = 3600.0,
) -> Changes:
    """Bring the index folder up to date with its sources and say what changed.

    `read`, `sources` and `questions` are called once the lock is held, so that a process that waited sees the corpus as
    it is then. `history` keeps what the version before served and this one does not; without it old versions are lost.
    Up to `exact_up_to` chunks a query's vector is compared with all of them, beyond that with the nearest groups only,
    and a note says what is lost. `force` rebuilds even when nothing changed; `patience` is how many seconds to wait for another build.

    Raises:
        IndexBusy: another process has been building for longer than `patience`.
        CorpusError: the corpus cannot be read. OSError: the disk is full or not writable; the old version still serves.
    """
    index.mkdir(parents=True, exist_ok=True)
    with _lock(index, patience, progress):
        now = sources()
        if not force and current_sources(index) == now:
            return Changes((), (), (), rebuilt=False)
        _remove_partial(index)
        began = time.time() - CLOCK
        before = _known_documents(index)
        now, corpus, record = _read(index, read, sources, now, before, history)
        entries = questions()
        partial = index / f"{PARTIAL}{os.getpid()}"
        partial.mkdir()
        try:
            _write(
                partial,
                index,
                corpus,
                entries,
                now,
                analyzer,
                encoder,
                Remembering(encoder, index),
                exact_up_to,
                progress,
            )
            if record:  # beside the sealed files: an index is the same whenever and wherever it was built
                (partial / RECORD).write_text(json.dumps(record.to_json(), ensure_ascii=False), "utf-8")
            _publish(index, partial)
            forget_unused(index, began)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        return _changes(before, corpus.documents)


@contextmanager
def _lock(index: Path, patience: float, progress: Progress) -> Iterator[None]:
    with (index / LOCK).open("a") as file:
        deadline = time.monotonic() + patience
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise IndexBusy(
                        f"另一个进程一直在建立索引 {index.name}，已等待 {patience:.0f} 秒，请稍后再试。"
                    ) from None
                if not told:
                    progress("等待另一个进程建完索引", 0, 1)
                    told = True
                time.sleep(0.1)
        yield


def _remove_partial(index: Path) -> None:
    for path in index.glob(f"{PARTIAL}*"):
        shutil.rmtree(path, ignore_errors=True)


def _read(
    index: Path,
    read: Callable[[], Corpus],
    sources: Callable[[], Sources],
    now: Sources,
    before: Sequence[Document],
    history: History | None,
) -> tuple[Sources, Corpus, Record | None]:
    """The corpus with the old versions that this change leaves behind, and what it was read from.

    What the sources are is worked out before they are read: where a file changes in between, the next start rebuilds.
    """
    corpus = read()
    if history is None:
        return now, corpus, None
    known = _record(index)
    while history.keep(before, known, corpus):
        now = sources()
        corpus = read()
    return now, corpus, history.record(corpus, known)


def _record(index: Path) -> Record | None:
    try:
        return Record.from_json(json.loads((current_folder(index) / RECORD).read_text("utf-8")))
    except (IndexUnusable, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def served_documents(index: Path) -> list[Document]:
    """The documents of the version that serves, then the old versions of them.

    Raises:
        IndexMissing, IndexDamaged: there is none, or it cannot be read.
    """
    path = current_folder(index) / "documents.jsonl"
    try:
        return list(read_documents(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"索引文件 {path.name} 无法读取，请运行 python -m app build 重建索引。") from error


def _known_documents(index: Path) -> list[Document]:
    try:
        return [document for document in served_documents(index) if document.version_of is None]
    except IndexUnusable:
        return []


def _changes(before: Sequence[Document], documents: Sequence[Document]) -> Changes:
    was = {document.id: document for document in before}
    now = {document.id: document for document in documents}
    changed = (d for key, d in now.items() if key in was and not same_version(was[key], d))
    return Changes(
        added=tuple(d.title for key, d in now.items() if key not in was),
        removed=tuple(d.title for key, d in was.items() if key not in now),
        changed=tuple(d.title for d in changed),
        rebuilt=True,
    )


def _write(
    folder: Path,
    index: Path,
    corpus: Corpus,
    entries: Sequence[Entry],
    sources: Sources,
    analyzer: Analyzer,
    encoder: PassageEncoder,
    remembering: Remembering,
    exact_up_to: int,
    progress: Progress,
) -> None:
    everything = (*corpus.documents, *corpus.archived)
    step = _step_of(progress, "划分条款", len(everything))
    present = _joined(cut_all(corpus.documents, analyzer, index, step))
    past = _joined(
        cut_all(
            corpus.archived,
            analyzer,
            index,
            lambda done: step(len(corpus.documents) + done),
            len(present.chunks),
        )
    )
    clauses, pieces = present.clauses + past.clauses, present.chunks + past.chunks
    numbers = {c.id: n for n, c in enumerate(clause for group in clauses for clause in group)}
    old = sum(map(len, past.clauses))
    write_documents(folder / "documents.jsonl", everything)
    write_clauses(folder / "clauses.jsonl", clauses)
    ChunkTable.build(pieces, numbers).save(folder)
    FoldedTexts.build(chain(present.folded, past.folded)).save(folder)
    _write_lexical(folder, present.tokens, past.tokens, len(past.chunks), progress)
    told = _write_dense(folder, pieces, encoder.dimension, remembering, exact_up_to, progress)
    by_document = {d.id: group for d, group in zip(corpus.documents, clauses, strict=False)}
    resolved = resolve(entries, corpus.documents, by_document)
    asks = [(numbers[clause_id], ask) for clause_id, ask in resolved.asks]
    _write_asks(folder, asks, analyzer, encoder)
    Manifest(
        sources=sources,
        documents=len(corpus.documents),
        clauses=len(numbers) - old,
        chunks=len(present.chunks),
        dimension=encoder.dimension,
        encoder_name=encoder.name,
        notes=(*corpus.notes, *resolved.notes, *told),
    ).sealed(folder).write(folder)


def _joined(cuts: Iterable[Cut]) -> Cut:
    """All batches as one."""
    clauses: list[tuple[Clause, ...]] = []
    pieces: list[Chunk] = []
    folded: list[str] = []
    tokens = Tokens()
    for cut in cuts:
        clauses += cut.clauses
        pieces += cut.chunks
        folded += cut.folded
        tokens.extend(cut.tokens)
    return Cut(tuple(clauses), tuple(pieces), tuple(folded), tokens)


def _write_lexical(folder: Path, present: Tokens, past: Tokens, old: int, progress: Progress) -> None:
    """The last `old` chunks are of old versions: they are found, but what is rare or common is not measured on them."""
    progress("建立词索引", 0, 1)
    common = sorted(present.used, key=lambda word: (-present.used[word], word))[:VOCABULARY]
    (folder / "vocabulary.json").write_text(json.dumps(common, ensure_ascii=False), "utf-8")
    present.extend(past)
    present.words.build(old).save(folder, "words")
    present.grams.build(old).save(folder, "grams")
    progress("建立词索引", 1, 1)


def _step_of(progress: Progress, stage: str, total: int) -> Callable[[int], None]:
    """A progress of one stage."""
    return lambda done: progress(stage, done, total)


def _write_dense(
    folder: Path,
    pieces: Sequence[Chunk],
    dimension: int,
    encoder: Remembering,
    exact_up_to: int,
    progress: Progress,
) -> tuple[str, ...]:
    vectors = np.zeros((len(pieces), dimension), dtype=np.float32)
    for start in range(0, len(pieces), EMBED_BATCH):
        batch = pieces[start : start + EMBED_BATCH]
        vectors[start : start + len(batch)] = encoder.encode_passages([indexed_text(c) for c in batch])
        progress("计算向量", start + len(batch), len(pieces))
    encoder.tidy(len(pieces))
    grouped = len(pieces) > exact_up_to
    dense = Dense.build(vectors, grouped=grouped)
    dense.save(folder / "dense.faiss")
    return (_grouped_note(dense, vectors),) if grouped else ()


def _grouped_note(dense: Dense, vectors: NDArray[np.float32]) -> str:
    sample = np.random.default_rng(1).permutation(len(vectors))[:RECALL_SAMPLE]
    share = dense.recall(vectors, vectors[sample])
    return (
        f"检索单元共 {len(vectors)} 个，向量检索改为分组查找；抽样 {len(sample)} 条，"
        f"逐一比较所得的前列结果有 {share:.1%} 仍能找到。"
    )


def _write_asks(
    folder: Path, asks: Sequence[tuple[int, str]], analyzer: Analyzer, encoder: PassageEncoder
) -> None:
    texts = [fold(text) for _, text in asks]
    vectors = encoder.encode_queries(texts) if texts else np.zeros((0, encoder.dimension), dtype=np.float32)
    grams = [asked_grams(text, analyzer) for text in texts]
    Asks.build(asks, grams, vectors).save(folder)


def asked_grams(text: str, analyzer: Analyzer) -> list[str]:
    """What counts of a question when it is held against others: its grams without stop words; may be nothing."""
    return analyzer.grams(" ".join(analyzer.runs_without_stopwords(text)))


def _publish(index: Path, partial: Path) -> None:
    version = read_manifest(partial).version
    sync_folder(partial)
    final = _free_folder(index, version)
    previous = _pointed_at(index)
    partial.rename(final)
    pointer = index / f"{POINTER}.new"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(final.name)
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(index / POINTER)
    sync(index)
    _remove_others(index, keep={final.name, previous, FOLDER, BATCHES})


def _free_folder(index: Path, version: str) -> Path:
    # A folder of that version may be there already, damaged or serving: it is never written into.
    names = chain([version], (f"{version}-{n}" for n in count(2)))
    return next(path for name in names if not (path := index / name).exists())


def _pointed_at(index: Path) -> str:
    pointer = index / POINTER
    return pointer.read_text("utf-8").strip() if pointer.is_file() else ""


def _remove_others(index: Path, keep: set[str]) -> None:
    # The previous version stays one build longer: processes that still serve it have its arrays mapped.
    for path in index.iterdir():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
