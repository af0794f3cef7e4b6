"""People who want nothing of theirs to go to a cloud."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody begins with what the bot did before."""
    op.add_column("people", sa.Column("at_home", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """What was chosen is lost."""
    op.drop_column("people", "at_home")
