"""What is served of the reviewed answers, followed by a thread: no question waits for the database.

Every `PAUSE` seconds one number is read; only when it has grown are the versions read and made ready. While the
database is away the last ones known go on.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from app.errors import StoreUnavailable
from app.store import ReviewedVersion

PAUSE = 0.8  # s between two looks: with the making (0.02 s for 5,000 questions), a change is in effect within a second
AWAY = 3.0  # s between two looks while the database is away

log = logging.getLogger("zhengwen.reviewed")
T = TypeVar("T")


class Book(Protocol):
    """Where reviewed answers are kept; `app.store.Reviewed` is one."""

    def revision(self) -> int:
        """A number that grows with every change of what is served. Raises `StoreUnavailable`."""
        ...

    def served(self) -> tuple[int, tuple[ReviewedVersion, ...]]:
        """The revision and the versions that answer. Raises `StoreUnavailable`."""
        ...


class Watch(Generic[T]):
    """`current` is always there and never waits. Safe to use from many threads."""

    def __init__(self, book: Book, make: Callable[[Sequence[ReviewedVersion]], T]) -> None:
        """Nothing is read yet: `make` gets no versions."""
        self._book, self._make = book, make
        self.current = make(())
        self._revision = -1
        self._away = False
        self._looking = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Follow the book from now on, in a thread."""
        self._thread = threading.Thread(target=self._run, name="reviewed-watch", daemon=True)
        self._thread.start()

    def look(self) -> bool:
        """Look now; whether the database could be read. Never raises: what goes wrong is logged once."""
        with self._looking:
            try:
                self._read()
            except StoreUnavailable as error:
                if not self._away:
                    log.warning("reviewed answers stay as they were last known: %s", error.__cause__ or error)
                self._away = True
            except Exception:
                # The thread must outlive whatever it meets, and what was known goes on.
                log.exception("reviewed answers were not read")
                self._away = True
            else:
                self._away = False
            return not self._away

    def close(self) -> None:
        """Stop following."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _read(self) -> None:
        if self._book.revision() == self._revision:
            return
        revision, versions = self._book.served()
        self.current = self._make(versions)
        self._revision = revision

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(AWAY if self._away else PAUSE)
