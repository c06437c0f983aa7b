"""What the WeChat channel keeps: who came, whose session is whose, what was seen before, the shared access token."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the six tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "wechat_people",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
    op.create_table(
        "wechat_sessions",
        sa.Column("session_id", sa.String, primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
    op.create_index("wechat_sessions_person", "wechat_sessions", ["person", "last_at"])
    op.create_table(
        "wechat_marks",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("wechat_marks_until", "wechat_marks", ["until"])
    op.create_table(
        "wechat_uses",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("uses", sa.Integer, nullable=False),
    )
    op.create_table(
        "wechat_checks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("suggest", sa.String(16), nullable=False),
        sa.Column("label", sa.Integer),
        sa.Column("trace_id", sa.String(128)),
        sa.Column("policy", sa.String(16), nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("wechat_checks_created_at", "wechat_checks", ["created_at"])
    op.create_table(
        "wechat_tokens",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("held_until", moment, nullable=False),
    )


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in (
        "wechat_tokens",
        "wechat_checks",
        "wechat_uses",
        "wechat_marks",
        "wechat_sessions",
        "wechat_people",
    ):
        op.drop_table(table)
