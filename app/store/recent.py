"""What this process recorded lately, in memory: seen before it is written, and while the database is away."""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable

from app.store.turn import Row, Turn

SESSIONS = 2000  # more than the writer's queue holds rows
TURNS = 20  # of one session
UNWRITTEN = 200  # of one session, while the database is away


class Recent:
    """The last turns of the last sessions. Turns not known to be in the database are marked as unwritten."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, deque[Turn]] = OrderedDict()
        self._unwritten: dict[str, str] = {}  # the turn's id: its answer's id
        self._lock = threading.Lock()

    def add(self, turn: Turn) -> None:
        """Remember a turn that is about to be written."""
        with self._lock:
            said = self._sessions.setdefault(turn.session_id, deque())
            self._sessions.move_to_end(turn.session_id)
            if len(said) == UNWRITTEN:
                self._drop([said.popleft()])
            said.append(turn)
            self._unwritten[turn.id] = turn.answer_id
            while len(said) > TURNS and said[0].id not in self._unwritten:
                said.popleft()
            while len(self._sessions) > SESSIONS:
                _, forgotten = self._sessions.popitem(last=False)
                self._drop(forgotten)

    def withdraw(self, turn: Turn) -> None:
        """Forget a turn that could not be kept."""
        with self._lock:
            self._drop([turn])
            said = self._sessions.get(turn.session_id, deque())
            self._sessions[turn.session_id] = deque(one for one in said if one.id != turn.id)

    def written(self, rows: Iterable[Row]) -> None:
        """These rows are in the database."""
        with self._lock:
            self._drop(rows)

    def all_written(self) -> None:
        """Nothing waits anywhere."""
        with self._lock:
            self._unwritten.clear()

    def of(self, session_id: str) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
        """The turns of a session that are remembered, and those of them that are unwritten, oldest first."""
        with self._lock:
            said = tuple(self._sessions.get(session_id, ()))
            return said, tuple(turn for turn in said if turn.id in self._unwritten)

    def knows_answer(self, answer_id: str) -> bool:
        """Whether an unwritten turn holds this answer."""
        with self._lock:
            return answer_id in self._unwritten.values()

    def forget(self, session_id: str) -> None:
        """Drop a session."""
        with self._lock:
            self._drop(self._sessions.pop(session_id, ()))

    def _drop(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._unwritten.pop(row.id, None)
