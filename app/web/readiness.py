"""Opening the services in a thread, so that the process answers /healthz while the index loads."""

import logging
import threading
from collections.abc import Callable

from app.errors import NotReady, ZhengwenError
from app.web.services import Services

log = logging.getLogger("zhengwen.web")


class Opening:
    """The services: being opened, open, or failed to open.

    `on_ready` is called once, in the opening thread, before the services are handed out.
    """

    def __init__(
        self, open_services: Callable[[], Services], on_ready: Callable[[Services], None] | None = None
    ) -> None:
        self._open_services = open_services
        self._on_ready = on_ready
        self._services: Services | None = None
        self._failure: ZhengwenError | None = None
        self._lock = threading.Lock()
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
            self._thread.join(seconds)

    def services(self) -> Services:
        """The services. Raises `NotReady` while they open, and the error that stopped them if one did."""
        if self._services is not None:
            return self._services
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        raise NotReady("政策文本和索引正在载入，请稍候片刻再试。")

    def close(self) -> None:
        """Let go of what the services follow."""
        if self._services is not None and self._services.reviewed is not None:
            self._services.reviewed.watch.close()

    def _run(self) -> None:
        try:
            services = self._open_services()
            if self._on_ready is not None:
                self._on_ready(services)
            self._services = services
        except ZhengwenError as error:
            log.error("services did not open: %s", error)
            self._failure = error
        except Exception:
            # Whatever a library raised is for the log: people get a sentence.
            log.exception("services did not open")
            self._failure = ZhengwenError("服务未能启动：载入时出现意外错误，请管理员查看服务日志。")
