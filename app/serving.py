"""What a server opens, and how it follows the index: every worker by itself, and no request is let go of for it."""

from collections.abc import Callable

from app.errors import IndexStale, IndexUnusable
from app.index import FORMAT, Snapshot, Sources, current_mark, open_snapshot
from app.main import Log, Parts, assemble, open_parts, open_store, ready_snapshot
from app.settings import Settings
from app.store import Reviewed, Store
from app.web import Services


class Serving:
    """The services of one process over whatever index is current. Not for several threads at once.

    `parts` is called when first needed. The store and the book of reviewed answers outlive every index, and so do sessions.
    """

    def __init__(
        self, settings: Settings, parts: Callable[[], Parts], log: Log, store: Store | None = None
    ) -> None:
        self._settings, self._open_parts, self._log, self._store = settings, parts, log, store
        self._parts: Parts | None = None
        self._book: Reviewed | None = None
        self._made: Services | None = None

    def open(self) -> Services:
        """The first time the index is built where it is missing or stale; later what another process built is taken up.

        Raises:
            IndexUnusable: a later index is damaged, or made for another lexicon, model or program than can be opened here.
            ZhengwenError: what else it needs cannot be used.
        """
        self._store = self._store or open_store(self._settings)
        self._book = self._book or Reviewed.open(self._settings.database_url)
        if self._parts is None:
            parts = self._open_parts()
            snapshot = ready_snapshot(parts, log=self._log)
        else:
            parts, snapshot = self._another(self._parts)
            if self._made is not None and snapshot.version == self._made.snapshot.version:
                return self._made
            self._log(f"已换用新的索引 {snapshot.version}，共 {len(snapshot.documents)} 份文件。")
        made = assemble(parts, snapshot, self._store, self._book)
        self._parts, self._made = parts, made
        if made.reviewed is not None:
            made.reviewed.watch.look()
            made.reviewed.watch.start()
        return made

    def current(self) -> str | None:
        """What names the index that serves; another where there is another."""
        return current_mark(self._settings.index)

    def _another(self, parts: Parts) -> tuple[Parts, Snapshot]:
        try:
            snapshot = open_snapshot(self._settings.index)
        except IndexUnusable as error:
            raise type(error)(f"新的索引没有启用，继续使用原有索引。{error}") from error
        sources = snapshot.manifest.sources
        if not _suit(parts, sources):
            parts = open_parts(self._settings)  # the lexicon may have changed too
        if sources.format != FORMAT or not _suit(parts, sources):
            raise IndexStale(
                "新的索引由另外的词表、模型或程序版本建立，没有启用，继续使用原有索引；请重新启动服务。"
            )
        return parts, snapshot


def _suit(parts: Parts, sources: Sources) -> bool:
    return (parts.analyzer.fingerprint, parts.encoder.fingerprint) == (sources.analyzer, sources.encoder)
