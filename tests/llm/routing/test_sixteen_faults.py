"""The faults of bench/failover in virtual time: a quick profile of what docs/failover.md shows with real timings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from llm.errors import FailureKind
from llm.routing.attempts import Answered, NoAnswer
from llm.routing.limits import CallLimits
from llm.routing.recovery import RecoveryWatch
from llm.servers.kinds import ServerState
from tests.llm.routing.stage import BROKEN, BUSY, CUT, LOST, SILENT, STALLED, Stage, play
from tests.llm.routing.virtual import OK, REFUSED, Act

K = FailureKind
LIMITS = CallLimits(begin=30, total=30, stall=10, max_retries=2)
LIMITED = Act(words=(), failure=K.RATE_LIMIT, status=429)
WAIT_2 = Act(words=(), failure=K.RATE_LIMIT, status=429, retry_after=2)


def answered(by: str, *, most_asked: int, within: float, once: Act | None = None) -> Callable[[Stage], Awaitable[None]]:
    async def scene(stage: Stage) -> None:
        if once is not None:
            stage.primary.script = [once]
        seconds, outcome = await stage.timed()
        assert isinstance(outcome, Answered)
        assert outcome.result.text == "Hello there!"
        assert outcome.result.model == by
        assert stage.primary.requests <= most_asked
        assert seconds <= within

    return scene


@pytest.mark.parametrize(
    ("usual", "scene"),
    [
        pytest.param(OK, answered("a", most_asked=2, within=2.5, once=WAIT_2), id="S01"),
        pytest.param(LIMITED, answered("b", most_asked=3, within=4), id="S02"),
        pytest.param(OK, answered("a", most_asked=2, within=1, once=BROKEN), id="S03"),
        pytest.param(BUSY, answered("b", most_asked=3, within=4), id="S04"),
        pytest.param(LOST, answered("b", most_asked=3, within=4), id="S05"),
        pytest.param(SILENT, answered("b", most_asked=1, within=11), id="S06"),
        pytest.param(Act(first=20), answered("b", most_asked=1, within=11), id="S07"),
        pytest.param(CUT, answered("b", most_asked=1, within=2), id="S08"),
        pytest.param(STALLED, answered("b", most_asked=1, within=11), id="S09"),
        pytest.param(Act(failure=K.INVALID_OUTPUT, code="unreadable"), answered("b", most_asked=1, within=2), id="S10"),
        pytest.param(OK, answered("a", most_asked=1, within=1), id="S11"),
        pytest.param(
            Act(words=(), failure=K.CONTEXT_OVERFLOW, status=400), answered("b", most_asked=1, within=1), id="S12"
        ),
    ],
)
def test_an_answer_comes_at_a_price_that_the_server_can_bear(usual: Act, scene: Callable[[Stage], Awaitable[None]]):
    play(scene, usual, OK, limits=LIMITS)


def test_s13_a_content_filter_is_final():
    async def scene(stage: Stage) -> None:
        _, outcome = await stage.timed()
        assert isinstance(outcome, NoAnswer)
        assert (stage.primary.requests, stage.other.requests) == (1, 0)

    play(scene, Act(words=(), failure=K.CONTENT_FILTER, status=400), OK, limits=LIMITS)


def test_s14_a_new_answer_needs_no_prefill():
    async def scene(stage: Stage) -> None:
        text, _ = await stage.heard()
        assert text == "Hello there!"

    play(scene, CUT, OK, limits=LIMITS)


def test_s15_away_for_a_minute_and_back_in_use_within_five_seconds():
    async def scene(stage: Stage) -> None:
        stage.primary.state = ServerState.UNREACHABLE
        async with RecoveryWatch(lambda: stage.targets, stage.clock):
            for number in range(20):
                await stage.clock.sleep(max(0.0, 4.0 * number - stage.clock.monotonic()))
                if stage.clock.monotonic() >= 60:
                    stage.primary.state = ServerState.UP
                _, outcome = await stage.timed()
                assert isinstance(outcome, Answered)
                if stage.clock.monotonic() > 65:
                    assert outcome.result.model == "a"

    play(scene, lambda now: REFUSED if now < 60 else OK, OK, limits=LIMITS)


def test_s16_the_figures_are_those_of_whoever_has_answered():
    async def scene(stage: Stage) -> None:
        answered = await stage.ask()
        assert (answered.result.model, answered.result.usage is not None) == ("b", True)
        assert [row.prompt_tokens for row in stage.rows.rows if row.failure is not None] == [None] * (
            len(answered.attempts) - 1
        )

    play(scene, BUSY, OK, limits=LIMITS)
