"""Gaps get tickets: askings of one question together, with what became of them, and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Widen the askings and make the tables of tickets and notes; what was kept so far waits to be gathered."""
    moment = sa.DateTime(timezone=True)
    added = (
        sa.Column("origin", sa.String(16), nullable=False, server_default="handoff"),
        sa.Column("status", sa.String(16)),
        sa.Column("department", sa.String, nullable=False, server_default=""),
        sa.Column("person", sa.String(32)),
        sa.Column("call_id", sa.String(32)),
        sa.Column("ticket_id", sa.String(32)),
        sa.Column("leads", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("wording", sa.String(16), nullable=False, server_default=""),
    )
    for column in added:
        op.add_column("gaps", column)
    for name, columns in _INDEXES.items():
        op.create_index(name, "gaps", columns)
    op.create_table(
        "gap_tickets",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("clauses", sa.JSON, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("assignee", sa.String(32)),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("draft_id", sa.String(32)),
        sa.Column("outcome", sa.String(16)),
        sa.Column("before", sa.String(16)),
        sa.Column("outcome_at", moment),
        sa.Column("solved_at", moment),
    )
    op.create_index("gap_tickets_state", "gap_tickets", ["state", "asked"])
    op.create_index("gap_tickets_last_at", "gap_tickets", ["last_at"])
    op.create_table(
        "gap_notes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32)),
        sa.Column("person_name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("gap_notes_ticket", "gap_notes", ["ticket_id", "created_at"])
    # What the gathering looks for.
    op.create_index("turns_status", "turns", ["status", "created_at"])


def downgrade() -> None:
    """Remove them, with all they hold."""
    op.drop_index("turns_status", "turns")
    op.drop_table("gap_notes")
    op.drop_table("gap_tickets")
    for name in _INDEXES:
        op.drop_index(name, "gaps")
    for column in ("origin", "status", "department", "person", "call_id", "ticket_id", "leads", "wording"):
        op.drop_column("gaps", column)


_INDEXES = {
    "gaps_ticket": ["ticket_id", "created_at"],
    "gaps_session": ["session_id", "answer_id"],
    "gaps_answer": ["answer_id"],
    "gaps_wording": ["wording"],
}
