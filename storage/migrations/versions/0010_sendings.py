"""Which messages an answer has so far, and which one may be on its way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of what waits now only the first message is known."""
    op.add_column("updates", sa.Column("later_message_ids", sa.JSON()))
    op.add_column("updates", sa.Column("sending_after", sa.BigInteger()))


def downgrade() -> None:
    """Only the first message of each answer is remembered."""
    op.drop_column("updates", "sending_after")
    op.drop_column("updates", "later_message_ids")
