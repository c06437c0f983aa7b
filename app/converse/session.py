"""What a conversation remembers: the last turns of each session, bounded, in this process."""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from app.answer import Answer

SESSIONS = 10_000
TURNS = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what was said, the whole question it was taken for, and the answer."""

    utterance: str
    question: str
    answer: Answer


class Sessions:
    """The turns of recent sessions. An unknown or expired id begins a new session."""

    def __init__(self, sessions: int = SESSIONS, turns: int = TURNS) -> None:
        self._most, self._turns = sessions, turns
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, session_id: str | None) -> tuple[str, tuple[Turn, ...]]:
        """The session of that id and its turns, oldest first; a new one where the id is not known."""
        with self._lock:
            if session_id is not None and session_id in self._kept:
                return session_id, self._kept[session_id]
        return secrets.token_urlsafe(16), ()

    def add(self, session_id: str, turn: Turn) -> None:
        """Remember a turn; the oldest turns and the sessions unused for longest are forgotten."""
        with self._lock:
            self._kept[session_id] = (*self._kept.get(session_id, ()), turn)[-self._turns :]
            self._kept.move_to_end(session_id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
