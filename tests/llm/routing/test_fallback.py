"""An answer from whoever can give one, within one deadline; every fault in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from llm.errors import FailureKind
from llm.routing.attempts import Answered, NoAnswer, Restarted
from llm.routing.breaker import BreakerState
from llm.routing.limits import CallLimits
from llm.types import Task, TextDelta, Why
from tests.llm.routing.stage import BROKEN, BUSY, CUT, LIMITS, LOST, SILENT, STALLED, Stage, kinds, play
from tests.llm.routing.virtual import HELLO, OK, REFUSED, Act

K = FailureKind


def test_the_first_choice_answers_while_it_can():
    async def scene(stage: Stage) -> None:
        answered = await stage.ask()
        assert answered.result.text == "Hello there!"
        [attempt] = answered.attempts
        assert (attempt.model, attempt.server, attempt.why) == ("a", "a.local:1", Why.FIRST_CHOICE)
        assert attempt.ttft_seconds == pytest.approx(0.1)
        assert stage.other.requests == 0
        [row] = stage.rows.rows
        assert (row.model, row.task, row.failure, row.prompt_tokens) == ("a", Task.CHAT, None, 10)

    play(scene, OK, OK)


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        (REFUSED, 1),
        (Act(words=(), failure=K.AUTH, status=401), 1),
        (Act(words=(), failure=K.MODEL_MISSING, status=404), 1),
        (Act(words=(), failure=K.QUOTA, status=402), 1),
        (Act(words=(), failure=K.BAD_REQUEST, status=400), 1),
        (Act(words=(), failure=K.CONTEXT_OVERFLOW, status=400), 1),
        (Act(words=(), failure=K.INVALID_OUTPUT, code="empty_answer"), 1),
        (BUSY, 3),
        (BROKEN, 3),
        (LOST, 3),
        (SILENT, 1),
    ],
    ids=lambda value: value.failure.value if isinstance(value, Act) and value.failure else "",
)
def test_the_next_one_answers_when_the_first_can_not(act: Act, asked: int):
    async def scene(stage: Stage) -> None:
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered)
        assert outcome.result.model == "b"
        assert stage.primary.requests == asked
        assert kinds(outcome.attempts)[-1] == ("b", None)
        assert seconds < 11

    play(scene, act, OK)


def test_a_dead_server_costs_one_person_a_moment_and_the_others_nothing():
    async def scene(stage: Stage) -> None:
        first, _ = await stage.timed()
        assert first < 0.1 + 0.1
        for _ in range(20):
            seconds, outcome = await stage.timed()
            assert isinstance(outcome, Answered)
            assert seconds < 0.111 + 0.005
        # It is asked again from time to time, as long as nobody looks after its health.
        assert stage.primary.requests <= 4

    play(scene, REFUSED, OK)


def test_a_blip_is_tried_again_on_the_same_target():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [BROKEN]
        answered = await stage.ask()
        assert kinds(answered.attempts) == [("a", K.SERVER_ERROR), ("a", None)]
        assert answered.attempts[1].why is Why.SAME_AGAIN
        assert stage.other.requests == 0

    play(scene, OK, OK)


def test_a_short_wait_that_a_server_asks_for_is_kept_and_a_long_one_is_not_waited_for():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [Act(words=(), failure=K.RATE_LIMIT, status=429, retry_after=2)]
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered)
        assert (outcome.result.model, outcome.attempts[-1].why) == ("a", Why.TRIAL)
        assert 2.1 <= seconds < 2.5
        stage.primary.script = [Act(words=(), failure=K.RATE_LIMIT, status=429, retry_after=20)]
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered)
        assert outcome.result.model == "b"
        assert seconds < 0.5
        asked = stage.primary.requests
        await stage.ask()
        assert stage.primary.requests == asked, "the promise to wait holds for everybody"
        assert stage.targets[0].breaker.state is BreakerState.RATE_LIMITED

    play(scene, OK, OK)


def test_a_wait_beyond_the_deadline_is_not_begun():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [Act(words=(), failure=K.RATE_LIMIT, status=429, retry_after=100)]
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, NoAnswer)
        assert seconds < 0.2
        assert outcome.retry_in == pytest.approx(100, abs=0.5)
        assert outcome.failure.kind is K.RATE_LIMIT

    play(scene, OK)


def test_a_single_server_is_waited_for_while_the_deadline_allows_it():
    async def scene(stage: Stage) -> None:
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, NoAnswer), "refused, and nobody else there"
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered), "the breaker is open: the soonest trial is waited for"
        assert seconds < 6
        assert outcome.attempts[0].why is Why.TRIAL

    play(scene, lambda now: REFUSED if now < 0.5 else OK)


def test_content_that_is_refused_is_not_carried_elsewhere():
    async def scene(stage: Stage) -> None:
        with pytest.raises(NoAnswer) as failed:
            await stage.ask()
        assert failed.value.failure.kind is K.CONTENT_FILTER
        assert stage.other.requests == 0
        assert stage.targets[0].breaker.state is BreakerState.CLOSED

    play(scene, Act(words=(), failure=K.CONTENT_FILTER, status=400), OK)


def test_too_long_for_one_goes_to_one_that_holds_more():
    async def scene(stage: Stage) -> None:
        stage.clients[0].context = 4096
        stage.clients[1].context = 2048
        stage.clients[2].context = 8192
        answered = await stage.ask()
        assert kinds(answered.attempts) == [("a", K.CONTEXT_OVERFLOW), ("c", None)]
        assert answered.attempts[1].why is Why.LARGER_CONTEXT

    play(scene, Act(words=(), failure=K.CONTEXT_OVERFLOW, status=400), OK, OK)


def test_a_wrong_key_is_told_and_the_target_left_alone_for_a_while():
    async def scene(stage: Stage) -> None:
        for _ in range(5):
            assert (await stage.ask()).result.model == "b"
        assert stage.told == [("MODEL_a", K.AUTH)]
        assert stage.primary.requests == 1
        assert stage.targets[0].breaker.state is BreakerState.CONFIG_ERROR

    play(scene, Act(words=(), failure=K.AUTH, status=401), OK)


@pytest.mark.parametrize("broken", [CUT, STALLED], ids=["cut", "stalled"])
def test_an_answer_that_breaks_off_is_begun_anew_in_its_place(broken: Act):
    async def scene(stage: Stage) -> None:
        stage.primary.script = [broken]
        stage.primary.usual = SILENT if broken is STALLED else CUT
        text, events = await stage.heard()
        assert text == "Hello there!"
        assert isinstance(events[-1], Answered)
        assert events[-1].result.model == "b"
        assert sum(isinstance(event, Restarted) for event in events) >= 1

    play(scene, OK, OK)


def test_an_answer_that_nobody_can_finish_is_never_taken_for_one():
    async def scene(stage: Stage) -> None:
        with pytest.raises(NoAnswer) as failed:
            await stage.ask()
        assert failed.value.partial.startswith("w0 w1")
        assert failed.value.failure.code == "stream_cut"
        assert all(one.failure is not None for one in failed.value.attempts)

    play(scene, CUT, CUT)


def test_an_answer_that_crawls_is_given_up_while_somebody_else_is_free():
    slow = Act(words=["x"] * 200, between=4)

    async def scene(stage: Stage) -> None:
        text, events = await stage.heard()
        assert text == "Hello there!"
        assert kinds(events[-1].attempts) == [("a", K.STALL), ("b", None)]  # type: ignore[union-attr]

    async def alone(stage: Stage) -> None:
        answered = await stage.ask()
        assert answered.result.model == "a", "slow is better than nothing"

    play(scene, slow, OK)
    play(alone, slow, limits=CallLimits(begin=30, total=2000, stall=10))


def test_under_total_failure_the_upstream_is_spared():
    async def scene(stage: Stage) -> None:
        calls = 200
        for _ in range(calls):
            with pytest.raises(NoAnswer):
                await stage.ask()
            await stage.clock.sleep(1)
        assert stage.primary.requests <= 1.2 * calls + 3
        assert stage.other.requests <= 1.2 * calls + 3

    play(scene, BROKEN, BUSY)


def test_two_callers_do_not_come_back_at_the_same_moment():
    pauses = []

    async def scene(stage: Stage) -> None:
        stage.primary.script = [BUSY]
        answered = await stage.ask()
        pauses.append(round(answered.attempts[1].began - answered.attempts[0].seconds, 4))

    for seed in range(20):
        play(scene, OK, seed=seed)
    assert len(set(pauses)) > 15


@pytest.mark.parametrize("act", [SILENT, BUSY, BROKEN, STALLED, CUT, REFUSED, Act(words=(), first=29.9)])
def test_no_call_takes_longer_than_promised(act: Act):
    async def scene(stage: Stage) -> None:
        seconds, outcome = await stage.timed()
        assert seconds <= LIMITS.total + 0.15
        if isinstance(outcome, NoAnswer) and not outcome.partial:
            assert seconds <= LIMITS.begin + 1.15, "a short prompt takes under a second to be read"

    play(scene, act, act, act)


def test_stop_is_held_against_nobody():
    async def scene(stage: Stage) -> None:
        stream = stage.manager.stream_with_fallback(HELLO)
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        await stream.aclose()
        assert stage.primary.cancelled == 1
        assert stage.targets[0].breaker.state is BreakerState.CLOSED
        [row] = stage.rows.rows
        assert row.failure is K.CANCELLED
        task = asyncio.create_task(stage.ask())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert stage.primary.open == 0

    play(scene, OK, OK)


def test_a_stopped_trial_leaves_the_trial_to_the_next_one():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [REFUSED]
        await stage.ask()
        await stage.clock.sleep(2)
        task = asyncio.create_task(stage.ask())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await stage.ask()).result.model == "a"

    play(scene, OK, OK)


def test_only_one_request_tries_out_a_server_that_was_down():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [REFUSED]
        await stage.ask()
        await stage.clock.sleep(2)
        stage.primary.usual = Act(first=3)
        stage.primary.most_open = 0
        answers = await asyncio.gather(*(stage.ask() for _ in range(100)))
        assert stage.primary.most_open == 1
        assert [answer.result.model for answer in answers].count("a") == 1

    play(scene, OK, OK)


def test_once_the_trial_has_begun_to_answer_everybody_comes_back():
    async def scene(stage: Stage) -> None:
        stage.primary.script = [REFUSED]
        await stage.ask()
        await stage.clock.sleep(2)
        stage.primary.script = [Act(words=["x"] * 50, between=1)]
        long = asyncio.create_task(stage.ask())
        await asyncio.sleep(0.5)
        assert (await stage.ask()).result.model == "a"
        await long

    play(scene, OK, OK)


def test_without_fallback_only_the_first_is_asked():
    async def scene(stage: Stage) -> None:
        with pytest.raises(NoAnswer):
            await stage.ask()
        assert stage.other.requests == 0

    play(scene, REFUSED, OK, fallback_enabled=False)


def test_without_a_model_the_reason_is_told():
    async def scene(stage: Stage) -> None:
        stage.primary.missing = True
        with pytest.raises(NoAnswer) as failed:
            await stage.ask()
        assert (failed.value.failure.code, failed.value.attempts) == ("no_server_found", ())

    play(scene, OK)


def test_a_model_that_has_to_be_loaded_gets_its_time_where_nobody_else_can_answer():
    async def scene(stage: Stage) -> None:
        stage.primary.needs_loading = True
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered)
        assert seconds == pytest.approx(120, abs=1)

    play(scene, Act(first=120), limits=CallLimits(begin=30, total=900))


def test_the_error_carries_every_attempt_and_the_first_cause():
    async def scene(stage: Stage) -> None:
        with pytest.raises(NoAnswer) as failed:
            await stage.ask()
        error = failed.value
        assert kinds(error.attempts) == [("a", K.TRANSPORT), ("b", K.AUTH)]
        assert (error.failure.code, error.model, error.server) == ("refused", "a", "a.local:1")
        assert "hello" not in str(error)

    play(scene, REFUSED, Act(words=(), failure=K.AUTH, status=401), limits=CallLimits(begin=2, total=10))
