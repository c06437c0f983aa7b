"""Watches the corpus folder and has the index built when it has changed and stands still."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from app.corpus import folder_state
from app.errors import CorpusError, ZhengwenError
from app.main import Log

EVERY = 2.0  # seconds between two looks
SHARE = 20  # a look may take a twentieth of the time: large folders are looked at less often

State = Mapping[str, tuple[int, int, int]]


class Watcher:
    """Calls `build` once the folder's files have changed, and only when none of them is still being written.

    A folder that looks the same twice, none of whose new files any process has open for writing, stands still. What a build
    could not use is not tried again until the folder changes. `start` looks in a thread of its own; `look` is one look.
    `fresh` says whether the index is of the folder as it is now.
    """

    def __init__(
        self,
        folder: Path,
        build: Callable[[], str],
        log: Log,
        every: float = EVERY,
        *,
        fresh: bool = True,
    ) -> None:
        self._folder, self._build, self._log, self._every = folder, build, log, every
        self._took = 0.0  # seconds of the last look
        self._last: State = self._state()
        self._built: State = self._last if fresh else {}
        self._stop = threading.Event()

    def start(self) -> None:
        """Watch until the process ends or `close` is called."""
        threading.Thread(target=self._run, name="watch-corpus", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def look(self) -> bool:
        """Whether the folder had changed, stood still, and was built."""
        now = self._state()
        still = now == self._last
        self._last = now
        if not still or now == self._built or not now:
            return False
        changed = [name for name, state in now.items() if self._built.get(name) != state]
        if any(is_being_written(self._folder / name) for name in changed):
            return False
        self._built = now
        try:
            self._log(f"政策文件夹有变化：{self._build()}")
        except (ZhengwenError, OSError) as error:
            self._log(f"政策文件夹有变化，但没有更新索引，继续使用原有索引。{error}")
        return True

    def _state(self) -> State:
        began = time.monotonic()
        try:
            return folder_state(self._folder)
        except CorpusError:
            return {}  # away for a moment, or for longer: what serves goes on
        finally:
            self._took = time.monotonic() - began

    def _run(self) -> None:
        while not self._stop.wait(max(self._every, SHARE * self._took)):
            self.look()


def is_being_written(path: Path) -> bool:
    """Whether a process of this machine has the file open for writing, where the system tells."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False  # not our file, or a file system without leases
    finally:
        os.close(descriptor)
