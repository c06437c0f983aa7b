"""Reviewed answers, their versions, and the number that says when what is served has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the four tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reviewed_entries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("served", sa.Integer),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("gap_id", sa.String(32)),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_index("reviewed_entries_changed_at", "reviewed_entries", ["changed_at"])
    op.create_table(
        "reviewed_versions",
        sa.Column(
            "entry_id",
            sa.String(32),
            sa.ForeignKey("reviewed_entries.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("similar", sa.Text, nullable=False),
        sa.Column("counters", sa.Text, nullable=False),
        sa.Column("points", sa.JSON, nullable=False),
        sa.Column("spoken", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("reviewed_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("edits", sa.Integer, nullable=False),
        sa.Column("based_on", sa.Integer),
        sa.Column("decided_by", sa.JSON),
        sa.Column("decided_at", moment),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("once_approved", sa.Boolean, nullable=False),
    )
    number = op.create_table(
        "reviewed_revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.bulk_insert(number, [{"id": 1, "number": 0}])
    op.create_table(
        "reviewed_imports",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in ("reviewed_imports", "reviewed_revision", "reviewed_versions", "reviewed_entries"):
        op.drop_table(table)
