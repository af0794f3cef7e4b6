"""More about each attempt, attempts added up by hour and day, and which attempts belong to a message."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)

NEW_COLUMNS: tuple[tuple[str, Any, Any], ...] = (
    ("request_id", sa.BigInteger(), "0"),
    ("hop", sa.Integer(), "0"),
    ("why", WORD, "first_choice"),
    ("waited_seconds", sa.Double(), "0"),
    ("instead_of", sa.Text(), None),
    ("cached_tokens", sa.Integer(), None),
    ("cost", sa.Double(), "0"),
    ("local", sa.Boolean(), sa.true()),
    ("phase", WORD, None),
    ("status", sa.Integer(), None),
    ("code", sa.Text(), None),
)
NUMBERS: tuple[tuple[str, Any], ...] = (
    ("requests", sa.Integer()),
    ("latency_seconds", sa.Double()),
    ("ttft_seconds", sa.Double()),
    ("ttft_count", sa.Integer()),
    ("decode_seconds", sa.Double()),
    ("decode_tokens", sa.BigInteger()),
    ("prompt_tokens", sa.BigInteger()),
    ("completion_tokens", sa.BigInteger()),
    ("cached_tokens", sa.BigInteger()),
    ("cost", sa.Double()),
    ("hedges", sa.Integer()),
    ("taken", sa.Integer()),
    ("given", sa.Integer()),
)


def upgrade() -> None:
    """Add what is new; the rows that there are get added up when the program starts."""
    for name, kind, default in NEW_COLUMNS:
        op.add_column("attempts", sa.Column(name, kind, nullable=default is None, server_default=default))
    op.create_index("ix_attempts_request_id", "attempts", ["request_id"])
    failed = sa.text("failure IS NOT NULL")
    op.create_index("ix_attempts_failed", "attempts", ["started_at"], sqlite_where=failed, postgresql_where=failed)
    op.create_table(
        "attempt_totals",
        sa.Column("span", WORD, nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("task", WORD, nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in NUMBERS),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("latencies", sa.Text(), nullable=False),
        sa.Column("ttfts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("span", "began", "model", "server", "task", "outcome", name="pk_attempt_totals"),
    )
    op.add_column("messages", sa.Column("request_id", sa.BigInteger()))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("messages", "request_id")
    op.drop_table("attempt_totals")
    op.drop_index("ix_attempts_failed", "attempts")
    op.drop_index("ix_attempts_request_id", "attempts")
    for name, _, _ in reversed(NEW_COLUMNS):
        op.drop_column("attempts", name)
