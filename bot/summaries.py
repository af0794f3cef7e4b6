"""Sums up the beginning of a long conversation after an answer, so that it is not forgotten when it no longer fits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import structlog

from bot.conversation import dialogue
from llm.context import without_middle
from llm.errors import LLMError
from llm.tasks.augmentation import Augmenter
from llm.tokens import TokenEstimator
from llm.types import ChatResult, Message, Role
from storage import HISTORY_MESSAGES, Conversations, StorageError, StoredMessage, Summaries, Summary

logger = structlog.get_logger()

FULL_SHARE = 0.75
"""A conversation that takes so much of the room is summed up: the next question has to fit as well."""
KEPT_SHARE = 0.5
"""The newest messages, as many as take so much of the room, stay as they are."""
PIECE_SHARE = 0.6
MOST_PIECE_TOKENS = 6000
"""So much is summed up at a time, since the model that does it has a context of its own."""
NOTES_SHARE = 0.06
LEAST_WORDS, MOST_WORDS = 50, 250
MOST_NOTES = 4000
"""Of longer notes, in characters, the rest is left out, whatever the model was told."""
MOST_MESSAGES = int(HISTORY_MESSAGES * 0.8)
"""More messages than this count as full: only so many are read of a conversation."""
MOST_GIVEN_WAY = 2
"""A summing up that had to give way so often in a row is brought to its end."""
CHARACTERS_PER_TOKEN = 3
_FEWEST_CHARACTERS_PER_TOKEN = 2
_LEAST_CHARACTERS = 40


class RollingSummaries:
    """Owns the work; an async context manager, so that none of it outlives the parts that it needs.

    A summary is made after an answer, never before one, and gives way when the person asks something: the model may
    be the one that has to answer. What was done until then is kept, and what fails is tried again after another answer.
    """

    def __init__(self, conversations: Conversations, summaries: Summaries, augmenter: Augmenter) -> None:
        self._conversations = conversations
        self._summaries = summaries
        self._augmenter = augmenter
        self._estimator = TokenEstimator()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._given_way: dict[int, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def give_way(self, conversation_id: int) -> None:
        """Somebody wants an answer in this conversation: leave them the model."""
        task = self._tasks.get(conversation_id)
        given_way = self._given_way.get(conversation_id, 0)
        if task is not None and given_way < MOST_GIVEN_WAY and task.cancel():
            self._given_way[conversation_id] = given_way + 1

    def look(self, conversation_id: int, result: ChatResult, *, at_home: bool = False) -> None:
        """Begin to sum up a conversation when its newest answer shows that it fills the model's context.

        With `at_home` no cloud does it.
        """
        use = result.context_use
        if use is None or conversation_id in self._tasks:
            return
        taken = use.prompt_tokens + len(result.text) // CHARACTERS_PER_TOKEN
        if not use.left_out and use.messages < MOST_MESSAGES and taken < FULL_SHARE * use.prompt_limit:
            return
        work = self._sum_up(conversation_id, use.prompt_limit, use.left_out, at_home=at_home)
        task = self._tasks[conversation_id] = asyncio.create_task(work, name="summary")
        task.add_done_callback(lambda _: self._tasks.pop(conversation_id, None))

    async def _sum_up(self, conversation_id: int, room: int, left_out: int, *, at_home: bool) -> None:
        try:
            revision = await self._summaries.revision(conversation_id)
            before = await self._summaries.of(conversation_id)
            after = before.message_id if before is not None else 0
            said = dialogue(await self._conversations.history(conversation_id, after_message_id=after))
            old = said[: max(self._first_kept(said, room), _exchange_from(said, left_out))]
            notes = before.text if before is not None else ""
            words = min(MOST_WORDS, max(LEAST_WORDS, int(room * NOTES_SHARE)))
            for piece in self._pieces(old, min(MOST_PIECE_TOKENS, int(room * PIECE_SHARE))):
                shown = [Message(one.role, one.text) for one in piece]
                notes = await self._augmenter.notes(notes, shown, words=words, at_home=at_home)
                notes = notes[:MOST_NOTES]
                if not await self._summaries.keep(conversation_id, Summary(notes, piece[-1].id), revision=revision):
                    return  # what was summed up has been changed meanwhile
                logger.info("conversation_summed_up", conversation=conversation_id, messages=len(piece))
            self._given_way.pop(conversation_id, None)
        except (LLMError, StorageError) as error:
            logger.info("conversation_not_summed_up", conversation=conversation_id, reason=type(error).__name__)

    def _first_kept(self, said: Sequence[StoredMessage], room: int) -> int:
        """The place of the first message that stays as it is: a question, as far back as there is room for."""
        first = max((place for place, one in enumerate(said) if one.role is Role.USER), default=0)
        tokens = 0
        for place in reversed(range(len(said))):
            tokens += self._cost(said[place])
            fits = tokens <= room * KEPT_SHARE and len(said) - place <= MOST_MESSAGES // 2
            if not fits:
                break
            if said[place].role is Role.USER:
                first = min(first, place)
        return first

    def _pieces(self, said: Sequence[StoredMessage], most_tokens: int) -> list[list[StoredMessage]]:
        """The messages in pieces of so many tokens at most; a question and its answers are never torn apart.

        Notes may end with each piece, and what comes after them has to begin with a question.
        """
        pieces: list[list[StoredMessage]] = []
        room = 0
        for exchange in _exchanges(said):
            cost = sum(map(self._cost, exchange))
            if cost > most_tokens:
                exchange = [_shortened(one, most_tokens // len(exchange)) for one in exchange]
                cost = most_tokens
            if cost > room:
                pieces.append([])
                room = most_tokens
            pieces[-1] += exchange
            room -= cost
        return pieces

    def _cost(self, one: StoredMessage) -> int:
        return self._estimator.cost(Message(one.role, one.text))


def _exchange_from(said: Sequence[StoredMessage], place: int) -> int:
    """The place of the first question that is not before `place`."""
    return next((at for at in range(place, len(said)) if said[at].role is Role.USER), 0)


def _exchanges(said: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Each question with the answers to it."""
    exchanges: list[list[StoredMessage]] = []
    for one in said:
        if one.role is Role.USER or not exchanges:
            exchanges.append([])
        exchanges[-1].append(one)
    return exchanges


def _shortened(one: StoredMessage, tokens: int) -> StoredMessage:
    """A message without its middle, of about so many tokens even where each has few letters."""
    kept = max(_LEAST_CHARACTERS, tokens * _FEWEST_CHARACTERS_PER_TOKEN)
    return one if len(one.text) <= kept else replace(one, text=without_middle(one.text, kept))
