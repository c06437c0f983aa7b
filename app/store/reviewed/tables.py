"""The tables of reviewed answers. Lists of questions are kept a line each, so that they can be searched."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from app.store.reviewed.wording import Author, Point, Version, Wording
from app.store.tables import Moment, metadata

entries = Table(
    "reviewed_entries",
    metadata,
    Column("id", String(32), primary_key=True),
    # The version that answers; NULL where none does.
    Column("served", Integer),
    Column("latest", Integer, nullable=False),
    Column("gap_id", String(32)),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("reviewed_entries_changed_at", "changed_at"),
)
versions = Table(
    "reviewed_versions",
    metadata,
    Column("entry_id", String(32), ForeignKey("reviewed_entries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("similar", Text, nullable=False),
    Column("counters", Text, nullable=False),
    Column("points", JSON, nullable=False),
    Column("spoken", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("reviewed_on", Date),
    Column("expires_on", Date),
    Column("authors", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("based_on", Integer),
    Column("decided_by", JSON),
    Column("decided_at", Moment),
    Column("note", Text, nullable=False),
    Column("once_approved", Boolean, nullable=False),
)
# One row: a number that grows with every change of what is served, so that looking for changes is cheap.
revision = Table(
    "reviewed_revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
imports = Table(
    "reviewed_imports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("rows", JSON, nullable=False),
    Column("person_id", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)


def version_columns(version: Version) -> dict[str, Any]:
    """Column values by name."""
    wording = version.wording
    return {
        "entry_id": version.entry_id,
        "number": version.number,
        "state": version.state,
        **wording_columns(wording),
        "authors": [asdict(author) for author in version.authors],
        "created_at": version.created_at,
        "changed_at": version.changed_at,
        "edits": version.edits,
        "based_on": version.based_on,
        "decided_by": asdict(version.decided_by) if version.decided_by else None,
        "decided_at": version.decided_at,
        "note": version.note,
        "once_approved": version.once_approved,
    }


def wording_columns(wording: Wording) -> dict[str, Any]:
    """Column values of what a version says."""
    return {
        "question": wording.question,
        "similar": "\n".join(wording.similar),
        "counters": "\n".join(wording.counters),
        "points": [asdict(point) for point in wording.points],
        "spoken": wording.spoken,
        "department": wording.department,
        "reviewed_on": wording.reviewed_on,
        "expires_on": wording.expires_on,
    }


def version_of(row: Mapping[Any, Any]) -> Version:
    """The version of these column values."""
    return Version(
        entry_id=row["entry_id"],
        number=row["number"],
        state=row["state"],
        wording=Wording(
            question=row["question"],
            similar=tuple(row["similar"].splitlines()),
            counters=tuple(row["counters"].splitlines()),
            points=tuple(Point(**point) for point in row["points"]),
            spoken=row["spoken"],
            department=row["department"],
            reviewed_on=row["reviewed_on"],
            expires_on=row["expires_on"],
        ),
        authors=tuple(Author(**author) for author in row["authors"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        edits=row["edits"],
        based_on=row["based_on"],
        decided_by=Author(**row["decided_by"]) if row["decided_by"] else None,
        decided_at=row["decided_at"],
        note=row["note"],
        once_approved=row["once_approved"],
    )
