"""Conversations of which it was told that they have become too long for a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of none has it been told yet."""
    op.add_column("conversations", sa.Column("long_told", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """It may be told again."""
    op.drop_column("conversations", "long_told")
