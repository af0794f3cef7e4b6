"""What models can do, what they could do before, and how far a detection has come."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)

FACT: tuple[tuple[str, Any, bool], ...] = (
    ("value", sa.Text(), False),
    ("source", WORD, False),
    ("confidence", sa.Double(), False),
    ("low", sa.Double(), True),
    ("high", sa.Double(), True),
    ("at", MOMENT, False),
)


def upgrade() -> None:
    """Make the tables; nothing is known of any model until it is detected."""
    op.create_table(
        "capability_runs",
        *_model(),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("server", "model", name="pk_capability_runs"),
    )
    op.create_table(
        "capabilities",
        *_model(),
        sa.Column("ability", WORD, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in FACT),
        sa.PrimaryKeyConstraint("server", "model", "ability", name="pk_capabilities"),
    )
    op.create_table(
        "capability_history",
        sa.Column("id", BIG_ID, nullable=False),
        *_model(),
        sa.Column("ability", WORD, nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in FACT),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_capability_history"),
    )
    op.create_index("ix_capability_history_server_model", "capability_history", ["server", "model"])
    op.create_table(
        "capability_observations",
        *_model(),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("observation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("server", "model", "number", name="pk_capability_observations"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("capability_observations", "capability_history", "capabilities", "capability_runs"):
        op.drop_table(table)


def _model() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("server", sa.Text(), nullable=False), sa.Column("model", sa.Text(), nullable=False)
