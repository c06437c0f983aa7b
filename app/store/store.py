"""The front of the store: record a turn, read a session back."""

import atexit
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, takewhile
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from app.clock import now
from app.errors import AnswerNotFound, NotKept, SessionNotFound, StoreUnavailable
from app.settings import ROOT
from app.store.database import Database
from app.store.mask import mask, mask_optional
from app.store.personal import Transcript, forget_everywhere, read_transcript
from app.store.recent import Recent
from app.store.retention import Retention, purge
from app.store.rows import knows_answer, read_turns
from app.store.spool import Spool
from app.store.turn import Feedback, Health, Purged, Row, Turn, voice
from app.store.writer import Writer

FLUSH = 10.0  # s
READ_AGAIN = 2.0  # s during which a database that could not be read is left alone
SPOOL = ROOT / "data" / "spool"
SPOOL_LIMIT = 16 * 1024 * 1024  # bytes
IDLE = timedelta(hours=2)

_T = TypeVar("_T")


class Store:
    """Conversations and feedback, shared by all workers through one database. Safe to use from many threads.

    When `record` and `feedback` return, what they were given is on a disk: it outlives this process and a power
    failure. A thread writes it, rows that come at the same time in one commit. While the database is down, locked,
    read-only or full, rows go to the spool and are written later; other processes see them only then.
    """

    def __init__(
        self, database: Database, writer: Writer, recent: Recent, idle: timedelta, durable: bool
    ) -> None:
        """Use `Store.open`."""
        self._database, self._writer, self._recent, self._idle = database, writer, recent, idle
        self._durable = durable
        self._unread_until = 0.0
        atexit.register(self.close)

    @classmethod
    def open(
        cls,
        url: str = "",
        *,
        spool: Path = SPOOL,
        spool_limit: int = SPOOL_LIMIT,
        idle: timedelta = IDLE,
        retention: timedelta | None = None,
        durable: bool = True,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Open the database of this URL (empty: a SQLite file of this machine) and bring its tables up to date.

        A database that is away does not stop this: see `health`. `spool` is a folder of at most `spool_limit`
        bytes, which are held on its disk from the start. A session is over when nothing was asked for `idle`. Rows
        older than `retention` are purged about once an hour; None keeps all. Where it is not `durable`, `record` and
        `feedback` return at once, the last rows die with the process, and one that finds no room is only counted.

        Raises:
            InvalidSetting: the URL can never be used.
        """
        database, recent = Database(url), Recent()
        tidy = Retention(database, retention, clock).tidy
        return cls(database, Writer(database, Spool(spool, spool_limit), recent, tidy), recent, idle, durable)

    def record(self, turn: Turn) -> None:
        """Keep a turn, personal numbers and addresses masked. Raises `NotKept`; the turn is not in the session then."""
        masked = replace(
            turn, question=mask(turn.question), interpreted_as=mask(turn.interpreted_as), number=0
        )
        try:
            self._keep(masked)
        except NotKept:
            self._recent.withdraw(masked)
            raise

    def history(self, session_id: str, limit: int = 20) -> tuple[Turn, ...]:
        """The last turns of a session, oldest first; none where there is no such session.

        A turn that waits to be written has the number it will get unless another process writes first. While the
        database cannot be read, only what this process remembers is there.
        """
        remembered, unwritten = self._recent.of(session_id)
        try:
            rows = self._read(lambda connection: read_turns(connection, session_id, limit))
        except StoreUnavailable:
            return _continued((), remembered)[-limit:]
        known = {turn.id for turn in rows}
        # Written since they were looked up are those in the rows, and all before them, which may be too old for these.
        waiting = list(takewhile(lambda turn: turn.id not in known, reversed(unwritten)))
        return _continued(rows, waiting[::-1])[-limit:]

    def resume(
        self, session_id: str, now: datetime, *, channel: str | None = None, limit: int = 20
    ) -> tuple[Turn, ...] | None:
        """The last turns of a session that can go on; None when it is unknown, over, or of another channel.

        With None, begin a new session. A clock that went back does not end a session.
        """
        said = self.history(session_id, limit)
        if not said or now - said[-1].created_at > self._idle:
            return None
        return None if channel is not None and said[-1].channel != channel else said

    def feedback(self, feedback: Feedback, session_id: str | None = None) -> None:
        """Keep what a person said of an answer, masked; accepted unseen while the database is away.

        The same question gives everybody the same answer: `session_id` names the session that got it, whose last word on
        it counts. Without, it is taken as one more voice, which only a caller who is trusted should have.

        Raises:
            AnswerNotFound: no such answer is kept, or that session did not get it. NotKept: there is no room for it.
        """
        if session_id:
            feedback = replace(feedback, id=voice(session_id, feedback.answer_id))
        if not self._may_know(feedback.answer_id, session_id):
            shown = feedback.answer_id[:40]
            raise AnswerNotFound(f"没有编号为“{shown}”的答复，请填写提问时得到的 answer_id。")
        self._keep(
            replace(feedback, reason=mask_optional(feedback.reason), comment=mask_optional(feedback.comment))
        )

    def export(self, session_id: str) -> Transcript:
        """All that is kept of a session. Raises `SessionNotFound` and `StoreUnavailable`."""
        with self._settled("导出会话"), self._database.reading() as connection:
            transcript = read_transcript(connection, session_id)
        if not transcript:
            raise _no_session(session_id)
        return transcript

    def forget(self, session_id: str) -> Purged:
        """Remove all that is kept of a session. Raises `SessionNotFound` and `StoreUnavailable`."""
        with self._settled("删除会话"), self._database.writing() as connection:
            removed = forget_everywhere(connection, session_id)
        self._recent.forget(session_id)
        if removed == Purged():
            raise _no_session(session_id)
        return removed

    def purge(self, before: datetime) -> Purged:
        """Remove what is older than an aware moment. Raises `StoreUnavailable`."""
        with self._settled("清理旧记录"):
            return purge(self._database, before)

    def flush(self, timeout: float = FLUSH) -> bool:
        """Wait until all that was recorded is in the database; whether it is after so many seconds."""
        return self._writer.flush(timeout)

    def health(self) -> Health:
        """Whether rows reach the database. Nothing is asked of it: the answer comes at once."""
        return self._writer.health()

    def close(self) -> None:
        """Write what was recorded, or put it into the spool, and stop."""
        atexit.unregister(self.close)
        self._writer.close(FLUSH)
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep(self, row: Row) -> None:
        ticket = self._writer.put(row)
        if self._durable and not self._writer.is_kept(ticket):
            raise NotKept(
                "数据库和暂存文件夹现在都写不进去，没有能存下这次的记录，所以没有答复；请稍后再试，"
                "并请管理员检查磁盘空间和数据库（/readyz 写明了原因）。"
            )

    def _may_know(self, answer_id: str, session_id: str | None) -> bool:
        # Memory first: a turn that is written in between is found in one of the two.
        if session_id is not None:
            if any(turn.answer_id == answer_id for turn in self._recent.of(session_id)[0]):
                return True
        elif self._recent.knows_answer(answer_id) or self._writer.behind():
            return True
        try:
            return self._read(lambda connection: knows_answer(connection, answer_id, session_id))
        except StoreUnavailable:
            return True

    def _read(self, work: Callable[[Connection], _T]) -> _T:
        """What the work returns. After a failure the next ones come at once: nobody waits for a timeout twice."""
        if time.monotonic() < self._unread_until:
            raise StoreUnavailable("数据库暂时不能使用")
        try:
            with self._database.reading() as connection:
                return work(connection)
        except StoreUnavailable:
            self._unread_until = time.monotonic() + READ_AGAIN
            raise

    @contextmanager
    def _settled(self, purpose: str) -> Iterator[None]:
        """All recorded rows are in the database, so that none comes after what is done now."""
        try:
            if not self.flush():
                raise StoreUnavailable("还有记录没有写入数据库")
            yield
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{error}，现在不能{purpose}，请在数据库恢复后再试。") from None


def _continued(rows: Sequence[Turn], waiting: Sequence[Turn]) -> tuple[Turn, ...]:
    numbers = count(rows[-1].number + 1 if rows else 1)
    return (*rows, *(replace(turn, number=number) for turn, number in zip(waiting, numbers, strict=False)))


def _no_session(session_id: str) -> SessionNotFound:
    return SessionNotFound(f"没有编号为“{session_id[:40]}”的会话，它可能已被清理，请检查编号。")
