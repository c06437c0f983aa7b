"""A queue before something of which there are only a few: whoever comes first is served first, and can ask for their place."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):
    """As many wait already as may."""


class Queue:
    """Lets `at_once` threads in and has at most `waiting` others wait in order."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._waiting = at_once, waiting
        self._changed = threading.Condition()
        self._inside = 0
        self._line: list[tuple[object, str]] = []

    @contextmanager
    def turn(self, ticket: str = "") -> Iterator[None]:
        """Wait for one's turn, and hold it as long as the context lasts. Raises `Full` at once."""
        me = (object(), ticket)
        with self._changed:
            if self._inside >= self._at_once and len(self._line) >= self._waiting:
                raise Full
            self._line.append(me)
            try:
                self._changed.wait_for(lambda: self._line[0] is me and self._inside < self._at_once)
                self._inside += 1
            finally:
                self._line.remove(me)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def ahead(self, ticket: str) -> int | None:
        """How many wait before the one with this ticket, those inside not counted; None where it does not wait."""
        with self._changed:
            return next((at for at, (_, own) in enumerate(self._line) if own == ticket), None)
