"""The ways to show an answer that are measured: ours, what most bots do, and the least that can be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from random import Random

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter

from bot.delivery.answer import deliver_answer
from bot.delivery.choose import Deliveries
from bot.delivery.flood import FloodControl
from bot.events import AnswerCompleted, AnswerEvent, AnswerFailed, AnswerText
from llm.clock import SystemClock

Show = Callable[[int, AsyncIterator[AnswerEvent]], Awaitable[None]]
"""Shows the answer that comes with the events in a chat, until all of it is there or given up."""

# As the best known bots do it: an edit each second, a wait when it is refused, and three tries at the end.
_EDIT_SECONDS = 1.0
_TRIES = 3
_LONGEST = 4096


class Words:
    """What stands around an answer; hardly any of it is seen here."""

    def queued(self, place: int, seconds: float) -> str:
        """While all servers are at work."""
        return f"Number {place}, {seconds:.0f} s"

    def loading(self, model: str, seconds: float) -> str:
        """While a model is loaded."""
        return f"Loading {model} {seconds:.0f} s"

    def thinking(self, seconds: float) -> str:
        """While a model reasons."""
        return f"Thinking {seconds:.0f} s"

    def thought(self, seconds: float) -> str:
        """Above thoughts."""
        return f"Thought for {seconds:.0f} s"

    def in_file(self, name: str, lines: int) -> str:
        """Below code that is a file."""
        return f"{lines} lines are in {name}"

    def replaced(self) -> str:
        """While another answer comes."""
        return "Once more"

    def stopped(self) -> str:
        """Below a stopped answer."""
        return "Stopped"

    def cut_off(self) -> str:
        """Below an answer of the greatest length."""
        return "Cut off"

    def question_cut(self) -> str:
        """Below an answer to a part of a question."""
        return "Cut"

    def by_another(self, model: str) -> str:
        """No model is chosen here."""
        return ""

    def forgotten(self, number: int) -> str:
        """Below an answer in a long conversation."""
        return f"{number} forgotten"

    def seen_by_other(self, model: str, chosen: str) -> str:
        """Below an answer about pictures."""
        return f"{model} saw it for {chosen}"

    def failed(self, event: AnswerFailed) -> str:
        """Instead of an answer."""
        return event.failure.kind


def ours(bot: Bot, *, private: bool, frames: bool = True) -> Show:
    """The bot's own delivery: drafts in private chats, edits in groups; without frames only the final text."""
    flood, clock = FloodControl(SystemClock()), SystemClock()
    bot.session.middleware(flood)
    deliveries = Deliveries(flood, clock, Random(1))

    async def show(chat_id: int, events: AsyncIterator[AnswerEvent]) -> None:
        shown = events if frames else _only_the_end(events)
        async with deliveries.open(bot, chat_id, private=private) as delivery, aclosing(shown) as told:  # type: ignore[type-var]
            await deliver_answer(told, delivery, Words())

    return show


def edit_every_second(bot: Bot) -> Show:
    """What most bots do."""

    async def show(chat_id: int, events: AsyncIterator[AnswerEvent]) -> None:
        text, shown, message_id, edited_at = "", "", 0, 0.0
        async for event in events:
            if isinstance(event, AnswerText):
                text += event.delta
            if time.monotonic() - edited_at < _EDIT_SECONDS or not text.strip():
                continue
            edited_at = time.monotonic()
            try:
                if not message_id:
                    message_id = (await bot.send_message(chat_id, text[:_LONGEST])).message_id
                elif text != shown:
                    await bot.edit_message_text(text[:_LONGEST], chat_id=chat_id, message_id=message_id)
                shown = text
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except TelegramAPIError:
                continue
        for _ in range(_TRIES if text != shown else 0):
            try:
                await bot.edit_message_text(text[:_LONGEST], chat_id=chat_id, message_id=message_id)
                return
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except TelegramAPIError:
                return

    return show


async def _only_the_end(events: AsyncIterator[AnswerEvent]) -> AsyncIterator[AnswerEvent]:
    async for event in events:
        if isinstance(event, AnswerCompleted):
            yield event


WAYS: dict[str, Callable[[Bot], Show]] = {
    "ours, private chats (drafts)": lambda bot: ours(bot, private=True),
    "ours, groups (edits)": lambda bot: ours(bot, private=False),
    "an edit each second": edit_every_second,
    "limit: the end only": lambda bot: ours(bot, private=True, frames=False),
}
