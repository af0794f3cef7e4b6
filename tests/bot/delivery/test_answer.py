"""The events of an answer become frames and one final text that says how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.delivery.answer import AnswerOutcome, deliver_answer
from bot.delivery.code_files import CodeFile
from bot.delivery.thinking import Thoughts
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerLoading,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
)
from llm.errors import Failure, FailureKind, Phase
from llm.types import ChatResult, FinishReason
from tests.bot.delivery.clocks import VirtualClock


class Words:
    def queued(self, place: int, seconds: float) -> str:
        return f"number {place}"

    def loading(self, model: str, seconds: float) -> str:
        return f"loading {model} {seconds:.0f}"

    def thinking(self, seconds: float) -> str:
        return f"thinking {seconds:.0f}"

    def thought(self, seconds: float) -> str:
        return f"thought {seconds:.0f}"

    def in_file(self, name: str, lines: int) -> str:
        return f"{lines} lines in {name}"

    def replaced(self) -> str:
        return "replaced"

    def stopped(self) -> str:
        return "stopped"

    def cut_off(self) -> str:
        return "cut off"

    def by_another(self, model: str) -> str:
        return f"by {model}" if model == "another" else ""

    def seen_by_other(self, model: str, chosen: str) -> str:
        return f"[{model} saw, {chosen} does not]"

    def question_cut(self) -> str:
        return "question cut"

    def forgotten(self, number: int) -> str:
        return f"[{number} forgotten]"

    def failed(self, event: AnswerFailed) -> str:
        return f"failed: {event.failure.kind}"


class Record:
    """A delivery that only remembers."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, str]] = []
        self.final: tuple[str, str] | None = None
        self.markup: InlineKeyboardMarkup | None = None
        self.thoughts: list[str] = []
        self.folded: Thoughts | None = None
        self.files: tuple[CodeFile, ...] = ()

    async def show(self, markdown: str, *, status: str = "", thoughts: str = "") -> None:
        self.frames.append((markdown, status))
        self.thoughts.append(thoughts)

    async def finish(
        self,
        markdown: str,
        *,
        note: str = "",
        markup: InlineKeyboardMarkup | None = None,
        thoughts: Thoughts | None = None,
        files: Sequence[CodeFile] = (),
    ) -> tuple[int, ...]:
        self.final = (markdown, note)
        self.markup = markup
        self.folded = thoughts
        self.files = tuple(files)
        return (1, 2)


async def told(*events: AnswerEvent) -> AsyncIterator[AnswerEvent]:
    for event in events:
        await asyncio.sleep(0)
        yield event


def completed(text: str, reason: FinishReason = FinishReason.STOP) -> AnswerCompleted:
    return AnswerCompleted(ChatResult(text=text, finish_reason=reason, model="m", elapsed_seconds=1.0))


FAILED = AnswerFailed(Failure(FailureKind.STALL, Phase.STREAMING, 1.0), "m", "s", "half")


async def test_frames_carry_the_status_and_then_the_whole_text_so_far() -> None:
    record = Record()
    events = told(AnswerStarted(), AnswerThinking(), AnswerText("a"), AnswerText("b"), completed("ab"))
    delivered = await deliver_answer(events, record, Words())
    assert record.frames == [("", ""), ("", "thinking 0"), ("a", ""), ("ab", "")]
    assert record.final == ("ab", "")
    assert delivered.message_ids == (1, 2)
    assert delivered.outcome == completed("ab")


@pytest.mark.parametrize(
    ("outcome", "final"),
    [
        (completed("text", FinishReason.LENGTH), ("text", "cut off")),
        (AnswerStopped("half"), ("half", "stopped")),
        (AnswerStopped(""), ("", "stopped")),
        (FAILED, ("half", "failed: stall")),
    ],
)
async def test_an_answer_that_is_not_whole_says_so(outcome: AnswerEvent, final: tuple[str, str]) -> None:
    record = Record()
    await deliver_answer(told(outcome), record, Words())
    assert record.final == final


@pytest.mark.parametrize(
    ("reason", "note"), [(FinishReason.STOP, "question cut"), (FinishReason.LENGTH, "question cut\n\ncut off")]
)
async def test_an_answer_to_a_part_of_the_question_says_so(reason: FinishReason, note: str) -> None:
    record = Record()
    result = ChatResult(text="text", finish_reason=reason, model="m", elapsed_seconds=1.0, question_cut=True)
    await deliver_answer(told(AnswerCompleted(result)), record, Words())
    assert record.final == ("text", note)


async def test_it_is_said_that_another_model_than_the_chosen_one_had_to_look_at_a_picture() -> None:
    record = Record()
    await deliver_answer(told(replace(completed("A cat."), unseeing="textonly")), record, Words())
    assert record.final == ("A cat.", "[m saw, textonly does not]")


async def test_it_is_said_when_the_beginning_no_longer_reaches_the_model() -> None:
    record = Record()
    await deliver_answer(told(replace(completed("A cat."), forgotten=12)), record, Words())
    assert record.final == ("A cat.", "[12 forgotten]")


async def test_events_that_end_without_an_end_are_a_fault_of_the_program() -> None:
    record = Record()
    with pytest.raises(RuntimeError):
        await deliver_answer(told(AnswerText("a")), record, Words())
    assert record.final is None


@pytest.mark.parametrize("outcome", [completed("text"), AnswerStopped("half"), FAILED])
async def test_the_keyboard_that_fits_the_end_goes_below_the_answer(outcome: AnswerOutcome) -> None:
    record = Record()
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Again", callback_data="again")]])
    await deliver_answer(told(outcome), record, Words(), markup_for=lambda end: keyboard if end == outcome else None)
    assert record.markup == keyboard


async def test_the_seconds_are_counted_while_a_model_is_loaded_and_no_longer() -> None:
    record, clock = Record(), VirtualClock()

    async def events() -> AsyncIterator[AnswerEvent]:
        yield AnswerLoading("qwen3")
        await clock.sleep(1.5)
        yield AnswerLoading("qwen3")  # told again while it goes on: the count does not begin anew
        await clock.sleep(1)
        yield AnswerText("a")
        await clock.sleep(60)
        yield completed("a")

    await clock.run(deliver_answer(events(), record, Words(), clock=clock))
    assert record.frames == [*[("", f"loading qwen3 {n}") for n in range(3)], ("a", "")]
    assert record.final == ("a", "")


async def test_another_model_that_has_to_be_loaded_then_is_called_by_its_own_name() -> None:
    record, clock = Record(), VirtualClock()

    async def events() -> AsyncIterator[AnswerEvent]:
        for model in ("qwen3", "gemma3"):
            yield AnswerLoading(model)
            await clock.sleep(1.5)
        yield completed("a")

    await clock.run(deliver_answer(events(), record, Words(), clock=clock))
    assert record.frames == [("", f"loading {model} {n}") for model in ("qwen3", "gemma3") for n in range(2)]


async def test_an_answer_that_is_given_up_while_the_model_is_loaded_counts_no_further() -> None:
    record = Record()
    before = asyncio.all_tasks()
    with pytest.raises(RuntimeError):
        await deliver_answer(told(AnswerLoading("m")), record, Words())
    assert asyncio.all_tasks() == before
