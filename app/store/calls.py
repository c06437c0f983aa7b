"""The calls of the hotline: what the caller asked, what the clerk was shown, what was said, and how it ended.

Whose call may be seen and changed is decided here, for every way in: a clerk's own; editors and above see all. Nobody
changes a call of somebody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    String,
    Table,
    Text,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from app.clock import now
from app.errors import CallNotFound
from app.store.audit import deed, write_audit
from app.store.database import Database
from app.store.mask import mask
from app.store.person import Person, Role
from app.store.tables import Moment, metadata

QUESTION, SAID, NOTES = 500, 4000, 4000  # characters that are kept
LONGEST = timedelta(hours=2)  # nobody talks for longer: such a call was left open
MOST_SHOWN = 200  # things shown that a call remembers
PIECE = 500  # calls past their time that go at once

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", String(32), nullable=False),
    Column("person_name", String, nullable=False),
    Column("department", String, nullable=False),
    Column("session_id", String),
    Column("question", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("outcome", String(16)),
    Column("shown", JSON, nullable=False),
    Column("gap_id", String(32)),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("calls_person_id", "person_id", "started_at"),
    Index("calls_started_at", "started_at"),
    Index("calls_session_id", "session_id"),
)


class Outcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    NOT_STATED = "not_stated"
    TRANSFERRED = "transferred"
    DROPPED = "dropped"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As it is shown: 已解答, 未载明, 转办, 挂断, 其他."""
        return _LABELS[self]


_LABELS = {
    Outcome.ANSWERED: "已解答",
    Outcome.NOT_STATED: "未载明",
    Outcome.TRANSFERRED: "转办",
    Outcome.DROPPED: "挂断",
    Outcome.OTHER: "其他",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer or a clause the clerk had in hand. `how` is shown, pinned, copied, spoken or opened; `title` is for people.

    `question` is what was asked then, masked; `status` is the answer's, empty for a clause.
    """

    kind: str
    id: str
    how: str
    title: str = ""
    question: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Open while `ended_at` is None; `outcome` is None where nobody has said how it ended."""

    person_id: str
    person_name: str
    department: str
    started_at: datetime
    question: str = ""
    said: str = ""
    notes: str = ""
    outcome: Outcome | None = None
    shown: tuple[Shown, ...] = ()
    session_id: str | None = None
    gap_id: str | None = None
    ended_at: datetime | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are wanted: begun within `since <= started_at < until`; None and empty ask for all.

    All of `words` stand in the question, in what was said or in the notes.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    person_id: str = ""
    outcome: Outcome | None = None


class Calls:
    """The calls, in the store's database. Every method raises `StoreUnavailable` while it is away.

    What people typed is masked before it is written.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database, self._clock = database, clock

    def begin(self, by: Person, question: str = "", address: str = "") -> Call:
        """A new call; one that the person still had open is over, as of its beginning where it was long forgotten."""
        now = self._clock()
        begun = Call(by.id, by.name, by.department, now, _kept(question, QUESTION))
        self._database.prepare()
        with self._database.writing() as connection:
            left = update(calls).where(calls.c.person_id == by.id, calls.c.ended_at.is_(None))
            forgotten = case((calls.c.started_at < now - LONGEST, calls.c.started_at), else_=now)
            connection.execute(left.values(ended_at=forgotten))
            connection.execute(insert(calls), asdict(begun) | {"shown": []})
            write_audit(connection, deed("开始通话", by, begun.id, address=address))
        return begun

    def current(self, by: Person) -> Call | None:
        """The person's open call, unless it was forgotten."""
        lately = calls.c.started_at >= self._clock() - LONGEST
        chosen = select(calls).where(calls.c.person_id == by.id, calls.c.ended_at.is_(None), lately)
        rows = self._rows(chosen.order_by(calls.c.started_at.desc()).limit(1))
        return _call(rows[0]) if rows else None

    def call(self, call_id: str, viewer: Person) -> Call:
        """A call the viewer may see. Raises `CallNotFound` also for one that they may not."""
        rows = self._rows(select(calls).where(calls.c.id == call_id[:32], _seen_by(viewer)))
        if not rows:
            raise _no_call(call_id)
        return _call(rows[0])

    def note(
        self,
        call_id: str,
        by: Person,
        *,
        question: str | None = None,
        said: str | None = None,
        notes: str | None = None,
        session_id: str | None = None,
        gap_id: str | None = None,
        address: str = "",
    ) -> Call:
        """Write down what is given. Raises `CallNotFound` unless the call is the person's own."""
        given = {"question": question, "said": said, "notes": notes}
        limits = {"question": QUESTION, "said": SAID, "notes": NOTES}
        values: dict[str, Any] = {
            name: _kept(text, limits[name]) for name, text in given.items() if text is not None
        }
        values |= {name: value for name, value in (("session_id", session_id), ("gap_id", gap_id)) if value}
        return self._change(call_id, by, lambda call: replace(call, **values), address)

    def show(self, call_id: str, by: Person, shown: Sequence[Shown]) -> Call:
        """Remember what the clerk had in hand, each once. Raises as `note` does."""
        masked = [_masked(each) for each in shown]

        def seen(call: Call) -> Call:
            return replace(call, shown=tuple(dict.fromkeys((*call.shown, *masked)))[:MOST_SHOWN])

        return self._change(call_id, by, seen)

    def end(self, call_id: str, by: Person, outcome: Outcome | None, address: str = "") -> Call:
        """The call is over, or how it ended is put right. Raises as `note` does."""
        now = self._clock()

        def over(call: Call) -> Call:
            return replace(call, outcome=outcome, ended_at=call.ended_at or now)

        return self._change(call_id, by, over, address)

    def find(
        self, viewer: Person, wanted: CallFilter = CallFilter(), *, offset: int = 0, limit: int = 50
    ) -> tuple[Call, ...]:
        """The calls that are wanted and that the viewer may see, newest first."""
        chosen = select(calls).where(*_chosen(viewer, wanted))
        newest = chosen.order_by(calls.c.started_at.desc(), calls.c.id).offset(offset).limit(limit)
        return tuple(_call(row) for row in self._rows(newest))

    def count(self, viewer: Person, wanted: CallFilter = CallFilter()) -> int:
        """How many calls `find` would find without a limit."""
        chosen = select(func.count().label("n")).select_from(calls).where(*_chosen(viewer, wanted))
        return int(self._rows(chosen)[0]["n"])

    def callers(self, viewer: Person) -> tuple[tuple[str, str], ...]:
        """Who took the calls that the viewer may see: id and name, by name."""
        chosen = select(calls.c.person_id, func.max(calls.c.person_name).label("name")).where(
            _seen_by(viewer)
        )
        rows = self._rows(chosen.group_by(calls.c.person_id))
        return tuple(sorted(((row["person_id"], row["name"]) for row in rows), key=lambda pair: pair[1]))

    def _change(self, call_id: str, by: Person, change: Callable[[Call], Call], address: str = "") -> Call:
        """Change a call of the person's own under its lock; that it ended, and what is changed after, is put on record."""
        own = (calls.c.id == call_id[:32]) & (calls.c.person_id == by.id)
        self._database.prepare()
        with self._database.writing() as connection:
            row = connection.execute(select(calls).where(own).with_for_update()).mappings().first()
            if row is None:
                raise _no_call(call_id)
            before = _call(dict(row))
            after = change(before)
            if after != before:
                connection.execute(update(calls).where(own).values(_columns(after)))
                if after.ended_at is not None and after.shown == before.shown:
                    action = "结束通话" if before.ended_at is None else "更正通话"
                    detail = after.outcome.label if after.outcome else ""
                    write_audit(connection, deed(action, by, after.id, detail, address))
        return after

    def _rows(self, chosen: Any) -> list[dict[str, Any]]:
        self._database.prepare()
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]


def read_calls(connection: Connection, session_id: str) -> tuple[Call, ...]:
    """The calls in which a session was held, oldest first."""
    chosen = select(calls).where(calls.c.session_id == session_id).order_by(calls.c.started_at, calls.c.id)
    return tuple(_call(dict(row)) for row in connection.execute(chosen).mappings())


def purge_calls(connection: Connection, before: datetime) -> int:
    """Remove at most `PIECE` calls that began before the moment; how many went."""
    old = select(calls.c.id).where(calls.c.started_at < before).limit(PIECE)
    return connection.execute(delete(calls).where(calls.c.id.in_(old))).rowcount


def _seen_by(viewer: Person) -> ColumnElement[bool]:
    return calls.c.person_id.is_not(None) if viewer.may(Role.EDITOR) else calls.c.person_id == viewer.id


def _chosen(viewer: Person, wanted: CallFilter) -> list[ColumnElement[bool]]:
    where = [_seen_by(viewer)]
    if wanted.since is not None:
        where.append(calls.c.started_at >= wanted.since)
    if wanted.until is not None:
        where.append(calls.c.started_at < wanted.until)
    if wanted.person_id:
        where.append(calls.c.person_id == wanted.person_id[:32])
    if wanted.outcome is not None:
        where.append(calls.c.outcome == wanted.outcome.value)
    for word in mask(wanted.words).split()[:10]:
        told = (calls.c.question, calls.c.said, calls.c.notes)
        where.append(or_(*(column.icontains(word, autoescape=True) for column in told)))
    return where


def _kept(text: str, limit: int) -> str:
    return mask(text)[:limit].strip()


def _masked(shown: Shown) -> Shown:
    kept = {name: _kept(value, QUESTION) for name, value in asdict(shown).items()}
    return Shown(**kept)


def _columns(call: Call) -> dict[str, Any]:
    columns = asdict(call) | {"shown": [asdict(each) for each in call.shown]}
    del columns["id"]
    return columns


def _call(row: dict[str, Any]) -> Call:
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    return Call(**{**row, "outcome": outcome, "shown": tuple(Shown(**each) for each in row["shown"])})


def _no_call(call_id: str) -> CallNotFound:
    return CallNotFound(f"没有编号为“{call_id[:40]}”的通话，或它不是您接的，请从通话记录中选择。")
