"""What each person uses and may use, and invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; use counts from now on, and the limits of the settings hold for everyone."""
    op.add_column("people", sa.Column("messages_minute", sa.Integer()))
    op.add_column("people", sa.Column("tokens_day", sa.Integer()))
    op.create_table(
        "usage",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day", name="pk_usage"),
    )
    op.create_table(
        "admissions",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "update_id", name="pk_admissions"),
    )
    op.create_table(
        "invitations",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_invitations"),
    )


def downgrade() -> None:
    """Drop them; nobody has limits of their own any more. Who was blocked stays out."""
    op.execute("UPDATE people SET access = 'refused' WHERE access = 'blocked'")
    op.drop_table("invitations")
    op.drop_table("admissions")
    op.drop_table("usage")
    op.drop_column("people", "tokens_day")
    op.drop_column("people", "messages_minute")
