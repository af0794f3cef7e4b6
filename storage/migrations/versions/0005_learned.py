"""What was learned of servers and models and is worth having after a restart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it fills as things are learned."""
    op.create_table(
        "learned",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_learned"),
    )


def downgrade() -> None:
    """Drop it; everything is learned again."""
    op.drop_table("learned")
