"""Carries the events of an answer to a delivery: frames while it comes, the final text with a note at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from aiogram.types import InlineKeyboardMarkup

from bot.delivery.base import Delivery
from bot.delivery.code_files import LONGEST_IN_A_MESSAGE, CodeFile, without_long_code
from bot.delivery.thinking import Thinking, Thoughts
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerLoading,
    AnswerQueued,
    AnswerReplaced,
    AnswerRetracted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
)
from llm.clock import Clock, SystemClock
from llm.types import FinishReason

_LOADING_TOLD_SECONDS = 1.0

AnswerOutcome = AnswerCompleted | AnswerStopped | AnswerFailed

MarkupFor = Callable[[AnswerOutcome], InlineKeyboardMarkup | None]
"""The keyboard below an answer that ended so."""


class AnswerWords(Protocol):
    """What is said about an answer, in the person's language."""

    def queued(self, place: int, seconds: float) -> str:
        """While all servers are at work for others."""

    def loading(self, model: str, seconds: float) -> str:
        """While a server loads a model, for so long already."""

    def thinking(self, seconds: float) -> str:
        """While a model reasons, for so long already."""

    def thought(self, seconds: float) -> str:
        """Above thoughts that are folded away: how long they took."""

    def in_file(self, name: str, lines: int) -> str:
        """Below the beginning of code that comes as a file of that name."""

    def replaced(self) -> str:
        """While another answer is on its way in the place of one that broke off."""

    def stopped(self) -> str:
        """Below an answer that the person stopped."""

    def cut_off(self) -> str:
        """Below an answer that reached the limit of its length."""

    def question_cut(self) -> str:
        """Below an answer to a message that was too long to be given to the model as a whole."""

    def by_another(self, model: str) -> str:
        """Below an answer that came from another model than was chosen; empty: it did not."""

    def forgotten(self, number: int) -> str:
        """Below an answer in a conversation whose first messages no longer reach the model as they are."""

    def seen_by_other(self, model: str, chosen: str) -> str:
        """Below an answer about pictures that the chosen model does not see."""

    def failed(self, event: AnswerFailed) -> str:
        """Instead of an answer that failed, or below the part of it that had come."""


@dataclass(frozen=True, slots=True)
class DeliveredAnswer:
    """The messages that hold an answer, first one first, and how it ended."""

    message_ids: tuple[int, ...]
    outcome: AnswerOutcome


async def deliver_answer(
    events: AsyncIterator[AnswerEvent],
    delivery: Delivery,
    words: AnswerWords,
    *,
    markup_for: MarkupFor | None = None,
    show_thinking: bool = False,
    clock: Clock | None = None,
) -> DeliveredAnswer:
    """Show an answer while it comes and send it when it ends. What broke off is shown as broken off.

    `markup_for` gives the keyboard below the last message. With `show_thinking` the model's thoughts are shown while
    they come, and folded away above the answer at its end; else only for how long it has thought. Reading the events
    never waits for Telegram. Raises `DeliveryFailed` as `Delivery.finish` does, and RuntimeError when the events end
    before the answer does.
    """
    async with _Growing(delivery, words, clock or SystemClock(), show_thinking=show_thinking) as growing:
        async for event in events:
            match event:
                case AnswerCompleted() | AnswerStopped() | AnswerFailed():
                    markup = markup_for(event) if markup_for is not None else None
                    return DeliveredAnswer(await growing.finish(event, markup), event)
                case _:
                    await growing.show(event)
    raise RuntimeError("the events of an answer ended before the answer did")


class _Growing:
    """An answer on its way, and what a person sees of it; an async context manager, which owns the count of seconds."""

    def __init__(self, delivery: Delivery, words: AnswerWords, clock: Clock, *, show_thinking: bool) -> None:
        self._delivery = delivery
        self._words = words
        self._clock = clock
        self._thinking = Thinking(clock)
        self._show_thinking = show_thinking
        self._text = ""
        self._loading: asyncio.Task[None] | None = None
        self._loaded_model = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._loaded()

    async def show(self, event: AnswerEvent) -> None:
        """Show what has come with one event that does not end the answer."""
        if isinstance(event, AnswerLoading):
            if self._loading is None or event.model != self._loaded_model:
                await self._loaded()
                self._loaded_model = event.model
                self._loading = asyncio.create_task(self._count_loading(event.model), name="loading")
            return
        await self._loaded()
        match event:
            case AnswerQueued(place=place, seconds=seconds):
                await self._delivery.show(self._text, status=self._words.queued(place, seconds))
                return
            case AnswerThinking(delta=delta):
                await self._think(delta)
                return
            case AnswerRetracted():
                thoughts, self._text = self._text, ""
                await self._think(thoughts)
                return
            case AnswerReplaced():
                self._text, self._thinking = "", Thinking(self._clock)
                await self._delivery.show("", status=self._words.replaced())
                return
            case AnswerText(delta=delta):
                self._thinking.pause()
                self._text += delta
        await self._delivery.show(self._text)

    async def _count_loading(self, model: str) -> None:
        began = self._clock.monotonic()
        while True:
            await self._delivery.show(self._text, status=self._words.loading(model, self._clock.monotonic() - began))
            await self._clock.sleep(_LOADING_TOLD_SECONDS)

    async def _loaded(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
            self._loading = None

    async def _think(self, delta: str) -> None:
        self._thinking.grow(delta)
        status = self._words.thinking(self._thinking.seconds)
        await self._delivery.show(
            self._text, status=status, thoughts=self._thinking.recent if self._show_thinking else ""
        )

    async def finish(self, outcome: AnswerOutcome, markup: InlineKeyboardMarkup | None) -> tuple[int, ...]:
        """Send the final text, with all that belongs to it."""
        await self._loaded()
        self._thinking.pause()
        text, note = _text_and_note(outcome, self._words)
        thoughts = self._thinking.text if self._show_thinking else ""
        shown: str = text
        files: tuple[CodeFile, ...] = ()
        if len(text) > LONGEST_IN_A_MESSAGE // 2:
            shown, files = await asyncio.to_thread(without_long_code, text, self._words.in_file)
        return await self._delivery.finish(
            shown,
            note=note,
            markup=markup,
            thoughts=Thoughts(self._words.thought(self._thinking.seconds), thoughts) if thoughts else None,
            files=files,
        )


def _text_and_note(outcome: AnswerOutcome, words: AnswerWords) -> tuple[str, str]:
    match outcome:
        case AnswerCompleted(result=result):
            return result.text, _note(outcome, words)
        case AnswerStopped(text=text):
            return text, words.stopped()
        case AnswerFailed(text=text):
            return text, words.failed(outcome)


def _note(completed: AnswerCompleted, words: AnswerWords) -> str:
    result, notes = completed.result, []
    if completed.unseeing:
        notes.append(words.seen_by_other(result.model, completed.unseeing))
    elif said := words.by_another(result.model):
        notes.append(said)
    if result.question_cut:
        notes.append(words.question_cut())
    if completed.forgotten:
        notes.append(words.forgotten(completed.forgotten))
    if result.finish_reason is FinishReason.LENGTH:
        notes.append(words.cut_off())
    return "\n\n".join(notes)
