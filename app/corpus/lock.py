"""One process at a time changes a corpus folder; a process that dies lets go."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import CorpusBusy

LOCK = ".lock"
PATIENCE = 60.0


@contextmanager
def corpus_lock(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the folder. Raises CorpusBusy when another process has held it for longer than `patience` seconds."""
    with (folder / LOCK).open("a") as file:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CorpusBusy(
                        f"另一个进程正在改动政策文件夹“{folder.name}”，已等待 {patience:g} 秒，请稍后再试。"
                    ) from None
                time.sleep(0.05)
        yield
