"""Lookups: the conversations of a chat, closed ones too, and the reactions to a message."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both were searched for row by row."""
    op.create_index("ix_conversations_chat_id_thread_id", "conversations", ["chat_id", "thread_id"])
    op.create_index("ix_reactions_message_id", "reactions", ["message_id"])


def downgrade() -> None:
    """They are searched for row by row again."""
    op.drop_index("ix_reactions_message_id", "reactions")
    op.drop_index("ix_conversations_chat_id_thread_id", "conversations")
