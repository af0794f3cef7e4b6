"""What people choose for themselves: their model, how answers are worded and shown, who the bot is for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("model", "persona", "style", "creativity", "show_thinking", "streaming", "interrupts", "reactions")


def upgrade() -> None:
    """Everybody begins with what the bot did before."""
    op.add_column("people", sa.Column("model", sa.Text()))
    op.add_column("people", sa.Column("persona", sa.Text()))
    op.add_column("people", sa.Column("style", sa.String(32), nullable=False, server_default="normal"))
    op.add_column("people", sa.Column("creativity", sa.String(32), nullable=False, server_default="normal"))
    op.add_column("people", sa.Column("show_thinking", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("streaming", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("people", sa.Column("interrupts", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("reactions", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """What was chosen is lost."""
    for name in COLUMNS:
        op.drop_column("people", name)
