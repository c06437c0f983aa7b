"""Who is signed in, and how often signing in failed: in the database, so that all processes agree.

Of a session's token only a digest is kept: it is 256 random bits, so a plain SHA-256 cannot be searched. What was
typed as an account is kept as a digest too: people type their password into the wrong field.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.errors import StoreUnavailable
from app.store.database import Database
from app.store.people_tables import failures, people, person_of, sign_ins
from app.store.person import Person, folded

SEEN = timedelta(seconds=60)  # how exactly the last use is known: not every request is a write
_AGENT = 200  # characters of a browser's name that are kept


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser in which a person is signed in, without its secret."""

    id: str
    person_id: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends, and how many failures lock what for how long: an account for one address, an account for all
    addresses where its person never signed in, an address for all accounts.
    """

    idle: timedelta = timedelta(minutes=60)
    longest: timedelta = timedelta(hours=12)
    per_account: int = 5
    per_account_everywhere: int = 50
    per_address: int = 100
    lock: timedelta = timedelta(minutes=15)


# Asked at every request, so it is put together once.
_FIND = (
    select(people, *(each.label(f"sign_in_{each.name}") for each in sign_ins.c))
    .join_from(sign_ins, people, people.c.id == sign_ins.c.person_id)
    .where(sign_ins.c.digest == bindparam("token"), people.c.disabled_at.is_(None))
)


def digest_of(token: str) -> str:
    """SHA-256 of a token, in hex."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def csrf_of(token: str) -> str:
    """What a form must bring along: only who holds the session's token can know it."""
    return sha256(b"csrf\0" + token.encode("utf-8", "replace")).hexdigest()


class SignIns:
    """The sessions and the failures, in the store's database. Safe to use from many threads and processes.

    Every method raises `StoreUnavailable` while the database is away.
    """

    def __init__(
        self, database: Database, limits: Limits | None = None, clock: Callable[[], datetime] = now
    ) -> None:
        self._database, self._clock = database, clock
        self.limits = limits or Limits()

    def open(self, person: Person, address: str = "", agent: str = "") -> str:
        """A new session; its token, which is not kept and cannot be told again."""
        token, now = secrets.token_urlsafe(32), self._clock()
        values = {
            "id": uuid4().hex, "person_id": person.id, "digest": digest_of(token), "address": address[:64],
            "agent": "".join(each for each in agent if each.isprintable())[:_AGENT], "created_at": now,
            "seen_at": now, "expires_at": now + self.limits.longest,
        }  # fmt: skip
        self._database.prepare()
        with self._database.writing() as connection:
            connection.execute(delete(sign_ins).where(self._is_over(now)))
            connection.execute(delete(failures).where(failures.c.since < now - 2 * self.limits.lock))
            connection.execute(insert(sign_ins), values)
        return token

    def find(self, token: str) -> tuple[Person, SignIn] | None:
        """Whose session it is; None where it is unknown, over, or its person is disabled."""
        now = self._clock()
        self._database.prepare()
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"token": digest_of(token)}).mappings().first()
        if row is None:
            return None
        session = SignIn(**{name: row[f"sign_in_{name}"] for name in SignIn.__slots__})
        if session.expires_at <= now or session.seen_at + self.limits.idle <= now:
            return None
        self._see(session, now)
        return person_of({name: row[name] for name in people.c.keys()}), session  # noqa: SIM118

    def of(self, person_id: str) -> tuple[SignIn, ...]:
        """Where a person is signed in, the last used first."""
        chosen = select(*(sign_ins.c[name] for name in SignIn.__slots__)).where(
            sign_ins.c.person_id == person_id, ~self._is_over(self._clock())
        )
        self._database.prepare()
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(sign_ins.c.seen_at.desc())).mappings().all()
        return tuple(SignIn(**row) for row in rows)

    def counts(self) -> dict[str, int]:
        """In how many browsers each person is signed in, by the person's id."""
        chosen = select(sign_ins.c.person_id, func.count()).where(~self._is_over(self._clock()))
        self._database.prepare()
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(chosen.group_by(sign_ins.c.person_id))}

    def end(self, token: str) -> None:
        """The session of this token is over; nothing happens where there is none."""
        self._delete(sign_ins.c.digest == digest_of(token))

    def end_all(self, person_id: str, but: str | None = None) -> int:
        """Sign a person out everywhere, but for the session of that id; how many sessions ended."""
        chosen = sign_ins.c.person_id == person_id
        return self._delete(chosen if but is None else chosen & (sign_ins.c.id != but))

    def take(self, name: str, allowed: int) -> int:
        """Count an attempt before it is made; 0, or the seconds until there may be another one.

        Counted first, so that many attempts at the same time are no way round the limit: `release` takes it back.
        """
        now, lock = self._clock(), self.limits.lock
        self._database.prepare()
        with self._database.writing() as connection:
            make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            fresh = {"name": name, "failures": 0, "since": now, "until": None}
            connection.execute(make(failures).values(fresh).on_conflict_do_nothing())
            held = failures.c.name == name
            row = connection.execute(select(failures).where(held).with_for_update()).mappings().one()
            if row["until"] is not None and row["until"] > now:
                return max(1, int((row["until"] - now).total_seconds()))
            stale = row["until"] is not None or row["since"] + lock <= now
            count = 1 if stale else row["failures"] + 1
            values = {
                "failures": count,
                "since": now if stale else row["since"],
                "until": now + lock if count >= allowed else None,
            }
            connection.execute(update(failures).where(held).values(values))
        return 0

    def release(self, name: str, *, wholly: bool) -> None:
        """The attempt succeeded: it does not count, and with `wholly` those before it are forgotten too."""
        self._database.prepare()
        held = failures.c.name == name
        fewer = update(failures).where(held, failures.c.failures > 0)
        with self._database.writing() as connection:
            connection.execute(
                delete(failures).where(held)
                if wholly
                else fewer.values(failures=failures.c.failures - 1, until=None)
            )

    def _see(self, session: SignIn, now: datetime) -> None:
        if now - session.seen_at < min(SEEN, self.limits.idle / 4):
            return
        # A database that can only be read at the moment is no reason to turn anybody away.
        with suppress(StoreUnavailable), self._database.writing() as connection:
            connection.execute(update(sign_ins).where(sign_ins.c.id == session.id).values(seen_at=now))

    def _is_over(self, now: datetime) -> Any:
        return (sign_ins.c.expires_at <= now) | (sign_ins.c.seen_at <= now - self.limits.idle)

    def _delete(self, condition: Any) -> int:
        self._database.prepare()
        with self._database.writing() as connection:
            return connection.execute(delete(sign_ins).where(condition)).rowcount


def account_key(account: str, address: str | None = None) -> str:
    """The name that failures of an account are counted by, those from one address or, without one, from all together."""
    everywhere = f"account {digest_of(folded(account))[:40]}"
    return everywhere if address is None else f"{everywhere} {digest_of(address)[:24]}"


def address_key(address: str) -> str:
    """The name that failures from an address are counted by."""
    return f"address {address}"[:80]


def forget_failures(connection: Connection, account: str) -> None:
    """Lift the locks of an account, within the caller's transaction."""
    connection.execute(delete(failures).where(failures.c.name.startswith(account_key(account))))
