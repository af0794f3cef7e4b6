"""The schema, once; the migrations lead to exactly this (a test compares them)."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from llm.errors import FailureKind
from llm.types import Role, Task
from storage.column_types import AnyText, UtcMoment, big_id, words
from storage.types import Access, AnswerState


class UpdateState(StrEnum):
    """Whether an update has been dealt with."""

    WAITING = "waiting"
    DONE = "done"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Ids are Telegram's.
people = Table(
    "people",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=False),
    Column("name", AnyText, nullable=False),
    Column("username", AnyText),
    Column("access", words(Access), nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("language", String(16)),
    Column("rich_messages", Boolean),
    Column("created_at", UtcMoment, nullable=False),
    Column("seen_at", UtcMoment, nullable=False),
)

# `thread_id` is 0 outside topics. An id is never given twice, lest a turn of a deleted conversation meet a stranger's.
conversations = Table(
    "conversations",
    metadata,
    Column("id", big_id(), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("started_at", UtcMoment, nullable=False),
    Column("closed_at", UtcMoment),
    sqlite_autoincrement=True,
)
Index(
    "uq_conversations_open",
    conversations.c.chat_id,
    conversations.c.thread_id,
    unique=True,
    sqlite_where=conversations.c.closed_at.is_(None),
    postgresql_where=conversations.c.closed_at.is_(None),
)

# `update_id` and `closed_at` belong to a person's message: which update brought it, and when its turn was over,
# answered or not. `telegram_ids` are the messages in which an answer stands in the chat.
messages = Table(
    "messages",
    metadata,
    Column("id", big_id(), primary_key=True),
    Column("conversation_id", big_id(), ForeignKey("conversations.id"), nullable=False),
    Column("role", words(Role), nullable=False),
    Column("text", AnyText, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    Column("state", words(AnswerState), nullable=False),
    Column("model", AnyText),
    Column("update_id", BigInteger, unique=True),
    Column("closed_at", UtcMoment),
    Column("telegram_ids", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_messages_conversation_id_id", messages.c.conversation_id, messages.c.id)

# A row that is done keeps only its id, so that an update which comes twice is known.
updates = Table(
    "updates",
    metadata,
    Column("update_id", big_id(), primary_key=True, autoincrement=False),
    Column("lane", String(128), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", words(UpdateState), nullable=False),
    Column("received_at", UtcMoment, nullable=False),
    Column("finished_at", UtcMoment),
    Column("attempts", Integer, nullable=False),
    Column("answer_message_id", BigInteger),
)
Index("ix_updates_state_update_id", updates.c.state, updates.c.update_id)

# One row for each request to a model.
attempts = Table(
    "attempts",
    metadata,
    Column("id", big_id(), primary_key=True),
    Column("started_at", UtcMoment, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("server", AnyText, nullable=False),
    Column("task", words(Task), nullable=False),
    Column("latency_seconds", Double, nullable=False),
    Column("ttft_seconds", Double),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("failure", words(FailureKind)),
)
Index("ix_attempts_started_at_model", attempts.c.started_at, attempts.c.model)
