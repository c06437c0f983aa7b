"""Turns and feedback as columns of a table, and as lines of the spool."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.store.turn import CitedSpan, Feedback, Row, Turn


def turn_columns(turn: Turn) -> dict[str, Any]:
    """Column values by name, without the number, which is given when the turn is written."""
    values = asdict(turn)
    del values["number"]
    values["options"] = list(turn.options)
    values["citations"] = list(values["citations"])
    values["first_clause"] = turn.citations[0].clause_id if turn.citations else None
    return values


def turn_of(columns: Mapping[str, Any]) -> Turn:
    """The turn of these column values."""
    citations = tuple(CitedSpan(**span) for span in columns["citations"])
    kept = {name: value for name, value in columns.items() if name != "first_clause"}
    return Turn(**{**kept, "citations": citations, "options": tuple(columns["options"])})


def feedback_columns(feedback: Feedback) -> dict[str, Any]:
    """Column values by name."""
    return asdict(feedback)


def feedback_of(columns: Mapping[str, Any]) -> Feedback:
    """The feedback of these column values."""
    return Feedback(**columns)


def to_line(row: Row) -> bytes:
    """One line of JSON in UTF-8, with its line end."""
    columns = turn_columns(row) if isinstance(row, Turn) else feedback_columns(row)
    columns["created_at"] = row.created_at.isoformat()
    kind = "turn" if isinstance(row, Turn) else "feedback"
    return json.dumps({kind: columns}, ensure_ascii=False).encode() + b"\n"


def of_line(line: bytes) -> Row | None:
    """The row of a line; None where the line is torn or was written by something else."""
    try:
        ((kind, columns),) = json.loads(line).items()
        columns["created_at"] = datetime.fromisoformat(columns["created_at"])
        return turn_of(columns) if kind == "turn" else feedback_of(columns)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
