"""Sessions, their turns, and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
    )
    op.create_index("sessions_last_at", "sessions", ["last_at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("session_id", sa.String, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.String, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("interpreted_as", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("intent", sa.String, nullable=False),
        sa.Column("citations", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("confidence", sa.Float(53), nullable=False),
        sa.Column("index_version", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("latency_ms", sa.Float(53), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("session_id", "number", name="turns_session_number"),
    )
    op.create_index("turns_answer_id", "turns", ["answer_id"])
    op.create_index("turns_created_at", "turns", ["created_at"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("answer_id", sa.String, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("feedback_answer_id", "feedback", ["answer_id"])
    op.create_index("feedback_created_at", "feedback", ["created_at"])


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in ("feedback", "turns", "sessions"):
        op.drop_table(table)
