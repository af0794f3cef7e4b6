"""What an admin changes until the next start: who is asked first, who not at all, and a try at once."""

from __future__ import annotations

import asyncio

import pytest

from llm.errors import FailureKind
from llm.routing.attempts import NoAnswer
from llm.routing.breaker import BreakerState, Verdict
from llm.routing.limits import CallLimits
from llm.types import Task
from tests.llm.routing.stage import BROKEN, Stage, play
from tests.llm.routing.virtual import OK, REFUSED, Act


def test_the_preferred_one_is_asked_first_and_the_others_still_step_in():
    async def scene(stage: Stage) -> None:
        stage.manager.prefer(stage.targets[2])
        assert [target.setting for target in stage.manager.order] == ["MODEL_c", "MODEL_a", "MODEL_b"]
        assert (await stage.ask()).result.model == "c"
        stage.clients[2].usual = REFUSED
        assert (await stage.ask()).result.model == "a"
        stage.manager.prefer(None)
        assert stage.manager.order == stage.targets

    play(scene, OK, OK, OK)


def test_nobody_s_message_goes_to_one_that_is_paused():
    async def scene(stage: Stage) -> None:
        stage.targets[0].paused = True
        for _ in range(5):
            assert (await stage.ask()).result.model == "b"
        stage.other.usual = BROKEN
        with pytest.raises(NoAnswer):
            await stage.ask()
        assert stage.primary.requests == 0
        stage.targets[1].paused = True
        with pytest.raises(NoAnswer) as none:
            await stage.ask()
        assert none.value.failure.code == "paused"

    play(scene, OK, OK)


def test_without_fallback_only_the_preferred_one_is_asked():
    async def scene(stage: Stage) -> None:
        stage.manager.prefer(stage.targets[1])
        assert stage.manager.order == (stage.targets[1],)

    play(scene, OK, OK, fallback_enabled=False)


def test_a_probe_asks_one_target_once_and_counts_as_such():
    async def scene(stage: Stage) -> None:
        stage.targets[1].paused = True
        answered = await stage.manager.probe(stage.targets[1])
        assert answered.result.model == "b"
        stage.other.usual = BROKEN
        with pytest.raises(NoAnswer) as failed:
            await stage.manager.probe(stage.targets[1])
        assert failed.value.failure.kind is FailureKind.SERVER_ERROR
        assert (stage.primary.requests, stage.other.requests) == (0, 2)
        assert {row.task for row in stage.rows.rows} == {Task.PROBE}

    play(scene, OK, OK)


def test_a_probe_that_is_answered_closes_the_breaker():
    async def scene(stage: Stage) -> None:
        await stage.ask()
        states = [stage.targets[0].breaker.state]
        stage.primary.usual = OK
        await stage.manager.probe(stage.targets[0])
        states.append(stage.targets[0].breaker.state)
        assert states == [BreakerState.OPEN, BreakerState.CLOSED]

    play(scene, REFUSED, OK)


def test_a_probe_does_not_break_a_promise_to_wait():
    async def scene(stage: Stage) -> None:
        limited = Act(words=(), failure=FailureKind.RATE_LIMIT, status=429, retry_after=100)
        stage.primary.script = [limited]
        await stage.ask()
        with pytest.raises(NoAnswer):
            await stage.manager.probe(stage.targets[0])
        assert stage.primary.requests == 1

    play(scene, OK, OK)


def test_a_call_under_way_goes_on_with_the_targets_and_limits_that_it_began_with():
    async def scene(stage: Stage) -> None:
        call = asyncio.create_task(stage.ask())
        await stage.clock.sleep(0.01)
        first, second = stage.targets
        stage.manager.replace([second])
        stage.manager.work_by(limits=CallLimits(max_retries=0), fallback_enabled=False, hedge_share=0.0)
        assert (await stage.ask()).result.model == "b"
        answered = await call
        assert [attempt.model for attempt in answered.attempts] == ["a", "a"]
        assert stage.manager.targets == (second,)
        stage.manager.replace([first, second])
        assert stage.manager.order == (first,), "no fallback"

    failing_at_first = [Act(first=1.0, words=(), failure=FailureKind.OVERLOAD, status=503)]
    play(scene, lambda _: failing_at_first.pop() if failing_at_first else OK, OK)


def test_a_preference_ends_with_its_target():
    async def scene(stage: Stage) -> None:
        first, second = stage.targets
        stage.manager.prefer(second)
        stage.manager.replace([second, first])
        assert stage.manager.preferred is second
        stage.manager.replace([first])
        assert stage.manager.preferred is None
        assert stage.manager.order == (first,)

    play(scene, OK, OK)


def test_who_waits_for_a_model_that_is_away_and_was_asked_by_nobody_goes_on_with_the_next_settings():
    async def scene(stage: Stage) -> None:
        first, second = stage.targets
        stage.manager.replace([first])
        granted = first.breaker.admit()
        assert granted is not None
        first.breaker.failed(granted, Verdict.DOWN)
        call = asyncio.create_task(stage.ask())
        await stage.clock.sleep(0.1)
        assert not call.done()
        stage.manager.replace([second])
        answered = await call
        assert [attempt.model for attempt in answered.attempts] == ["b"]
        assert stage.clock.monotonic() < 1

    play(scene, REFUSED, OK)
