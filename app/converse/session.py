"""What a conversation remembers, and where: the store, or this process alone."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.answer import Status
from app.store import CitedSpan, Turn

SESSIONS = 1000
TURNS = 6


@dataclass(frozen=True, slots=True)
class Past:
    """The last turn on the topic, as a follow-up needs it: the whole question, how it was answered, what was quoted and from which
    document first; and `entries`, what the last turn quoted that quoted several things, which places are counted in.
    """

    question: str
    status: Status
    quotes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    document_id: str | None = None
    entries: tuple[str, ...] = ()


class Memory(Protocol):
    """Keeps turns; `app.store.Store` is one."""

    def resume(
        self, session_id: str, now: datetime, *, channel: str | None = None, limit: int = 20
    ) -> tuple[Turn, ...] | None:
        """The turns of a session that can go on, oldest first, or None."""
        ...

    def record(self, turn: Turn) -> None:
        """Keep a turn. Raises `NotKept` where that cannot be."""
        ...


class Sessions:
    """The last turns of the last sessions, in this process: for the command line and for tests."""

    def __init__(self, sessions: int = SESSIONS, turns: int = TURNS) -> None:
        self._most, self._turns = sessions, turns
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def resume(
        self, session_id: str, now: datetime, *, channel: str | None = None, limit: int = TURNS
    ) -> tuple[Turn, ...] | None:
        """The turns of a session that is still known."""
        with self._lock:
            return self._kept.get(session_id)

    def record(self, turn: Turn) -> None:
        """Remember a turn; the oldest turns and the sessions unused for longest are forgotten."""
        with self._lock:
            self._kept[turn.session_id] = (*self._kept.get(turn.session_id, ()), turn)[-self._turns :]
            self._kept.move_to_end(turn.session_id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def past_of(turns: tuple[Turn, ...], quote: Callable[[CitedSpan], tuple[str, str] | None]) -> Past | None:
    """The last turn that was not out of scope; `quote` gives document and words of a span, or None where its clause is gone."""
    turn = next((turn for turn in reversed(turns) if turn.status != "out_of_scope"), None)
    if turn is None:
        return None
    quoted = _told(turn, quote)
    listed = next((each for each in reversed(turns) if len(each.citations) > 1), None)
    return Past(
        turn.interpreted_as,
        turn.status,
        tuple(words for _, words in quoted),
        turn.options,
        quoted[0][0] if quoted else None,
        tuple(words for _, words in _told(listed, quote)) if listed else (),
    )


def _told(turn: Turn, quote: Callable[[CitedSpan], tuple[str, str] | None]) -> list[tuple[str, str]]:
    return [told for span in turn.citations if (told := quote(span)) is not None]
