"""What the WeChat channel keeps. A person is a keyed hash of an openid: nothing here leads back to WeChat's own id.

All workers share it: a message is claimed by one of them, one of them renews the access token, and quotas are
counted over all. The access token comes here sealed; this room cannot read it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self
from uuid import uuid4

from sqlalchemy import JSON, Column, Connection, Index, Integer, String, Table, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.errors import StoreUnavailable
from app.store.database import Database
from app.store.tables import Moment, metadata

WAIT = 2000  # ms for SQLite's lock: several workers claim at the same time, each for about a millisecond
AWAY = 2.0  # s during which a database that failed is left alone
TIDY = 600.0  # s between two looks for what has expired
EVERYBODY = "*"  # whose uses are those of the whole day

people = Table(
    "wechat_people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("facts", JSON, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
)
sessions = Table(
    "wechat_sessions",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("person", String(64), nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("wechat_sessions_person", "person", "last_at"),
)
marks = Table(
    "wechat_marks",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
    Index("wechat_marks_until", "until"),
)
uses = Table(
    "wechat_uses",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("uses", Integer, nullable=False),
)
checks = Table(
    "wechat_checks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("suggest", String(16), nullable=False),
    Column("label", Integer),
    Column("trace_id", String(128)),
    Column("policy", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("wechat_checks_created_at", "created_at"),
)
tokens = Table(
    "wechat_tokens",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("held_until", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Check:
    """What WeChat said of a text (never the text itself), and the policy that was followed."""

    person: str
    suggest: str
    label: int | None
    trace_id: str | None
    policy: Literal["answer", "refuse", "record"]
    created_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class SealedToken:
    """The access token all workers share, as it was sealed; empty where none was ever fetched."""

    sealed: str
    until: datetime


class WechatRecords:
    """The WeChat channel's tables, in the store's database. Safe to use from many threads and processes.

    Every method raises `StoreUnavailable` while the database is away; after a failure the next ones do so at once.
    """

    def __init__(
        self, database: Database, retention: timedelta | None = None, clock: Callable[[], datetime] = now
    ) -> None:
        """Use `WechatRecords.open`."""
        self._database, self._retention, self._clock = database, retention, clock
        self._away_until = self._tidy_at = 0.0

    @classmethod
    def open(
        cls, url: str = "", retention: timedelta | None = None, clock: Callable[[], datetime] = now
    ) -> Self:
        """Does not connect yet. Rows older than `retention` go; None keeps them. Raises `InvalidSetting`."""
        return cls(Database(url), retention, clock)

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def came(self, person: str, facts: Mapping[str, str]) -> None:
        """A person logged in; the facts of the last time are kept."""
        now = self._clock()
        values = {"id": person, "facts": dict(facts), "first_at": now, "last_at": now}
        with self._writing() as connection:
            new = _insert(connection, people).values(values)
            again = {"facts": new.excluded.facts, "last_at": new.excluded.last_at}
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=again))

    def facts(self, person: str) -> Mapping[str, str] | None:
        """What was noted when the person last logged in; None for a stranger."""
        with self._reading() as connection:
            found: Mapping[str, str] | None = connection.scalar(
                select(people.c.facts).where(people.c.id == person)
            )
            return found

    def joined(self, session_id: str, person: str) -> None:
        """The session is this person's. A session keeps its first person."""
        with self._writing() as connection:
            new = _insert(connection, sessions).values(
                session_id=session_id, person=person, last_at=self._clock()
            )
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=["session_id"],
                    set_={"last_at": new.excluded.last_at},
                    where=sessions.c.person == new.excluded.person,
                )
            )

    def sessions_of(self, person: str, limit: int = 20) -> tuple[str, ...]:
        """The person's sessions, the latest first."""
        chosen = (
            select(sessions.c.session_id)
            .where(sessions.c.person == person)
            .order_by(sessions.c.last_at.desc(), sessions.c.session_id)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(connection.scalars(chosen))

    def owns(self, person: str, session_id: str) -> bool:
        """Whether the session is this person's."""
        chosen = select(sessions.c.person).where(sessions.c.session_id == session_id)
        with self._reading() as connection:
            return connection.scalar(chosen) == person

    def forget(self, person: str) -> tuple[str, ...]:
        """Remove what is kept of a person; the ids of the sessions that were theirs."""
        with self._writing() as connection:
            theirs = tuple(
                connection.scalars(select(sessions.c.session_id).where(sessions.c.person == person))
            )
            connection.execute(delete(sessions).where(sessions.c.person == person))
            connection.execute(delete(people).where(people.c.id == person))
            connection.execute(delete(checks).where(checks.c.person == person))
            return theirs

    def claim(self, kind: str, mark: str, seconds: float) -> bool:
        """Whether this is the first time the mark of this kind is seen within so many seconds."""
        now = self._clock()
        with self._writing() as connection:
            self._tidy(connection, now)
            new = _insert(connection, marks).values(
                kind=kind, mark=mark, until=now + timedelta(seconds=seconds)
            )
            claimed = new.on_conflict_do_update(
                index_elements=["kind", "mark"],
                set_={"until": new.excluded.until},
                where=marks.c.until <= now,
            ).returning(marks.c.mark)
            return connection.execute(claimed).first() is not None

    def release(self, kind: str, mark: str) -> None:
        """The claim is given back: what it stood for was not done."""
        with self._writing() as connection:
            connection.execute(delete(marks).where(marks.c.kind == kind, marks.c.mark == mark))

    def use(self, day: str, person: str) -> int:
        """Count one use by a person (or `EVERYBODY`) on a day; which one of the day it was, from 1."""
        with self._writing() as connection:
            new = _insert(connection, uses).values(day=day, person=person, uses=1)
            counted = new.on_conflict_do_update(
                index_elements=["day", "person"], set_={"uses": uses.c.uses + 1}
            ).returning(uses.c.uses)
            return int(connection.execute(counted).scalar_one())

    def record_check(self, check: Check) -> None:
        """Keep what WeChat said of a text."""
        with self._writing() as connection:
            connection.execute(checks.insert(), asdict(check))

    def checks(self, limit: int = 100) -> tuple[Check, ...]:
        """The latest checks, newest first."""
        chosen = select(checks).order_by(checks.c.created_at.desc(), checks.c.id).limit(limit)
        with self._reading() as connection:
            return tuple(Check(**row) for row in connection.execute(chosen).mappings())

    def token(self, account: str) -> SealedToken:
        """The access token as it was last saved."""
        with self._reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.id == account)).mappings().first()
        return SealedToken(row["sealed"], row["until"]) if row else SealedToken("", _long_ago())

    def hold(self, account: str, holder: str, seconds: float) -> bool:
        """Whether the holder is now the only one to renew the token; for so many seconds, then it lapses."""
        now = self._clock()
        until = now + timedelta(seconds=seconds)
        with self._writing() as connection:
            new = _insert(connection, tokens).values(
                id=account, sealed="", until=_long_ago(), holder=holder, held_until=until
            )
            held = new.on_conflict_do_update(
                index_elements=["id"],
                set_={"holder": holder, "held_until": until},
                where=(tokens.c.held_until <= now) | (tokens.c.holder == holder),
            ).returning(tokens.c.id)
            return connection.execute(held).first() is not None

    def renew(self, account: str, holder: str, sealed: str, until: datetime) -> None:
        """Save a new token and let go, if the holder still holds it."""
        self._change(account, holder, sealed=sealed, until=until, holder="", held_until=_long_ago())

    def let_go(self, account: str, holder: str) -> None:
        """Give up renewing."""
        self._change(account, holder, holder="", held_until=_long_ago())

    def _change(self, account: str, held_by: str, **columns: Any) -> None:
        mine = (tokens.c.id == account) & (tokens.c.holder == held_by)
        with self._writing() as connection:
            connection.execute(update(tokens).where(mine).values(**columns))

    def _tidy(self, connection: Connection, now: datetime) -> None:
        """Now and then, remove what has expired."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + TIDY
        connection.execute(delete(marks).where(marks.c.until <= now))
        connection.execute(delete(uses).where(uses.c.day < (now - timedelta(days=2)).date().isoformat()))
        if self._retention is not None:
            for moment in (people.c.last_at, sessions.c.last_at, checks.c.created_at):
                connection.execute(delete(moment.table).where(moment < now - self._retention))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._trying(), self._database.writing(WAIT) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._trying(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _trying(self) -> Iterator[None]:
        if time.monotonic() < self._away_until:
            raise StoreUnavailable("数据库暂时不能使用")
        try:
            self._database.prepare()
            yield
        except StoreUnavailable:
            self._away_until = time.monotonic() + AWAY
            raise


def _insert(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what to do on a conflict, in the words of this database."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _long_ago() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)
