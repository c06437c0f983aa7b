"""The tables behind gaps: askings, tickets, notes."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from app.store.gap import Gap, Origin, Ticket, TicketNote, TicketState
from app.store.tables import Moment, metadata

gaps = Table(
    "gaps",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("question", Text, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("answer_id", String),
    Column("session_id", String),
    Column("channel", String, nullable=False),
    Column("site_id", String(32)),
    Column("created_at", Moment, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("status", String(16)),
    Column("department", String, nullable=False),
    Column("person", String(32)),
    Column("call_id", String(32)),
    Column("ticket_id", String(32)),
    Column("leads", Boolean, nullable=False),
    Column("wording", String(16), nullable=False),
    Index("gaps_created_at", "created_at"),
    Index("gaps_ticket", "ticket_id", "created_at"),
    Index("gaps_session", "session_id", "answer_id"),
    Index("gaps_answer", "answer_id"),
    Index("gaps_wording", "wording"),
)
tickets = Table(
    "gap_tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("question", Text, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("department", String, nullable=False),
    Column("state", String(16), nullable=False),
    Column("assignee", String(32)),
    Column("asked", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("draft_id", String(32)),
    Column("outcome", String(16)),
    Column("before", String(16)),
    Column("outcome_at", Moment),
    Column("solved_at", Moment),
    Index("gap_tickets_state", "state", "asked"),
    Index("gap_tickets_last_at", "last_at"),
)
notes = Table(
    "gap_notes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(32), nullable=False),
    Column("person_id", String(32)),
    Column("person_name", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("gap_notes_ticket", "ticket_id", "created_at"),
)


def gap_columns(gap: Gap) -> dict[str, Any]:
    """Column values by name."""
    return asdict(gap) | {"clauses": list(gap.clauses), "origin": gap.origin.value}


def gap_of(row: Mapping[str, Any]) -> Gap:
    """The asking of a row."""
    return Gap(**{**row, "clauses": tuple(row["clauses"]), "origin": Origin(row["origin"])})


def ticket_of(row: Mapping[str, Any]) -> Ticket:
    """The ticket of a row."""
    return Ticket(**{**row, "clauses": tuple(row["clauses"]), "state": TicketState(row["state"])})


def note_of(row: Mapping[str, Any]) -> TicketNote:
    """The note of a row."""
    return TicketNote(**row)
