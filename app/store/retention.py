"""Old rows go: on request, and by themselves where a retention period is set."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app.store.database import Database
from app.store.personal import purge_everywhere
from app.store.turn import Purged

EVERY = 3600.0  # s


def purge(database: Database, before: datetime) -> Purged:
    """Remove what is older than the moment, in pieces. Raises `StoreUnavailable`."""
    if before.utcoffset() is None:
        raise ValueError(f"the moment must carry a time zone, got {before!r}")
    total = Purged()
    while True:
        with database.writing() as connection:
            piece = purge_everywhere(connection, before)
        if piece == Purged():
            return total
        total = total + piece


class Retention:
    """Purges about once an hour. The clock is read once: one that jumps later on cannot empty the database."""

    def __init__(self, database: Database, period: timedelta | None, clock: Callable[[], datetime]) -> None:
        self._database, self._period = database, period
        self._started_at, self._started = clock(), time.monotonic()
        self._due = self._started

    def tidy(self) -> None:
        """Purge a piece if it is time to: rows that come meanwhile do not wait for all. Raises `StoreUnavailable`."""
        elapsed = time.monotonic() - self._started
        if self._period is not None and self._started + elapsed >= self._due:
            before = self._started_at + timedelta(seconds=elapsed) - self._period
            with self._database.writing() as connection:
                rest = purge_everywhere(connection, before) != Purged()
            if not rest:
                self._due = self._started + elapsed + EVERY
