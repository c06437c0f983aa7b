"""Log lines of a kind are written once a second: a line for each of a thousand strangers' faults fills a disk."""

import logging
import sys
import threading
import time
from collections.abc import Callable

EVERY = 1.0  # seconds
MOST_KINDS = 1000

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OncePerSecond(logging.Filter):
    """Lets one line of a kind pass in `every` seconds; the next one says how many were left out.

    A kind is the place in the code that writes the line and the class of the exception in it.
    """

    def __init__(self, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every, self._clock, self._lock = every, clock, threading.Lock()
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        fault = record.exc_info[0] if record.exc_info else None
        kind = (record.name, record.pathname, record.lineno, fault)
        with self._lock:
            now = self._clock()
            last, left_out = self._seen.get(kind, (float("-inf"), 0))
            if now - last < self._every:
                self._seen[kind] = (last, left_out + 1)
                return False
            if len(self._seen) >= MOST_KINDS:
                self._seen.clear()
            self._seen[kind] = (now, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} [{left_out} more like this left out]", ()
        return True


def log_to_stderr() -> None:
    """Have whatever this process logs from WARNING on written to standard error, through `OncePerSecond`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(OncePerSecond())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
