"""The schema, once; the migrations lead to exactly this (a test compares them)."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

from llm.errors import FailureKind, Phase
from llm.spans import Span
from llm.types import Role, Task, Why
from storage.column_types import AnyText, JsonText, UtcMoment, big_id, words
from storage.types import Access, AnswerState, AttachmentKind, Creativity, Style


class UpdateState(StrEnum):
    """Whether an update has been dealt with."""

    WAITING = "waiting"
    LATE = "late"
    """It waited for too long, and the person was offered an answer all the same."""
    WANTED = "wanted"
    """It was late, and the person wants the answer."""
    DONE = "done"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Ids are Telegram's. A limit that is None is that of the settings, 0 is none.
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
    Column("model", AnyText),
    Column("persona", AnyText),
    Column("style", words(Style), nullable=False, server_default=Style.NORMAL.value),
    Column("creativity", words(Creativity), nullable=False, server_default=Creativity.NORMAL.value),
    Column("show_thinking", Boolean, nullable=False, server_default=false()),
    Column("streaming", Boolean, nullable=False, server_default=true()),
    Column("interrupts", Boolean, nullable=False, server_default=false()),
    Column("reactions", Boolean, nullable=False, server_default=true()),
    Column("at_home", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcMoment, nullable=False),
    Column("seen_at", UtcMoment, nullable=False),
    Column("messages_minute", Integer),
    Column("tokens_day", Integer),
)

# What a person has asked of models in a day (UTC): kept in step with `attempts` within the same transaction.
usage = Table(
    "usage",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)

# The messages that were let through to a model lately, by the update that brought each.
admissions = Table(
    "admissions",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcMoment, nullable=False),
)

# Of the code itself only a hash is kept: who reads the database is not invited by it.
invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("expires_at", UtcMoment, nullable=False),
    Column("uses_left", Integer, nullable=False),
)

# Ids are Telegram's, and change when a group becomes a supergroup. `everybody`: all members may use the bot.
groups = Table(
    "groups",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", AnyText, nullable=False),
    Column("language", String(16)),
    Column("quiet", Boolean, nullable=False),
    Column("replies", Boolean, nullable=False),
    Column("everybody", Boolean, nullable=False),
    Column("reactions", Boolean, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
)

# `thread_id` is 0 outside topics. `revision` counts the changes of what had been said: branches, other answers, edits.
# An id is never given twice, lest a turn of a deleted conversation meet a stranger's.
conversations = Table(
    "conversations",
    metadata,
    Column("id", big_id(), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("started_at", UtcMoment, nullable=False),
    Column("closed_at", UtcMoment),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("long_told", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)
Index("ix_conversations_chat_id_thread_id", conversations.c.chat_id, conversations.c.thread_id)
Index(
    "uq_conversations_open",
    conversations.c.chat_id,
    conversations.c.thread_id,
    unique=True,
    sqlite_where=conversations.c.closed_at.is_(None),
    postgresql_where=conversations.c.closed_at.is_(None),
)

# `update_id`, `closed_at` and `request_id` belong to a person's message: which update brought it, when its turn was
# over, answered or not, and which attempts were made for it; an answer has its own `request_id`. Of
# `joined_updates` come further parts of it. `telegram_ids` are the messages in which an answer stands in the chat, or
# why there is none.
# `parent_id` is the message that this one follows; what is `replaced` is on no path that counts now. `person_id` is who
# said it, or whose question it answers; None: it was said in a group before that was kept.
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
    Column("request_id", BigInteger),
    Column("telegram_ids", JSON, nullable=False),
    Column("parent_id", BigInteger),
    Column("replaced", Boolean, nullable=False, server_default=false()),
    Column("context", AnyText),
    Column("joined_updates", JSON),
    Column("person_id", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_messages_conversation_id_id", messages.c.conversation_id, messages.c.id)
Index("ix_messages_parent_id", messages.c.parent_id)
Index("ix_messages_person_id", messages.c.person_id)

# Where messages stand in the chats; of what a person said also the part that stands there.
telegram_messages = Table(
    "telegram_messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", big_id(), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("text", AnyText),
    Column("context", AnyText),
)
Index("ix_telegram_messages_message_id", telegram_messages.c.message_id)

# What people think of answers.
reactions = Table(
    "reactions",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", big_id(), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("reacted_at", UtcMoment, nullable=False),
)
Index("ix_reactions_message_id", reactions.c.message_id)

# What was sent with a message, in its order: of a picture its bytes, of a document the text that was read in it. Either
# may be gone for want of space.
attachments = Table(
    "attachments",
    metadata,
    Column("message_id", big_id(), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", words(AttachmentKind), nullable=False),
    Column("name", AnyText, nullable=False),
    Column("mime", AnyText, nullable=False),
    Column("text", AnyText),
    Column("data", LargeBinary),
)

# What the messages of a conversation up to `message_id`, that one with them, came to.
summaries = Table(
    "summaries",
    metadata,
    Column("conversation_id", big_id(), ForeignKey("conversations.id"), primary_key=True, autoincrement=False),
    Column("text", AnyText, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
)

# A row that is done keeps only its id, so that an update which comes twice is known. The messages of an answer on its
# way stand here, and while one is being sent, above which id it will be.
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
    Column("later_message_ids", JSON),
    Column("sending_after", BigInteger),
)
Index("ix_updates_state_update_id", updates.c.state, updates.c.update_id)

# One row for each request to a model; `request_id` is the same for all attempts at one answer.
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
    Column("request_id", BigInteger, nullable=False, server_default="0"),
    Column("hop", Integer, nullable=False, server_default="0"),
    Column("why", words(Why), nullable=False, server_default=Why.FIRST_CHOICE.value),
    Column("waited_seconds", Double, nullable=False, server_default="0"),
    Column("instead_of", AnyText),
    Column("cached_tokens", Integer),
    Column("cost", Double, nullable=False, server_default="0"),
    Column("local", Boolean, nullable=False, server_default=true()),
    Column("phase", words(Phase)),
    Column("status", Integer),
    Column("code", AnyText),
)
Index("ix_attempts_started_at_model", attempts.c.started_at, attempts.c.model)
Index("ix_attempts_request_id", attempts.c.request_id)
Index(
    "ix_attempts_failed",
    attempts.c.started_at,
    sqlite_where=attempts.c.failure.is_not(None),
    postgresql_where=attempts.c.failure.is_not(None),
)

# The attempts of an hour, a day or a month added up, so that a year answers at once. `outcome` is a kind of failure, or
# `ok`. `latencies` and `ttfts` are written histograms. Kept in step with `attempts` within the same transaction.
attempt_totals = Table(
    "attempt_totals",
    metadata,
    Column("span", words(Span), primary_key=True),
    Column("began", UtcMoment, primary_key=True),
    Column("model", AnyText, primary_key=True),
    Column("server", AnyText, primary_key=True),
    Column("task", words(Task), primary_key=True),
    Column("outcome", String(32), primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("latency_seconds", Double, nullable=False),
    Column("ttft_seconds", Double, nullable=False),
    Column("ttft_count", Integer, nullable=False),
    Column("decode_seconds", Double, nullable=False),
    Column("decode_tokens", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("cost", Double, nullable=False),
    Column("hedges", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("given", Integer, nullable=False),
    Column("last_at", UtcMoment, nullable=False),
    Column("latencies", Text, nullable=False),
    Column("ttfts", Text, nullable=False),
)

# What was concluded last of each model. Kept apart from its values, since a model of which nothing is known has none.
capability_runs = Table(
    "capability_runs",
    metadata,
    Column("server", AnyText, primary_key=True),
    Column("model", AnyText, primary_key=True),
    Column("fingerprint", AnyText, nullable=False),
    Column("at", UtcMoment, nullable=False),
)

# `ability` and `source` are no enumerations here: a newer version may know more of them. `number` is the place among
# the values of the model.
capabilities = Table(
    "capabilities",
    metadata,
    Column("server", AnyText, primary_key=True),
    Column("model", AnyText, primary_key=True),
    Column("ability", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("value", JsonText, nullable=False),
    Column("source", String(32), nullable=False),
    Column("confidence", Double, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("at", UtcMoment, nullable=False),
)

# Values that held once; at `replaced_at` another one took the place, or none.
capability_history = Table(
    "capability_history",
    metadata,
    Column("id", big_id(), primary_key=True),
    Column("server", AnyText, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("ability", String(32), nullable=False),
    Column("value", JsonText, nullable=False),
    Column("source", String(32), nullable=False),
    Column("confidence", Double, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("at", UtcMoment, nullable=False),
    Column("replaced_at", UtcMoment, nullable=False),
)
Index("ix_capability_history_server_model", capability_history.c.server, capability_history.c.model)

# What a detection has seen that is not concluded, in its order; all rows of a model have the same fingerprint.
capability_observations = Table(
    "capability_observations",
    metadata,
    Column("server", AnyText, primary_key=True),
    Column("model", AnyText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", AnyText, nullable=False),
    Column("observation", JsonText, nullable=False),
)

# What was learned and is worth having after a restart: by name, as plain values, with the moment of that.
learned = Table(
    "learned",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JsonText, nullable=False),
    Column("at", UtcMoment, nullable=False),
)
