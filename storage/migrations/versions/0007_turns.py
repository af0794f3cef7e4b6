"""Branches of conversations, other answers to a question, where messages stand, what people think of answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_A_TIME = 1000

BEFORE = """
UPDATE messages SET parent_id = (
    SELECT max(earlier.id) FROM messages AS earlier
    WHERE earlier.conversation_id = messages.conversation_id AND earlier.id < messages.id
)
"""
ANSWERS = """
SELECT messages.id, messages.telegram_ids, conversations.chat_id FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.role = 'assistant' ORDER BY messages.id
"""


def upgrade() -> None:
    """What was said so far is one branch; each message follows the one before it."""
    op.add_column("conversations", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("parent_id", sa.BigInteger()))
    op.add_column("messages", sa.Column("replaced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("context", sa.Text()))
    op.add_column("messages", sa.Column("joined_updates", sa.JSON()))
    op.create_index("ix_messages_parent_id", "messages", ["parent_id"])
    places = op.create_table(
        "telegram_messages",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("context", sa.Text()),
        sa.PrimaryKeyConstraint("chat_id", "telegram_id", name="pk_telegram_messages"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_telegram_messages_message_id_messages", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_telegram_messages_message_id", "telegram_messages", ["message_id"])
    op.create_table(
        "reactions",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("reacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "message_id", name="pk_reactions"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_reactions_message_id_messages", ondelete="CASCADE"
        ),
    )
    op.execute(BEFORE)
    _place_answers(places)


def downgrade() -> None:
    """What had been replaced counts again."""
    op.drop_table("reactions")
    op.drop_table("telegram_messages")
    op.drop_index("ix_messages_parent_id", "messages")
    for name in ("joined_updates", "context", "replaced", "parent_id"):
        op.drop_column("messages", name)
    op.drop_column("conversations", "revision")


def _place_answers(places: Any) -> None:
    """Say of each answer where it stands."""
    connection = op.get_bind()
    query = sa.text(ANSWERS).columns(telegram_ids=sa.JSON())
    found = {
        (row.chat_id, telegram_id): row.id for row in connection.execute(query) for telegram_id in row.telegram_ids
    }
    rows = [
        {"chat_id": chat_id, "telegram_id": telegram_id, "message_id": message_id}
        for (chat_id, telegram_id), message_id in found.items()
    ]
    for begin in range(0, len(rows), AT_A_TIME):
        op.bulk_insert(places, rows[begin : begin + AT_A_TIME])
