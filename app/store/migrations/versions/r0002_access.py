"""Sites that carry the widget, keys of other programs, and questions handed to a person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the three tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sites",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("origins", sa.JSON, nullable=False),
        sa.Column("per_day", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("revoked_at", moment),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("revoked_at", moment),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("clauses", sa.JSON, nullable=False),
        sa.Column("answer_id", sa.String),
        sa.Column("session_id", sa.String),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("site_id", sa.String(32)),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("gaps_created_at", "gaps", ["created_at"])


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in ("gaps", "api_keys", "sites"):
        op.drop_table(table)
