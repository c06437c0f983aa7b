"""Where rows wait while the database is away: lines of JSON in a folder that all workers of one machine share.

`waiting.jsonl` takes new lines. To write them to the database, one worker renames it to `writing.jsonl`, writes all
of it and removes it; a worker that dies in between leaves a file whose rows, written again, change nothing.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from app.store.columns import of_line, to_line
from app.store.turn import Row

PIECE = 500  # rows to a transaction


class Spool:
    """A folder of at most `limit` bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._waiting = folder / "waiting.jsonl"
        self._writing = folder / "writing.jsonl"

    def append(self, rows: Sequence[Row]) -> int:
        """Keep the rows in order, as many as there is room for; how many were kept. Never raises."""
        lines = [to_line(row) for row in rows]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._locked("append"):
                fitting = _fitting(lines, self._limit - self.size())
                return _append(self._waiting, lines[:fitting])
        except OSError:
            return 0

    def size(self) -> int:
        """How many bytes wait."""
        return _size(self._waiting) + _size(self._writing)

    def drain(self, write: Callable[[Sequence[Row]], None]) -> int:
        """Hand all rows over in pieces, oldest first, and remove them; how many lines could not be read.

        Nothing happens while another worker does the same. What `write` raises passes through, as does an `OSError`
        of the folder, and the rows stay for the next time.
        """
        damaged = 0
        with self._locked("drain", wait=False) as mine:
            while mine and self._take():
                damaged += self._hand_over(write)
                self._writing.unlink()
        return damaged

    def _take(self) -> bool:
        """Whether there is something to write, once what waits has been put aside for it."""
        if not self._writing.exists():
            with self._locked("append"):
                if not self._waiting.exists():
                    return False
                self._waiting.rename(self._writing)
        return True

    def _hand_over(self, write: Callable[[Sequence[Row]], None]) -> int:
        damaged = 0
        with self._writing.open("rb") as lines:
            while piece := list(islice(lines, PIECE)):
                rows = [row for line in piece if line.strip() and (row := of_line(line))]
                damaged += sum(1 for line in piece if line.strip()) - len(rows)
                if rows:
                    write(rows)
        return damaged

    @contextmanager
    def _locked(self, name: str, wait: bool = True) -> Iterator[bool]:
        """Whether the lock could be had; it is let go at the end, or when the process dies."""
        descriptor = os.open(self._folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _lock(descriptor, wait)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, wait: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _fitting(lines: Sequence[bytes], room: int) -> int:
    """How many of the lines fit into so many bytes."""
    for count, line in enumerate(lines):
        room -= len(line)
        if room < 0:
            return count
    return len(lines)


def _append(path: Path, lines: Sequence[bytes]) -> int:
    """Add the lines, all or none of them: a disk that fills up in the middle leaves no torn line."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before, content = os.fstat(descriptor).st_size, b"".join(lines)
        if before and os.pread(descriptor, 1, before - 1) != b"\n":
            content = b"\n" + content
        try:
            if os.write(descriptor, content) == len(content):
                return len(lines)
        except OSError:
            pass
        os.ftruncate(descriptor, before)
        return 0
    finally:
        os.close(descriptor)
