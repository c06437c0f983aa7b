"""Opening the services in a thread, so that the process answers /healthz while the index loads; and again when it changes."""

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable

from app.errors import NotReady, ZhengwenError
from app.web.services import Services

log = logging.getLogger("zhengwen.web")

FOLLOW = 2.0  # seconds between two looks at what the services are opened from
AGAIN = 30.0  # seconds until a change that could not be opened is tried again
MOST_COLLECTIONS = 10  # tries to free what an index left in memory
UNEXPECTED = "载入时出现意外错误，请管理员查看服务日志。"


class Opening:
    """The services: being opened, open, or failed to open.

    `on_ready` is called in the opening thread before the services are handed out. `current` names what they are opened
    from: when it says something else, they are opened afresh beside the present ones, which answer until then. So every
    process takes up an index that any of them, or the command line, has built. A request holds on to the services that it
    began with; they are freed when the last one lets go.
    """

    def __init__(
        self,
        open_services: Callable[[], Services],
        on_ready: Callable[[Services], None] | None = None,
        current: Callable[[], object] | None = None,
        every: float = FOLLOW,
    ) -> None:
        self._open_services = open_services
        self._on_ready = on_ready
        self._current, self._every = current, every
        self._from: object = None
        self._not_before = 0.0
        self._services: Services | None = None
        self._leaving: list[weakref.ref[object]] = []
        self._collections = 0
        self._failure: ZhengwenError | None = None
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._ended, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to open; a second call does nothing."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="open-services", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until opening has ended, well or badly, or the seconds are over."""
        if self._thread is not None:
            self._ended.wait(seconds)

    def services(self) -> Services:
        """The services. Raises `NotReady` while they open, and the error that stopped them if one did."""
        if self._services is not None:
            return self._services
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        raise NotReady("政策文本和索引正在载入，请稍候片刻再试。")

    @property
    def is_open(self) -> bool:
        """Whether there are services to answer with."""
        return self._services is not None

    @property
    def trouble(self) -> str | None:
        """Why what is new to open does not serve while the older services do; None where all is well."""
        return str(self._failure) if self._services is not None and self._failure is not None else None

    def look(self, *, at_once: bool = False) -> bool:
        """Open the services afresh if there is something new to open; whether they were.

        A failure is logged, and what was open goes on; `at_once` tries again even where it failed a moment ago.
        """
        if self._current is None:
            return False
        with self._looking:
            now = self._current()
            if now is None or now == self._from or (time.monotonic() < self._not_before and not at_once):
                return False
            return self._open(now)

    def close(self) -> None:
        """Stop following, and let go of what the services follow."""
        self._stop.set()
        if self._services is not None:
            _let_go(self._services)

    def _run(self) -> None:
        with self._looking:
            self._open(self._current() if self._current is not None else None)
        self._ended.set()
        while self._current is not None and not self._stop.wait(self._every):
            try:
                self.look()
                self._free()
            except Exception:
                log.exception("the index was not looked at")  # the thread must outlive whatever it meets

    def _open(self, now: object) -> bool:
        old = self._services
        try:
            services = self._open_services()
            if self._on_ready is not None:
                self._on_ready(services)
        except Exception as error:
            self._fail(error)
            return False
        # Named before it was opened: what changed meanwhile is opened once more.
        self._services, self._failure, self._from = services, None, now
        if old is not None and old is not services:
            self._collections = 0
            self._leaving.append(weakref.ref(old.dialogue))
            _let_go(old)
        return True

    def _free(self) -> None:
        """Free the services before, once no request holds them: what caches hold of themselves nothing else frees."""
        self._leaving = [one for one in self._leaving if one() is not None]
        if self._leaving and self._collections < MOST_COLLECTIONS:
            self._collections += 1
            gc.collect()

    def _fail(self, error: Exception) -> None:
        self._not_before = time.monotonic() + AGAIN
        if isinstance(error, ZhengwenError):
            log.error("services did not open: %s", error)
            self._failure = error
        else:
            # Whatever a library raised is for the log: people get a sentence.
            log.error("services did not open", exc_info=error)
            self._failure = ZhengwenError(f"服务未能启动：{UNEXPECTED}")


def _let_go(services: Services) -> None:
    if services.reviewed is not None:
        services.reviewed.watch.close()
