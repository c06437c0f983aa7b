"""A process apart in which files are taken to pieces, so that a hostile one can neither hang nor kill this one.

Parent and child speak through pipes: a JSON line with name and size, then the bytes; a JSON line comes back.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from app.corpus.extract import Extract
from app.errors import FileRefused

TIME_LIMIT = 90.0  # seconds for one file; a PDF of 331 pages takes a tenth of that
_START_LIMIT = 60.0
_ROOT = Path(__file__).resolve().parent.parent.parent


class Apart:
    """Reads files in a child process that is started for the first one and replaced when a file hangs or kills it.

    A context manager; not for several threads at once. `time_limit` is in seconds and holds for one file, or for each page that is read from a picture.
    """

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._child: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()

    def __enter__(self) -> "Apart":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def extract(self, name: str, data: bytes) -> list[Extract]:
        """The documents in the bytes of a file called `name`. Raises FileRefused, also when the time is over."""
        child = self._started(name)
        header = json.dumps({"name": name, "size": len(data)}).encode() + b"\n"
        try:
            assert child.stdin
            child.stdin.write(header + data)
            child.stdin.flush()
        except OSError:
            pass  # the child has ended; its silence is told below
        reply = self._reply(name, self._time_limit)
        while "alive" in reply:  # another page of pictures has been read: the time begins again
            reply = self._reply(name, self._time_limit)
        if "refused" in reply:
            raise FileRefused(reply["refused"])
        return [Extract.from_json(row) for row in reply["extracts"]]

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(OSError):  # bytes that nobody reads any more
                    pipe.close()

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "app.corpus.child"]
        try:
            self._child = subprocess.Popen(
                command,
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
        self._lines = queue.Queue()
        threading.Thread(target=_pump, args=(self._child, self._lines), daemon=True).start()
        self._reply(name, _START_LIMIT)
        return self._child

    def _reply(self, name: str, limit: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            self.close()
            raise FileRefused(
                f"文件“{name}”在 {limit:g} 秒内没有读完，已放弃，请拆分或另存为 .txt 后重试。"
            ) from None
        if not line:
            self.close()
            raise FileRefused(
                f"文件“{name}”使读取进程意外退出（文件可能已损坏或过大），请重新导出或拆分后重试。"
            )
        reply: dict[str, Any] = json.loads(line)
        return reply


def _pump(child: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes]") -> None:
    """Pass on the child's lines, and an empty one when it has ended."""
    assert child.stdout
    try:
        for line in child.stdout:
            lines.put(line)
    except (OSError, ValueError):
        pass  # closed while waiting
    lines.put(b"")
