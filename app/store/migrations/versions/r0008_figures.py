"""What the dashboard counts by: the first clause of an answer, and an index that holds all a day's counts need."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_FIRST = {
    "sqlite": "UPDATE turns SET first_clause = json_extract(citations, '$[0].clause_id')",
    "postgresql": "UPDATE turns SET first_clause = citations->0->>'clause_id'",
}


def upgrade() -> None:
    """Add the column, fill it, and put the wider index in the place of the one on the time alone."""
    op.add_column("turns", sa.Column("first_clause", sa.String))
    op.execute(_FIRST[op.get_bind().dialect.name])
    op.drop_index("turns_created_at", "turns")
    op.create_index(
        "turns_figures", "turns", ["created_at", "channel", "status", "latency_ms", "first_clause"]
    )


def downgrade() -> None:
    """Put the narrow index back."""
    op.drop_index("turns_figures", "turns")
    op.create_index("turns_created_at", "turns", ["created_at"])
    op.drop_column("turns", "first_clause")
