"""All that is kept of one session, wherever it is kept: read, removed on request, removed after its time.

Turns and feedback, gaps with their tickets, calls, and whose WeChat session it was. Statements over a connection whose
transaction belongs to the caller.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store.calls import Call, calls, purge_calls, read_calls
from app.store.gap import Gap
from app.store.gap_rows import forget_gaps, purge_gaps
from app.store.gap_tables import gap_of, gaps
from app.store.rows import forget_session, purge_piece, read_feedback, read_turns
from app.store.turn import Feedback, Purged, Turn
from app.store.wechat import sessions as wechat_sessions


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that is kept of one session, each in order; feedback on answers that nobody else was given."""

    session_id: str
    turns: tuple[Turn, ...]
    feedback: tuple[Feedback, ...]
    gaps: tuple[Gap, ...] = ()
    calls: tuple[Call, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.turns or self.feedback or self.gaps or self.calls)


def read_transcript(connection: Connection, session_id: str) -> Transcript:
    """All that is kept of a session; empty where there is no such session."""
    asked = select(gaps).where(gaps.c.session_id == session_id).order_by(gaps.c.created_at, gaps.c.id)
    return Transcript(
        session_id,
        read_turns(connection, session_id),
        read_feedback(connection, session_id),
        tuple(gap_of(dict(row)) for row in connection.execute(asked).mappings()),
        read_calls(connection, session_id),
    )


def forget_everywhere(connection: Connection, session_id: str) -> Purged:
    """Remove all of it; how many rows of each kind there were."""
    asked = forget_gaps(connection, session_id)
    held = connection.execute(delete(calls).where(calls.c.session_id == session_id)).rowcount
    connection.execute(delete(wechat_sessions).where(wechat_sessions.c.session_id == session_id))
    return forget_session(connection, session_id) + Purged(gaps=asked, calls=held)


def purge_everywhere(connection: Connection, before: datetime) -> Purged:
    """Remove a piece of what is older than the moment; nothing once there is no more."""
    return purge_piece(connection, before) + Purged(
        gaps=purge_gaps(connection, before), calls=purge_calls(connection, before)
    )
