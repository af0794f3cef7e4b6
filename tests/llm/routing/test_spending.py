"""What the cloud may cost: kept by each request alone, by many at once, and over midnight."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.config import ModelConfig
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord, ModelPerformanceMonitor
from llm.routing.attempts import Answered, NoAnswer
from llm.routing.fallback import LLMFallbackManager
from llm.routing.spending import Spending, cost_of, expected_cost
from llm.routing.target import Target
from llm.spans import Span
from tests.llm.routing.stage import Rows
from tests.llm.routing.virtual import HELLO, START, Act, LoopClock, ScriptedClient, in_virtual_time

CLOUD = ModelConfig(name="cloud", api_base="https://api.x.test/v1", local=False, price_in=1, price_out=10)
HOME = ModelConfig(name="home", api_base="http://127.0.0.1:1/v1", local=True, price_in=1, price_out=10)


@dataclass
class PaidClient(ScriptedClient):
    """A client of a model with a price: 10 tokens read and two written cost 0.03."""

    at_home: bool = False

    @property
    def config(self) -> ModelConfig:
        base = f"http://{self.name}.local:1/v1"
        return ModelConfig(name=self.name, api_base=base, local=self.at_home, price_in=1000, price_out=10_000)


class StandingClock:
    """A clock of which only the calendar is read."""

    def __init__(self) -> None:
        self.moment = START

    def now(self):
        return self.moment

    def monotonic(self) -> float:
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def test_a_price_is_for_a_million_tokens():
    assert cost_of(CLOUD, 1_000_000, 500_000) == 6.0
    assert expected_cost(CLOUD.model_copy(update={"max_tokens": 100}), 1000) == pytest.approx(0.002)


def test_a_cap_holds_for_the_cloud_only_and_ends_with_its_span():
    clock = StandingClock()
    spending = Spending(clock, {Span.DAY: 1.0, Span.MONTH: 1.5})
    spending.add(0.999)
    assert spending.exhausted(CLOUD, 100) is Span.DAY
    assert spending.exhausted(HOME, 10**9) is None
    assert spending.exhausted(HOME.model_copy(update={"local": None}), 10**9) is None
    clock.moment += timedelta(days=1)
    assert spending.exhausted(CLOUD, 100) is None
    spending.add(0.6)
    assert spending.exhausted(CLOUD, 100) is Span.MONTH
    clock.moment += timedelta(days=30)
    assert spending.exhausted(CLOUD, 100) is None
    assert [one.amount for one in spending.spent()] == [0.0, 0.0]


def test_what_was_spent_before_the_start_counts():
    spending = Spending(StandingClock(), {Span.DAY: 1.0})
    spending.begin_with(Span.DAY, 0.85)
    (day,) = spending.spent()
    assert (day.nearly, day.over) == (True, False)
    spending.add(0.15)
    (day,) = spending.spent()
    assert day.over
    assert spending.seconds_left(Span.DAY) == 86400


def test_a_cap_of_nothing_allows_no_cloud_at_all():
    assert Spending(StandingClock(), {Span.DAY: 0.0}).exhausted(CLOUD, 1) is Span.DAY
    assert Spending(StandingClock()).exhausted(CLOUD, 10**9) is None


@given(st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 1), st.booleans()), max_size=60), st.floats(0.01, 1))
def test_many_at_once_never_exceed_the_cap(requests: list[tuple[int, float, bool]], cap: float):
    """As long as none costs more than was expected of it."""
    spending = Spending(StandingClock(), {Span.DAY: cap})
    under_way = []
    for tokens, share, ends in requests:
        if spending.exhausted(CLOUD, tokens) is None:
            under_way.append((spending.hold(CLOUD, tokens), expected_cost(CLOUD, tokens) * share))
        if ends and under_way:
            release, cost = under_way.pop(0)
            release()
            spending.add(cost)
    for release, cost in under_way:
        release()
        spending.add(cost)
    (day,) = spending.spent()
    assert day.amount <= cap + 1e-9


def play(scene, *, caps: dict[Span, float], home: bool) -> None:
    async def work(clock: LoopClock) -> None:
        cloud = PaidClient("cloud", clock)
        clients = [cloud, *([PaidClient("home", clock, at_home=True)] if home else [])]
        chance, rows = random.Random(1), Rows()
        spending = Spending(clock, caps)
        manager = LLMFallbackManager(
            [Target(one, setting=one.name, monotonic=clock.monotonic, randomness=chance) for one in clients],
            clock=clock,
            randomness=chance,
            monitor=ModelPerformanceMonitor(rows, clock),  # type: ignore[arg-type]
            spending=spending,
        )
        for one in clients:
            one.local = one is not cloud
        await scene(manager, cloud, spending, rows.rows)

    in_virtual_time(work)


def test_when_the_money_is_spent_those_at_home_answer():
    async def scene(
        manager: LLMFallbackManager, cloud: PaidClient, spending: Spending, rows: list[AttemptRecord]
    ) -> None:
        models = [(await manager.chat_with_fallback(HELLO)).result.model for _ in range(4)]
        # An answer is expected to cost 5 and costs 0.03.
        assert models == ["cloud"] * 2 + ["home"] * 2
        assert spending.spent()[0].amount == pytest.approx(4 * 0.03)
        assert [row.cost for row in rows] == pytest.approx([0.03] * 4)
        assert [row.local for row in rows] == [False, False, True, True]

    play(scene, caps={Span.DAY: 5.05}, home=True)


def test_when_nobody_may_be_asked_it_is_said_until_when():
    async def scene(
        manager: LLMFallbackManager, cloud: PaidClient, spending: Spending, rows: list[AttemptRecord]
    ) -> None:
        spending.add(10)
        with pytest.raises(NoAnswer) as refused:
            await manager.chat_with_fallback(HELLO)
        assert (refused.value.failure.kind, refused.value.failure.code) == (FailureKind.QUOTA, "budget_day")
        assert refused.value.retry_in == pytest.approx(86400, abs=1)
        assert cloud.requests == 0
        await asyncio.sleep(86400)
        assert (await manager.chat_with_fallback(HELLO)).result.model == "cloud"

    play(scene, caps={Span.DAY: 10}, home=False)


def test_requests_under_way_hold_what_they_may_cost():
    async def scene(
        manager: LLMFallbackManager, cloud: PaidClient, spending: Spending, rows: list[AttemptRecord]
    ) -> None:
        outcomes = await asyncio.gather(*(manager.chat_with_fallback(HELLO) for _ in range(9)), return_exceptions=True)
        assert sum(isinstance(one, Answered) for one in outcomes) == cloud.most_open == 2
        assert sum(isinstance(one, NoAnswer) for one in outcomes) == 7
        assert (await manager.chat_with_fallback(HELLO)).result.model == "cloud"  # nothing is held any more

    play(scene, caps={Span.DAY: 11.0}, home=False)


def test_an_answer_that_broke_off_costs_what_had_come():
    async def scene(
        manager: LLMFallbackManager, cloud: PaidClient, spending: Spending, rows: list[AttemptRecord]
    ) -> None:
        cloud.script = [Act(words=["word "] * 60, failure=FailureKind.STALL)]
        await manager.chat_with_fallback(HELLO)
        assert rows[0].cost == pytest.approx((1 * 1000 + 100 * 10_000) / 1e6)
        assert spending.spent()[0].amount == pytest.approx(sum(row.cost for row in rows))

    play(scene, caps={Span.DAY: 100.0}, home=True)
