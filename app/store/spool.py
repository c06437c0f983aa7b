"""Where rows wait while the database is away: lines of JSON in a folder that all workers of one machine share.

`waiting.jsonl` takes new lines. To write them to the database, one worker renames it to `writing.jsonl`, writes all
of it and removes it; a worker that dies in between leaves a file whose rows, written again, change nothing.

Rows that were appended are on the disk, should the power fail. `waiting.jsonl` holds the room for all of them from the
start, so that it takes them when the database has filled the disk.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from app.errors import reason_of
from app.store.columns import of_line, to_line
from app.store.reserve import reserve
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
        try:
            lines = [to_line(row) for row in rows]
            make_folder(self._folder)
            with self._locked("append"):
                fitting = _fitting(lines, self._limit - self.size())
                return _append(self._waiting, lines[:fitting])
        except (OSError, ValueError):  # or half a character that no file can hold
            return 0

    def reserve(self) -> str:
        """Hold the room for all that may have to wait; a Chinese clause why that cannot be, empty where it is held."""
        try:
            make_folder(self._folder)
            with self._locked("append"), _opened(self._waiting) as descriptor:
                if reserve(descriptor, self._limit - _size(self._writing)):
                    return ""
        except OSError as error:
            return f"暂存文件夹不能用（{reason_of(error)}），请检查设置 ZHENGWEN_SPOOL 所指的位置"
        return f"磁盘余下的空间不够暂存记录（要留 {self._limit} 字节），请清理磁盘，或把 ZHENGWEN_SPOOL 设到另一块磁盘"

    def size(self) -> int:
        """How many bytes wait."""
        return _size(self._waiting) + _size(self._writing)

    def drain(self, write: Callable[[Sequence[Row]], object]) -> int:
        """Hand all rows over in pieces, oldest first, and remove them; how many lines could not be read.

        Nothing happens while another worker does the same. What `write` raises passes through, as does an `OSError`
        of the folder, and the rows stay for the next time.
        """
        damaged = 0
        with self._locked("drain", wait=False) as mine:
            while mine and self._take():
                damaged += self._hand_over(write)
                self._writing.unlink()
                sync(self._folder)  # what a person has had removed meanwhile must not come back
        return damaged

    def _take(self) -> bool:
        """Whether there is something to write, once what waits has been put aside for it."""
        if not self._writing.exists():
            with self._locked("append"):
                if not _size(self._waiting):
                    return False
                self._waiting.rename(self._writing)
        return True

    def _hand_over(self, write: Callable[[Sequence[Row]], object]) -> int:
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
    """Add the lines, all or none of them, and flush them to the disk: one that fills up leaves no torn line."""
    with _opened(path) as descriptor:
        before, content = os.fstat(descriptor).st_size, b"".join(lines)
        if before and os.pread(descriptor, 1, before - 1) != b"\n":
            content = b"\n" + content
        try:
            if os.write(descriptor, content) == len(content):
                os.fsync(descriptor)
                return len(lines)
        except OSError:
            pass
        # Not without need: it would also give back the room that is held.
        if os.fstat(descriptor).st_size != before:
            os.ftruncate(descriptor, before)
        return 0


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The file, to be added to; a new one's name is on the disk before anything is written."""
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if new:
            sync(path.parent)
        yield descriptor
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, its name on the disk. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def sync(folder: Path) -> None:
    """Flush a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
