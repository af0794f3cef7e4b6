"""Turns what is stored of a conversation into what a model is asked; knows nothing of Telegram."""

from __future__ import annotations

from collections.abc import Iterable

from llm.types import Message, Role
from storage import AnswerState, Conversations, StoredMessage, Turn


async def messages_for(conversations: Conversations, turn: Turn) -> tuple[Message, ...]:
    """The past of a conversation and the turn's own text last; what of it a model can hold, its client decides."""
    past = await conversations.history(turn.conversation_id, before_message_id=turn.message_id)
    return (*_dialogue(past), Message(Role.USER, turn.text))


def _dialogue(past: Iterable[StoredMessage]) -> list[Message]:
    """Answers that broke off by a fault were never answers; one that the person stopped was read and stays."""
    return [Message(message.role, message.text) for message in past if message.state is not AnswerState.FAILED]
