"""Carries the events of an answer to a delivery: frames while it comes, the final text with a note at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from aiogram.types import InlineKeyboardMarkup

from bot.delivery.base import Delivery
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerQueued,
    AnswerReplaced,
    AnswerRetracted,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
)
from llm.types import FinishReason

AnswerOutcome = AnswerCompleted | AnswerStopped | AnswerFailed

MarkupFor = Callable[[AnswerOutcome], InlineKeyboardMarkup | None]
"""The keyboard below an answer that ended so."""


class AnswerWords(Protocol):
    """What is said about an answer, in the person's language."""

    def queued(self, place: int, seconds: float) -> str:
        """While all servers are at work for others."""

    def thinking(self) -> str:
        """While a model reasons."""

    def replaced(self) -> str:
        """While another answer is on its way in the place of one that broke off."""

    def stopped(self) -> str:
        """Below an answer that the person stopped."""

    def cut_off(self) -> str:
        """Below an answer that reached the limit of its length."""

    def question_cut(self) -> str:
        """Below an answer to a message that was too long to be given to the model as a whole."""

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
    events: AsyncIterator[AnswerEvent], delivery: Delivery, words: AnswerWords, *, markup_for: MarkupFor | None = None
) -> DeliveredAnswer:
    """Show an answer while it comes and send it when it ends. What broke off is shown as broken off.

    `markup_for` gives the keyboard below the last message. Reading the events never waits for Telegram.
    Raises `DeliveryFailed` as `Delivery.finish` does, and RuntimeError when the events end before the answer does.
    """
    text = ""
    async for event in events:
        match event:
            case AnswerStarted():
                await delivery.show(text)
            case AnswerQueued(place=place, seconds=seconds):
                await delivery.show(text, status=words.queued(place, seconds))
            case AnswerThinking():
                await delivery.show(text, status=words.thinking())
            case AnswerRetracted():
                text = ""
                await delivery.show(text, status=words.thinking())
            case AnswerReplaced():
                text = ""
                await delivery.show(text, status=words.replaced())
            case AnswerText(delta=delta):
                text += delta
                await delivery.show(text)
            case AnswerCompleted() | AnswerStopped() | AnswerFailed():
                markup = markup_for(event) if markup_for is not None else None
                return DeliveredAnswer(await _finish(event, delivery, words, markup), event)
    raise RuntimeError("the events of an answer ended before the answer did")


async def _finish(
    outcome: AnswerOutcome, delivery: Delivery, words: AnswerWords, markup: InlineKeyboardMarkup | None
) -> tuple[int, ...]:
    match outcome:
        case AnswerCompleted(result=result):
            return await delivery.finish(result.text, note=_note(outcome, words), markup=markup)
        case AnswerStopped(text=text):
            return await delivery.finish(text, note=words.stopped(), markup=markup)
        case AnswerFailed(text=text):
            return await delivery.finish(text, note=words.failed(outcome), markup=markup)


def _note(completed: AnswerCompleted, words: AnswerWords) -> str:
    result, notes = completed.result, []
    if completed.unseeing:
        notes.append(words.seen_by_other(result.model, completed.unseeing))
    if result.question_cut:
        notes.append(words.question_cut())
    if result.finish_reason is FinishReason.LENGTH:
        notes.append(words.cut_off())
    return "\n\n".join(notes)
