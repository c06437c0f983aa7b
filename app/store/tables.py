"""The tables, as SQLAlchemy sees them; `migrations` makes them, and a test holds the two together."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite has no time zones: there the plain UTC time is written."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC, bare for SQLite."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    # How many turns were ever written: the counter that hands out their numbers, under the row's lock.
    Column("turns", Integer, nullable=False),
    Index("sessions_last_at", "last_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("session_id", String, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("answer_id", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("interpreted_as", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("citations", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("index_version", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("latency_ms", Float(53), nullable=False),
    Column("created_at", Moment, nullable=False),
    # The clause that is quoted first, out of `citations`: what answers are counted by.
    Column("first_clause", String),
    UniqueConstraint("session_id", "number", name="turns_session_number"),
    Index("turns_answer_id", "answer_id"),
    Index("turns_figures", "created_at", "channel", "status", "latency_ms", "first_clause"),
    Index("turns_status", "status", "created_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("answer_id", String, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text),
    Column("comment", Text),
    Column("created_at", Moment, nullable=False),
    Index("feedback_answer_id", "answer_id"),
    Index("feedback_created_at", "created_at"),
)
