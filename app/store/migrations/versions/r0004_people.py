"""The people of the console, where they are signed in, failures of signing in, and the record of what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the four tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("password_at", moment, nullable=False),
        sa.Column("disabled_at", moment),
    )
    op.create_index("people_account", "people", ["account"], unique=True)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
    )
    op.create_index("sign_ins_digest", "sign_ins", ["digest"], unique=True)
    op.create_index("sign_ins_person_id", "sign_ins", ["person_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("person_id", sa.String(32)),
        sa.Column("person_name", sa.String, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_index("audit_created_at", "audit", ["created_at"])
    op.create_index("audit_person_id", "audit", ["person_id", "created_at"])


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in ("audit", "sign_in_failures", "sign_ins", "people"):
        op.drop_table(table)
