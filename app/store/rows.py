"""The statements: rows in, rows out, each over a connection whose transaction belongs to the caller."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, case, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import false

from app.store.columns import feedback_columns, feedback_of, turn_columns, turn_of
from app.store.tables import feedback, sessions, turns
from app.store.turn import Feedback, Purged, Row, Turn

PIECE = 500  # rows removed at a time, so that a purge never holds others up for long


def write_rows(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert what is not there yet: the same rows may come again after a connection broke in mid-commit."""
    _write_turns(connection, _new(connection, turns, [row for row in rows if isinstance(row, Turn)]))
    told = _spoken(connection, [row for row in rows if isinstance(row, Feedback)])
    if told:
        connection.execute(insert(feedback), [feedback_columns(row) for row in told])


def _spoken(connection: Connection, rows: Sequence[Feedback]) -> list[Feedback]:
    """The feedback to write, the last of each voice; what a voice said before is removed."""
    last = {row.id: row for row in sorted(rows, key=lambda row: row.created_at)}
    if last:
        known = select(feedback.c.id, feedback.c.created_at).where(feedback.c.id.in_(list(last)))
        for number, moment in connection.execute(known).all():
            if moment >= last[number].created_at:
                del last[number]
        connection.execute(delete(feedback).where(feedback.c.id.in_(list(last))))
    return list(last.values())


def _new(connection: Connection, table: Table, rows: Sequence[Any]) -> list[Any]:
    by_id = {row.id: row for row in rows}
    if by_id:
        for known in connection.scalars(select(table.c.id).where(table.c.id.in_(list(by_id)))):
            del by_id[known]
    return list(by_id.values())


def _write_turns(connection: Connection, new: Sequence[Turn]) -> None:
    if not new:
        return
    by_session: dict[str, list[Turn]] = defaultdict(list)
    for turn in new:
        by_session[turn.session_id].append(turn)
    last = _count_up(connection, by_session)
    connection.execute(
        insert(turns),
        [
            turn_columns(turn) | {"number": number}
            for session_id, said in by_session.items()
            for number, turn in enumerate(said, last[session_id] - len(said) + 1)
        ],
    )


def _count_up(connection: Connection, by_session: dict[str, list[Turn]]) -> dict[str, int]:
    """The last number of each session, once its counter has gone up by the turns that are to be written.

    The counter's row stays locked until the transaction ends, so no two turns share a number. The sessions are
    taken in the order of their ids: two processes that lock several never wait for each other in a circle.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = make(sessions)
    later = case((new.excluded.last_at > sessions.c.last_at, new.excluded.last_at), else_=sessions.c.last_at)
    counted = new.on_conflict_do_update(
        index_elements=["id"], set_={"turns": sessions.c.turns + new.excluded.turns, "last_at": later}
    ).returning(sessions.c.id, sessions.c.turns)
    values = [
        {
            "id": session_id,
            "channel": said[0].channel,
            "created_at": min(turn.created_at for turn in said),
            "last_at": max(turn.created_at for turn in said),
            "turns": len(said),
        }
        for session_id, said in sorted(by_session.items())
    ]
    return {row.id: row.turns for row in connection.execute(counted, values)}


def read_turns(connection: Connection, session_id: str, limit: int | None = None) -> tuple[Turn, ...]:
    """The last `limit` turns of a session (all where None), oldest first."""
    chosen = (
        select(turns).where(turns.c.session_id == session_id).order_by(turns.c.number.desc()).limit(limit)
    )
    return tuple(turn_of(dict(row)) for row in reversed(connection.execute(chosen).mappings().all()))


def knows_answer(connection: Connection, answer_id: str, session_id: str | None = None) -> bool:
    """Whether some turn, of that session where one is named, holds this answer."""
    mine = () if session_id is None else (turns.c.session_id == session_id,)
    return bool(connection.scalar(select(exists().where(turns.c.answer_id == answer_id, *mine))))


def read_feedback(connection: Connection, session_id: str) -> tuple[Feedback, ...]:
    """A session's own feedback, oldest first."""
    chosen = select(feedback).where(_only_of(session_id)).order_by(feedback.c.created_at, feedback.c.id)
    return tuple(feedback_of(dict(row)) for row in connection.execute(chosen).mappings())


def forget_session(connection: Connection, session_id: str) -> Purged:
    """Remove a session with its turns and its own feedback."""
    told = connection.execute(delete(feedback).where(_only_of(session_id))).rowcount
    said = connection.execute(delete(turns).where(turns.c.session_id == session_id)).rowcount
    gone = connection.execute(delete(sessions).where(sessions.c.id == session_id)).rowcount
    return Purged(said, told, gone)


def _only_of(session_id: str) -> Any:
    """Feedback on answers of this session that no other session was given: one answer's id may be in many."""
    here = exists().where(turns.c.answer_id == feedback.c.answer_id, turns.c.session_id == session_id)
    elsewhere = exists().where(turns.c.answer_id == feedback.c.answer_id, turns.c.session_id != session_id)
    return here & ~elsewhere


def purge_piece(connection: Connection, before: datetime) -> Purged:
    """Remove at most `PIECE` rows of each table that are older than the moment; sessions once they are empty."""
    empty = (sessions.c.last_at < before) & ~exists().where(turns.c.session_id == sessions.c.id)
    return Purged(
        turns=_remove(connection, turns, turns.c.created_at < before),
        feedback=_remove(connection, feedback, feedback.c.created_at < before),
        sessions=_remove(connection, sessions, empty),
    )


def _remove(connection: Connection, table: Table, where: Any) -> int:
    oldest = select(table.c.id).where(where).limit(PIECE)
    return connection.execute(delete(table).where(table.c.id.in_(oldest))).rowcount


def try_to_write(connection: Connection) -> None:
    """Change nothing, in a way that a database which refuses changes refuses."""
    connection.execute(update(sessions).where(false()).values(turns=0))
