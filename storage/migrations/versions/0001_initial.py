"""People, conversations, messages, the inbox of updates, the figures of requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    """Make all tables."""
    _make_people()
    _make_conversations()
    _make_messages()
    _make_updates()
    _make_attempts()


def downgrade() -> None:
    """Drop all tables."""
    for table in ("attempts", "updates", "messages", "conversations", "people"):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text()),
        sa.Column("access", WORD, nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("rich_messages", sa.Boolean()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_conversations_open",
        "conversations",
        ["chat_id", "thread_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("conversation_id", BIG_ID, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("update_id", sa.BigInteger()),
        sa.Column("closed_at", MOMENT),
        sa.Column("telegram_ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("update_id", name="uq_messages_update_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id_conversations"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_conversation_id_id", "messages", ["conversation_id", "id"])


def _make_updates() -> None:
    op.create_table(
        "updates",
        sa.Column("update_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("lane", sa.String(128), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer_message_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates"),
    )
    op.create_index("ix_updates_state_update_id", "updates", ["state", "update_id"])


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("task", WORD, nullable=False),
        sa.Column("latency_seconds", sa.Double(), nullable=False),
        sa.Column("ttft_seconds", sa.Double()),
        sa.Column("prompt_tokens", sa.Integer()),
        sa.Column("completion_tokens", sa.Integer()),
        sa.Column("failure", WORD),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_started_at_model", "attempts", ["started_at", "model"])
