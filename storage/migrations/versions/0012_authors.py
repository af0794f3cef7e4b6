"""Authors: who said what, and whose question an answer belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; in private chats it is known whose messages there are, of those in groups it is not."""
    op.add_column("messages", sa.Column("person_id", sa.BigInteger()))
    op.execute(
        "UPDATE messages SET person_id ="
        " (SELECT chat_id FROM conversations WHERE conversations.id = messages.conversation_id AND chat_id > 0)"
    )
    op.create_index("ix_messages_person_id", "messages", ["person_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_messages_person_id", "messages")
    op.drop_column("messages", "person_id")
