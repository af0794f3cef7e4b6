"""Asking the model in use: stopped, cancelled, closed early; one row for each request."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.answering import Answering, StopSignal
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerRetracted,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
    Notice,
)
from llm.clock import SystemClock
from llm.config import Timeouts
from llm.errors import FailureKind
from llm.http import make_client
from llm.monitoring import AttemptRecord, FailureGroup, ModelPerformanceMonitor, ModelStats, SeriesPoint, Subjects
from llm.routing.fallback import LLMFallbackManager
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.types import ChatRequest, ImagePart, Message, Role, Task
from storage import Conversations, Turn, open_database
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, Stream, chunk, error, text_chunk

STUCK = Sse((chunk({"role": "assistant", "content": ""}), text_chunk("part"), Step.HANG))


@dataclass
class Rows:
    """Keeps the rows in memory."""

    rows: list[AttemptRecord] = field(default_factory=list)

    def add(self, record: AttemptRecord) -> None:
        self.rows.append(record)

    async def stats(
        self, *, since: datetime, model: str | None = None, task: Task | None = None
    ) -> Sequence[ModelStats]:
        raise NotImplementedError

    async def series(self, **_: object) -> Sequence[SeriesPoint]:
        raise NotImplementedError

    async def failures(self, **_: object) -> Sequence[FailureGroup]:
        raise NotImplementedError

    async def attempts_of(self, request_id: int) -> Sequence[AttemptRecord]:
        raise NotImplementedError

    async def subjects(self) -> Subjects:
        return Subjects()


@dataclass
class Desk:
    """What a test of one answer needs."""

    answering: Answering
    turn: Turn
    rows: list[AttemptRecord]
    server: ModelServer
    models: ServingModel
    notices: list[Notice]

    @property
    def kinds(self) -> list[FailureKind | None]:
        return [row.failure for row in self.rows]

    async def all(self, stop: StopSignal) -> list[AnswerEvent]:
        async with aclosing(self.answering.answer(self.turn, stop)) as events:
            return [event async for event in events]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock, rows = SystemClock(), Rows()
    notices: list[Notice] = []
    async with (
        ModelServer() as server,
        make_client() as http,
        open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", clock) as database,
    ):
        models = ServingModel(http=http, clock=clock, timeouts=Timeouts(), wanted_base=server.base, wanted_model="tiny")
        conversations = Conversations(database, clock)
        turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=1, text="Hello")
        chance = random.Random(1)
        manager = LLMFallbackManager(
            [Target(models, setting="LLM_", monotonic=clock.monotonic, randomness=chance)],
            clock=clock,
            randomness=chance,
            monitor=ModelPerformanceMonitor(rows, clock),
        )
        answering = Answering(manager, conversations, notices.append)
        yield Desk(answering, turn, rows.rows, server, models, notices)


async def test_a_whole_answer_is_told_piece_by_piece_and_kept_in_one_row(desk: Desk) -> None:
    desk.server.script(Stream("one two", prompt_tokens=11))
    events = await desk.all(StopSignal())
    assert events[0] == AnswerStarted()
    assert "".join(event.delta for event in events if isinstance(event, AnswerText)) == "one two"
    assert isinstance(events[-1], AnswerCompleted)
    (row,) = desk.rows
    assert (row.model, row.failure, row.prompt_tokens, row.completion_tokens) == ("tiny", None, 11, 2)
    assert row.ttft_seconds is not None
    assert 0 < row.ttft_seconds <= row.latency_seconds


async def test_a_chosen_model_that_was_passed_over_for_a_picture_is_named(desk: Desk) -> None:
    desk.server.reply("A cat.")
    picture = Message(Role.USER, (ImagePart(b"x", "image/png"),))
    manager = desk.answering._manager
    chosen = SimpleNamespace(source=SimpleNamespace(name="textonly", sees=False))
    request = ChatRequest((picture,), own_choice="textonly")
    answered = await manager.chat_with_fallback(request)
    manager.targets = (*manager.targets, chosen)  # type: ignore[arg-type]
    assert desk.answering._unseeing(request, answered) == "textonly"
    assert not desk.answering._unseeing(replace(request, own_choice="tiny"), answered)
    assert not desk.answering._unseeing(replace(request, own_choice="unknown"), answered)
    assert not desk.answering._unseeing(replace(request, messages=(Message(Role.USER, "Hi"),)), answered)


async def test_a_stop_ends_the_wait_at_once_and_closes_the_connection(desk: Desk) -> None:
    desk.server.script(STUCK)
    stop = StopSignal()
    events: list[AnswerEvent] = []
    async with aclosing(desk.answering.answer(desk.turn, stop)) as answer:
        async for event in answer:
            events.append(event)
            if isinstance(event, AnswerText):
                asyncio.get_running_loop().call_later(0.02, stop.stop)
                pressed = asyncio.get_running_loop().time() + 0.02
    assert isinstance(events[-1], AnswerStopped)
    assert events[-1].text == "part"
    assert events[-1].request_id == desk.rows[0].request_id
    gone = await desk.server.wait_disconnect()
    assert gone.at - pressed < 5  # the answer would hang for ever
    assert desk.kinds == [FailureKind.CANCELLED]


async def test_a_stop_before_the_beginning_asks_for_no_words(desk: Desk) -> None:
    stop = StopSignal()
    stop.stop()
    stop.stop()
    last = (await desk.all(stop))[-1]
    assert isinstance(last, AnswerStopped)
    assert last.text == ""
    assert desk.server.chats == []
    assert desk.kinds == []


async def test_a_stop_that_comes_after_the_end_changes_nothing(desk: Desk) -> None:
    stop = StopSignal()
    events = await desk.all(stop)
    stop.stop()
    assert isinstance(events[-1], AnswerCompleted)
    assert desk.kinds == [None]


async def test_cancelling_closes_the_connection_and_keeps_one_row(desk: Desk) -> None:
    desk.server.script(STUCK)
    task = asyncio.create_task(desk.all(StopSignal()))
    await desk.server.wait_requests()
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await desk.server.wait_disconnect()
    assert desk.kinds == [FailureKind.CANCELLED]


async def test_closing_it_early_closes_the_connection_and_keeps_one_row(desk: Desk) -> None:
    desk.server.script(STUCK)
    async with aclosing(desk.answering.answer(desk.turn, StopSignal())) as answer:
        async for event in answer:
            if isinstance(event, AnswerText):
                break
    await desk.server.wait_disconnect()
    assert desk.kinds == [FailureKind.CANCELLED]


async def test_a_failure_is_told_kept_and_raises_a_doubt(desk: Desk) -> None:
    desk.server.otherwise(error("boom", status=500))
    last = (await desk.all(StopSignal()))[-1]
    assert isinstance(last, AnswerFailed)
    assert (last.failure.kind, last.model, last.text) == (FailureKind.SERVER_ERROR, "tiny", "")
    assert desk.kinds == [FailureKind.SERVER_ERROR] * len(last.tried)
    assert 2 <= len(last.tried) <= 4
    assert desk.models.needs_refresh


async def test_reasoning_whose_beginning_was_not_marked_is_taken_back(desk: Desk) -> None:
    desk.server.script(Stream(tokens=("I think", " so", "</think>", "\n\nYes.")))
    events = await desk.all(StopSignal())
    retracted = events.index(AnswerRetracted())
    assert events[1:retracted] == [AnswerText("I think"), AnswerText(" so")]
    shown = "".join(event.delta for event in events[retracted:] if isinstance(event, AnswerText))
    completed = events[-1]
    assert isinstance(completed, AnswerCompleted)
    assert (shown, completed.result.text, completed.result.thinking) == ("Yes.", "Yes.", "I think so")


async def test_the_next_answer_of_such_a_model_is_held_until_it_is_certain(desk: Desk) -> None:
    desk.server.otherwise(Stream(tokens=("I think", " so", "</think>", "\n\nYes.")))
    await desk.all(StopSignal())
    events = await desk.all(StopSignal())
    assert AnswerRetracted() not in events
    assert AnswerThinking() in events
    assert [event.delta for event in events if isinstance(event, AnswerText)] == ["Yes."]


async def test_admins_hear_of_a_prompt_that_was_cut_in_silence(desk: Desk) -> None:
    desk.server.reply("Hi.", prompt_tokens=9)
    long = replace(desk.turn, text="many words " * 500)
    async with aclosing(desk.answering.answer(long, StopSignal())) as events:
        completed = [event async for event in events][-1]
    assert isinstance(completed, AnswerCompleted)
    (notice,) = desk.notices
    assert notice.key == "notice-prompt-cut"
    assert notice.args["model"] == "tiny"
    assert notice.args["counted"] == 9
    assert "many words" not in repr(notice)
