"""The one boundary for files: they are taken to pieces in processes apart, so that a hostile one can neither hang this
process nor fill its memory.

Parent and child speak through pipes: a JSON line with name, size and limits, then the bytes; a JSON line comes back. There are
only a few children at once, who wants one waits in a queue, and a child is kept for the next file and ended when idle.
"""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from app.corpus.document import Document
from app.corpus.queue import Full, Queue
from app.errors import FileRefused, ReadersBusy

TIME_LIMIT = 90.0  # seconds for one file; a PDF of 331 pages takes a tenth of that
OUTPUT_LIMIT = (
    32 * 1024 * 1024
)  # bytes of what comes back for one file, or four times the file where that is more
AT_ONCE = 2  # files that one process has read at the same time
MOST_WAITING = 8  # files that wait; each takes one of the forty threads that serve requests
_START_LIMIT = 60.0
_PIECE = 1 << 16  # bytes of a line that are taken at once
_IDLE = 30.0  # seconds until a child that nobody needs is ended
_ROOT = Path(__file__).resolve().parent.parent.parent
Read = tuple[tuple[Document, ...], tuple[str, ...]]
"""The documents of a file, at least one, and sentences about what was passed over."""


class Child:
    """One process that reads files, one after another."""

    def __init__(self, name: str) -> None:
        """Starts it. Raises FileRefused, which names the file it is for."""
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.corpus.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=_ROOT,
            )
        except OSError as error:
            raise FileRefused(
                f"文件“{name}”无法读取：不能启动读取进程（{error.strerror}），请稍后重试。"
            ) from error
        self._limit, self._reads = OUTPUT_LIMIT, False
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()
        self._reply(name, _START_LIMIT)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it can take another file: not where it has ended, or was left while it read one."""
        return self._process.poll() is None and not self._reads

    def read(self, name: str, data: bytes, given: str | None, time_limit: float) -> Read:
        """What is in the bytes of a file; the child has ended when this raises FileRefused for want of an answer."""
        self._limit, self._reads = max(OUTPUT_LIMIT, 4 * len(data)), True
        header = {
            "name": name,
            "size": len(data),
            "given": given,
            "seconds": time_limit,
            "output": self._limit,
        }
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(header).encode() + b"\n")
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError:
            pass  # the child has ended; its silence is told below
        reply = self._reply(name, time_limit)
        while "alive" in reply:  # another page of pictures has been read: the time begins again
            reply = self._reply(name, time_limit)
        self._reads = False
        if "refused" in reply:
            raise FileRefused(reply["refused"])
        return tuple(map(Document.from_json, reply["documents"])), tuple(reply["notes"])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # bytes that nobody reads any more
                    pipe.close()

    def _reply(self, name: str, limit: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            self.close()
            raise FileRefused(
                f"文件“{name}”在 {limit:g} 秒内没有读完，已放弃，请拆分或另存为 .txt 后重试。"
            ) from None
        if not line.endswith(b"\n"):
            self.close()
            raise FileRefused(
                f"文件“{name}”使读取进程意外退出（文件可能已损坏或过大），请重新导出或拆分后重试。"
            )
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _pump(self) -> None:
        """Pass on the child's lines, and an empty one when it has ended or says more than it may."""
        assert self._process.stdout
        line = bytearray()
        try:
            while len(line) <= self._limit and (piece := self._process.stdout.readline(_PIECE)):
                line += piece
                if piece.endswith(b"\n"):
                    self._lines.put(bytes(line))
                    line.clear()
        except (OSError, ValueError):
            pass  # closed while waiting
        self._lines.put(b"")


class Apart:
    """Reads files in children: at most `at_once` at the same time, in the order in which they are asked for.

    For any number of threads. A context manager that ends its children; `time_limit` is in seconds and holds for one file,
    or for each page that is read from a picture.
    """

    def __init__(
        self, time_limit: float = TIME_LIMIT, at_once: int = AT_ONCE, waiting: int = MOST_WAITING
    ) -> None:
        self._time_limit = time_limit
        self._queue = Queue(at_once, waiting)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._timer: threading.Timer | None = None
        self._used = 0.0  # when a child last became idle, by the monotonic clock

    def __enter__(self) -> "Apart":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, name: str, data: bytes, given: str | None = None, ticket: str = "") -> Read:
        """The documents in the bytes of a file called `name`, whose id is `given` where it is to have one.

        Raises:
            FileRefused: it cannot be read, takes too long or too much.
            ReadersBusy: too many files wait already.
        """
        try:
            with self._queue.turn(ticket):
                child = self._lend(name)
                try:
                    return child.read(name, data, given, self._time_limit)
                finally:
                    self._take_back(child)
        except Full:
            raise ReadersBusy(f"“{name}”没有读取：等着读取的文件已经太多，请过一会儿再上传。") from None

    def ahead(self, ticket: str) -> int | None:
        """How many files wait before the one with this ticket; None where it does not wait."""
        return self._queue.ahead(ticket)

    def close(self) -> None:
        """End the children that wait for a file."""
        with self._lock:
            idle, self._idle = self._idle, []
            if self._timer:
                self._timer.cancel()
                self._timer = None
        for child in idle:
            child.close()

    def _lend(self, name: str) -> Child:
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return Child(name)
            if child.lives:
                return child
            child.close()

    def _take_back(self, child: Child) -> None:
        if not child.lives:
            child.close()
            return
        with self._lock:
            self._idle.append(child)
            self._used = time.monotonic()
            if self._timer is None:
                self._look_again(_IDLE)

    def _look_again(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_idle(self) -> None:
        with self._lock:
            left = self._used + _IDLE - time.monotonic()
            if left > 0:
                self._look_again(left)
                return
        self.close()

    def forget(self) -> None:
        """In a copy of this process: the children are not its own."""
        self._lock = threading.Lock()
        self._idle, self._timer = [], None


file_readers = Apart()
"""The readers of this process."""
atexit.register(file_readers.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=file_readers.forget)
