"""Originals that were taken out of a corpus folder or replaced: kept in a hidden folder of it until they are old.

<corpus>/.removed/20260131-093000-123456-区里__停车办法.txt      when it was taken out (UTC), and its path with __ for /
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.corpus.versions import put, sync

REMOVED = ".removed"
_STAMP = "%Y%m%d-%H%M%S-%f"
_STAMPED = len("20260131-093000-123456")
_MOST_BYTES = 150  # of the path that is kept in a name: names are limited in bytes


def retire(folder: Path, file: str, now: datetime) -> Path:
    """Take a file out of the folder; where it is kept from now on. Raises FileNotFoundError, and OSError as the disk does."""
    kept = _place(folder, file, now)
    os.replace(folder / file, kept)
    sync(kept.parent)
    sync((folder / file).parent)
    return kept


def keep_original(folder: Path, file: str, now: datetime) -> Path:
    """Keep a copy of a file that is about to be replaced, which stands in its place until it is. Raises OSError."""
    kept = _place(folder, file, now)
    put(kept, (folder / file).read_bytes())
    sync(kept.parent)
    return kept


def removed_files(folder: Path) -> tuple[tuple[datetime, Path], ...]:
    """When each original was taken out, in UTC, and where it is kept, the oldest first."""
    return tuple(sorted(_kept(folder)))


def purge_removed(folder: Path, before: datetime) -> int:
    """Delete the originals that were taken out before a moment; how many. Raises OSError."""
    gone = [path for moment, path in removed_files(folder) if moment < before]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _place(folder: Path, file: str, now: datetime) -> Path:
    home = folder / REMOVED
    home.mkdir(exist_ok=True)
    last = os.fsencode(file.replace("/", "__"))[-_MOST_BYTES:].decode("utf-8", "ignore")
    # Not local time: its hours come twice when clocks are set back, and differ between machines that share a folder.
    return home / f"{now.astimezone(UTC).strftime(_STAMP)}-{last}"


def _kept(folder: Path) -> Iterator[tuple[datetime, Path]]:
    home = folder / REMOVED
    if home.is_symlink():
        return  # whose files those are nobody here knows
    for path in home.glob("*"):
        with suppress(ValueError):  # not ours
            yield datetime.strptime(path.name[:_STAMPED], _STAMP).replace(tzinfo=UTC), path
