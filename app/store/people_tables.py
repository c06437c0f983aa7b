"""The tables behind signing in: people, their sessions, and failures counted by account and by address."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from app.store.person import Person, Role
from app.store.tables import Moment, metadata

people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(40), nullable=False),
    Column("name", String, nullable=False),
    Column("role", String(16), nullable=False),
    Column("department", String, nullable=False),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Index("people_account", "account", unique=True),
)
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("sign_ins_digest", "digest", unique=True),
    Index("sign_ins_person_id", "person_id"),
)
failures = Table(
    "sign_in_failures",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)


def person_of(row: Mapping[str, Any]) -> Person:
    """The person of a row; the kept password stays behind."""
    return Person(
        **{name: value for name, value in row.items() if name != "password"} | {"role": Role(row["role"])}
    )
