"""Turns what is stored of a conversation into what a model is asked; knows nothing of Telegram."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from llm.context import fit
from llm.types import Message, Role
from storage import AnswerState, Conversations, StoredMessage, Turn


async def messages_for(conversations: Conversations, turn: Turn, max_context: int | None) -> tuple[Message, ...]:
    """The messages to send for a turn: as much of the past as the model can hold, and the turn's own text last."""
    past = await conversations.history(turn.conversation_id, before_message_id=turn.message_id)
    said = [*_dialogue(past), Message(Role.USER, turn.text)]
    # Joined only after fitting: a question that was too long must not ride along with the next one.
    return _joined(fit(said, max_context))


def _dialogue(past: Iterable[StoredMessage]) -> list[Message]:
    """Answers that broke off by a fault were never answers; one that the person stopped was read and stays."""
    return [Message(message.role, message.text) for message in past if message.state is not AnswerState.FAILED]


def _joined(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Neighbours with the same role become one message: many chat templates refuse two in a row (servers.md 12)."""
    joined: list[Message] = []
    for role, same in groupby(messages, key=lambda message: message.role):
        joined.append(Message(role, "\n\n".join(message.text for message in same)))
    return tuple(joined)
