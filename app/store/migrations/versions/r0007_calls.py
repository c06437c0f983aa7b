"""The calls of the hotline."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "calls",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("person_name", sa.String, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("session_id", sa.String),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.Column("gap_id", sa.String(32)),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("ended_at", moment),
    )
    op.create_index("calls_person_id", "calls", ["person_id", "started_at"])
    op.create_index("calls_started_at", "calls", ["started_at"])
    op.create_index("calls_session_id", "calls", ["session_id"])


def downgrade() -> None:
    """Remove it, with all it holds."""
    op.drop_table("calls")
