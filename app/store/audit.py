"""Who did what at the console, and when. Records are only ever added; nothing here changes or removes one.

`action` is the Chinese word that is shown (登录, 新增人员, 批准口径…); `subject` names what it was done to.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Connection, Index, Select, String, Table, Text, and_, func, insert, or_, select

from app.clock import now
from app.store.database import Database
from app.store.mask import mask
from app.store.person import Person
from app.store.security_log import tell
from app.store.tables import Moment, metadata

LONGEST = 2000  # characters of a subject or a detail
COMMAND_LINE, STRANGER = (
    "命令行",
    "未登录",
)  # who acts where nobody has signed in: without an address, from one

SIGNED_IN, SIGN_IN_FAILED, LOCKED = "登录", "登录失败", "暂停登录"

audit = Table(
    "audit",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("person_id", String(32)),
    Column("person_name", String, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Index("audit_created_at", "created_at"),
    Index("audit_person_id", "person_id", "created_at"),
)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One thing that was done. The name is the one the person had then; `person_id` is None for nobody."""

    action: str
    person_name: str
    person_id: str | None = None
    subject: str = ""
    detail: str = ""
    address: str = ""
    created_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid4().hex)


def named(person: Person) -> str:
    """A person as records name them."""
    return f"{person.name}（{person.account}）"


def deed(
    action: str, by: Person | None, subject: str = "", detail: str = "", address: str = ""
) -> AuditRecord:
    """The record of what a person does now; None is the command line, or with an address somebody who has not
    signed in. Personal numbers in it are masked.
    """
    nobody = STRANGER if address else COMMAND_LINE
    name = named(by) if by is not None else nobody
    person_id = by.id if by is not None else None
    return AuditRecord(action[:40], name, person_id, _kept(subject), _kept(detail), address[:64])


def write_audit(connection: Connection, record: AuditRecord) -> None:
    """Add a record within the caller's transaction: the change and its record stand or fall together."""
    connection.execute(insert(audit), asdict(record))
    tell("audit", **asdict(record))


class Audit:
    """The records, in the store's database. Every method raises `StoreUnavailable` while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, action: str, by: Person | None, *, subject: str = "", detail: str = "", address: str = ""
    ) -> None:
        """Add a record in a transaction of its own; within another one use `write_audit`."""
        self._database.prepare()
        with self._database.writing() as connection:
            write_audit(connection, deed(action, by, subject, detail, address))

    def records(
        self,
        *,
        person_id: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> tuple[AuditRecord, ...]:
        """Newest first, within `since <= created_at < until`; `after` is the place of the last one already read."""
        chosen = select(audit).order_by(audit.c.created_at.desc(), audit.c.id.desc()).limit(limit)
        if after is not None:
            moment, last = after
            chosen = chosen.where(
                or_(audit.c.created_at < moment, and_(audit.c.created_at == moment, audit.c.id < last))
            )
        return tuple(
            AuditRecord(**row) for row in self._rows(_within(chosen, person_id, action, since, until))
        )

    def count(
        self,
        *,
        person_id: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """How many there are."""
        chosen = _within(select(func.count().label("n")).select_from(audit), person_id, action, since, until)
        return int(self._rows(chosen)[0]["n"])

    def signed_in_from(self, person_id: str, address: str, since: datetime) -> bool:
        """Whether a person has signed in from an address since then."""
        mine = audit.c.person_id == person_id, audit.c.action == SIGNED_IN, audit.c.address == address[:64]
        chosen = select(audit.c.id).where(*mine, audit.c.created_at >= since).limit(1)
        return bool(self._rows(chosen))

    def failed_since_last(self, person: Person) -> tuple[AuditRecord, ...]:
        """The failed attempts to sign in as a person since they last did, the newest first, a hundred at most."""
        last = self.records(person_id=person.id, action=SIGNED_IN, limit=1)
        chosen = select(audit).where(
            audit.c.action == SIGN_IN_FAILED, audit.c.subject == _kept(named(person))
        )
        if last:
            chosen = chosen.where(audit.c.created_at > last[0].created_at)
        rows = self._rows(chosen.order_by(audit.c.created_at.desc()).limit(100))
        return tuple(AuditRecord(**row) for row in rows)

    def actions(self) -> tuple[str, ...]:
        """The words in use, sorted."""
        chosen = select(audit.c.action).distinct().order_by(audit.c.action)
        return tuple(row["action"] for row in self._rows(chosen))

    def _rows(self, chosen: Select[Any]) -> Sequence[dict[str, Any]]:
        self._database.prepare()
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]


def _within(
    chosen: Select[Any],
    person_id: str | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Select[Any]:
    if person_id is not None:
        chosen = chosen.where(audit.c.person_id == person_id)
    if action is not None:
        chosen = chosen.where(audit.c.action == action)
    if since is not None:
        chosen = chosen.where(audit.c.created_at >= since)
    return chosen if until is None else chosen.where(audit.c.created_at < until)


def _kept(text: str) -> str:
    return mask(text)[:LONGEST]
