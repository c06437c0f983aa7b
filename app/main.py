"""Settings become a running product: the one place where the rooms are put together."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from app import clock
from app.answer import Composer, Links, Renderer, read_bonds, read_courtesies
from app.converse import Dialogue, ReviewedAnswers
from app.corpus import Document, History, Shelf, corpus_fingerprint, read_corpus
from app.embed import READER, Encoder, Reader
from app.errors import CorpusError, IndexDamaged, IndexStale, IndexUnusable, ZhengwenError, reason_of
from app.index import (
    Changes,
    Progress,
    Snapshot,
    Sources,
    build_index,
    current_sources,
    limit_threads,
    open_snapshot,
    questions_fingerprint,
    read_questions,
    served_documents,
    uncollected,
    unresolved,
)
from app.question import Kinds, read_asking, read_kinds
from app.read import Calibration, Judges, Readers, load_calibration
from app.retrieve import Retriever
from app.settings import Settings, open_settings
from app.store import Reviewed, Sameness, Store
from app.text import Analyzer, read_lexicon
from app.web import Intake, Services
from app.web import create_app as create_web

Log = Callable[[str], None]


def quiet(stage: str, done: int, total: int) -> None:
    """A progress that shows nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What building and serving share: loaded once a process."""

    settings: Settings
    analyzer: Analyzer
    encoder: Encoder
    reader: Judges

    def sources(self) -> Sources:
        """What an index made now would be made from. Raises `CorpusMissing`."""
        corpus = corpus_fingerprint(self.settings.corpus)
        asked = questions_fingerprint(self.settings.questions)
        return Sources(corpus, self.analyzer.fingerprint, self.encoder.fingerprint, asked)

    def build(self, progress: Progress = quiet, *, force: bool = False) -> Changes:
        """Bring the index up to date; see `app.index.build_index`."""
        settings = self.settings
        return build_index(
            settings.index,
            lambda: read_corpus(settings.corpus, settings.file_limit),
            self.sources,
            self.analyzer,
            self.encoder,
            progress,
            questions=lambda: read_questions(settings.questions),
            history=History(settings.corpus, today(settings)),
            exact_up_to=settings.exact_limit,
            force=force,
        )


def open_parts(settings: Settings) -> Parts:
    """Load the lexicon, the encoder and the reader.

    Raises:
        LexiconError, ModelError: one of them cannot be used.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    encoder = Encoder.open(settings.model, threads=settings.threads, offline=settings.offline)
    reader = open_reader(settings)
    limit_threads(settings.threads)
    return Parts(settings, Analyzer(read_lexicon(settings.lexicon)), encoder, reader)


def open_reader(settings: Settings) -> Reader:
    """The reader that the settings name. Raises ModelError."""
    folder = READER if settings.reader == "default" else Path(settings.reader)
    return Reader.open(folder, threads=settings.threads)


def ready_snapshot(parts: Parts, progress: Progress = quiet, log: Log = print) -> Snapshot:
    """The current index, built first where it is missing, stale or damaged.

    When a rebuild fails and an older index is whole and of the same encoder, the older one serves and the reason is logged.

    Raises:
        IndexStale: the older index is another encoder's, whose vectors mean something else. ZhengwenError: there is nothing to
            serve.
    """
    try:
        if is_fresh(parts):
            return open_snapshot(parts.settings.index)
    except IndexDamaged as error:
        log(f"{error} 现在自动重建。")
        return _rebuilt(parts, progress, log, force=True)
    return _rebuilt(parts, progress, log)


def is_fresh(parts: Parts) -> bool:
    """Whether the index was built from what is here now; False also when that cannot be told, as a rebuild will say why."""
    try:
        return current_sources(parts.settings.index) == parts.sources()
    except (OSError, CorpusError):
        return False


def _rebuilt(parts: Parts, progress: Progress, log: Log, *, force: bool = False) -> Snapshot:
    try:
        log(parts.build(progress, force=force).sentence())
    except (OSError, ZhengwenError) as error:
        try:
            old = open_snapshot(parts.settings.index)
        except IndexUnusable:
            raise error from None
        if old.manifest.sources.encoder != parts.encoder.fingerprint:
            raise IndexStale(
                f"索引“{parts.settings.index}”是用另一个编码模型建的，与“{parts.settings.model}”不符，重建又失败：{_told(error)}。"
                "请改正后运行 python -m app build，或把 ZHENGWEN_MODEL 改回建索引时的模型。"
            ) from error
        log(f"重建索引失败：{_told(error)}；继续使用原有索引，改正后请运行 python -m app build。")
        return old
    return open_snapshot(parts.settings.index)


def _told(error: OSError | ZhengwenError) -> str:
    return (
        str(error).rstrip("。")
        if isinstance(error, ZhengwenError)
        else f"{reason_of(error)}，请检查磁盘空间和写权限"
    )


def open_shelf(settings: Settings) -> Shelf:
    """The way into the corpus folder and out of it."""
    return Shelf(
        settings.corpus,
        lambda: _served(settings),
        settings.file_limit,
        removed_days=settings.removed_days,
    )


def ready_documents(settings: Settings) -> list[tuple[Document, tuple[Document, ...]]]:
    """Every document that is served, with its old versions; where there is no index, what the folder holds.

    Raises:
        CorpusError: there is neither.
    """
    try:
        held = list(served_documents(settings.index))
    except IndexUnusable:
        corpus = read_corpus(settings.corpus, settings.file_limit)
        held = [*corpus.documents, *corpus.archived]
    return [
        (one, tuple(old for old in held if old.version_of == one.id)) for one in held if not one.version_of
    ]


def _served(settings: Settings) -> Sequence[Document]:
    """The documents that are served now; where nothing is, those that would be."""
    try:
        return [one for one in served_documents(settings.index) if not one.version_of]
    except IndexUnusable:
        try:
            return read_corpus(settings.corpus, settings.file_limit).documents
        except CorpusError:
            return ()


@uncollected()
def wire(parts: Parts, snapshot: Snapshot, calibration: Calibration | None = None) -> Composer:
    """What answers whole questions over one snapshot."""
    settings = parts.settings
    return Composer(
        Retriever(snapshot, parts.analyzer, parts.encoder),
        Renderer(settings.prompts),
        Readers(snapshot, parts.reader, calibration or load_calibration(settings.calibration)),
        Kinds(read_kinds(settings.prompts), parts.encoder),
        read_courtesies(settings.prompts),
        settings.base_url,
        read_bonds(settings.links),
    )


def assemble(
    parts: Parts, snapshot: Snapshot, store: Store | None = None, book: Reviewed | None = None
) -> Services:
    """Everything that answers, over one snapshot; without a store, sessions live in this process alone.

    Reviewed answers come from the book, once they are looked for: `Services.reviewed.watch`.
    """
    settings = parts.settings
    composer = wire(parts, snapshot)
    renderer = Renderer(settings.prompts)
    # What counts as the same question was set on the static table; another encoder's cosines mean something else.
    sameness = Sameness(parts.analyzer, Encoder.open("fast"), read_asking(settings.prompts))
    reviewed = (
        ReviewedAnswers(
            book,
            snapshot,
            renderer,
            parts.analyzer,
            sameness,
            settings.base_url,
            composer.suggestions.beside,
            composer.kind_of,
        )
        if book is not None
        else None
    )
    dialogue = Dialogue(composer, parts.analyzer, snapshot, store, reviewed=reviewed)
    composer.suggestions.examples(today(settings))  # each is tried once: not while the first visitor waits
    return Services(
        snapshot=snapshot,
        retriever=composer.retriever,
        dialogue=dialogue,
        examples=composer.suggestions.examples,
        store=store,
        reviewed=reviewed,
        sameness=sameness,
        relations=composer.relations,
    )


def today(settings: Settings) -> date:
    """Today, where the policies are in force."""
    return clock.today(ZoneInfo(settings.timezone))


def open_store(settings: Settings) -> Store:
    """The conversations of this installation.

    Raises:
        InvalidSetting: the database URL can never be used. A database that is away does not raise.
    """
    return Store.open(
        settings.database_url,
        spool=settings.spool,
        spool_limit=settings.spool_limit,
        durable=settings.durable,
        idle=timedelta(minutes=settings.session_minutes),
        retention=timedelta(days=settings.retention_days) if settings.retention_days else None,
    )


def create_app(
    settings: Settings | None = None, log: Log = print, *, accept_when_open: bool = False
) -> FastAPI:
    """The web application; the index is opened (or built) in the background once it runs.

    With `accept_when_open` no connection is accepted before it is open.
    """
    chosen = settings or open_settings()
    return create_with(chosen, lambda: open_parts(chosen), log, accept_when_open=accept_when_open)


def create_with(
    settings: Settings,
    parts: Callable[[], Parts],
    log: Log,
    store: Store | None = None,
    *,
    accept_when_open: bool = False,
) -> FastAPI:
    """The same over parts that this process has, or will have, loaded anyhow."""
    from app.building import build_apart
    from app.serving import Serving

    serving = Serving(settings, parts, log, store)
    intake = Intake(open_shelf(settings), lambda progress: build_apart(settings, progress))
    return create_web(settings, serving.open, serving.current, intake, accept_when_open=accept_when_open)


def prepare(settings: Settings, progress: Progress, log: Log) -> Parts:
    """Load what is needed and build the index where it is missing or stale, so that serving begins at once."""
    parts = open_parts(settings)
    if not is_fresh(parts):
        _rebuilt(parts, progress, log)
    return parts


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, for worker processes."""
    return {
        f"ZHENGWEN_{name.upper()}": str(value) for name, value in settings.model_dump(mode="json").items()
    }


def inspect(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Check corpus, model and index one after another: whether each is good, and a sentence about it."""
    try:
        corpus = read_corpus(settings.corpus, settings.file_limit)
        yield True, f"政策文本：{len(corpus.documents)} 份文件可用。"
        for note in corpus.notes:
            yield False, f"政策文本：{note}"
    except CorpusError as error:
        yield False, f"政策文本：{error}"
        return
    try:
        parts = open_parts(settings)
        bonds = read_bonds(settings.links)
        asked = unresolved(read_questions(settings.questions), corpus.documents)
        yield True, f"编码模型：{parts.encoder.name}，{parts.encoder.dimension} 维。"
        yield (
            True,
            f"词表：{len(parts.analyzer.lexicon.terms)} 个用语，{len(parts.analyzer.lexicon.synonyms)} 组同义词。",
        )
        Renderer(settings.prompts).disclaimer()
        snapshot = open_snapshot(settings.index)
    except ZhengwenError as error:
        yield False, str(error)
        return
    yield True, f"相似问：{len(asked.asks)} 个问法有对应条款。"
    for note in asked.elsewhere:
        yield True, note
    for note in asked.broken:
        yield False, note
    links = Links(snapshot, bonds)
    for file in links.elsewhere:
        yield True, f"关联文件指向的“{file}”不在当前政策文件夹中，已略过。"
    for note in links.notes:
        yield False, note
    differences = snapshot.manifest.sources.differences(parts.sources())
    if differences:
        yield False, f"索引：{'、'.join(differences)}已变化，请运行 python -m app build 更新。"
    else:
        yield True, f"索引：{len(snapshot.clauses)} 个条款、{len(snapshot.chunks)} 个检索单元，校验无误。"
