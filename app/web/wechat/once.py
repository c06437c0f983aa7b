"""Things that may happen once: a message answered, a nonce or a refresh token used. All workers share the memory."""

import threading
import time
from collections import OrderedDict
from contextlib import suppress

from app.errors import StoreUnavailable
from app.store import WechatRecords

REMEMBERED = 10_000  # marks this process remembers by itself while the store is away


class Once:
    """Remembers in the store, and while that is away in this process: then another worker may do it again."""

    def __init__(self, records: WechatRecords) -> None:
        self._records = records
        self._alone: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, kind: str, mark: str, seconds: float) -> bool:
        """Whether the mark is seen for the first time within so many seconds."""
        if not self._first_here(kind, mark, seconds):
            return False
        try:
            first = self._records.claim(kind, mark, seconds)
        except StoreUnavailable:
            return True
        if not first:
            # Another worker has it; only what that one does with it counts.
            self._forget(kind, mark)
        return first

    def again(self, kind: str, mark: str) -> None:
        """It was not done after all: let it come again."""
        self._forget(kind, mark)
        with suppress(StoreUnavailable):  # there it lapses by itself
            self._records.release(kind, mark)

    def _forget(self, kind: str, mark: str) -> None:
        with self._lock:
            self._alone.pop((kind, mark), None)

    def _first_here(self, kind: str, mark: str, seconds: float) -> bool:
        now = time.monotonic()
        with self._lock:
            if self._alone.get((kind, mark), 0.0) > now:
                return False
            self._alone[kind, mark] = now + seconds
            self._alone.move_to_end((kind, mark))
            while len(self._alone) > REMEMBERED:
                self._alone.popitem(last=False)
            return True
