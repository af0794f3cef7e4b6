"""Admins hear of trouble once, and once when it is over."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

import bot.alerts
from bot.alerts import Alerts
from bot.events import Notice
from bot.i18n import LANGUAGES, Texts
from bot.model_control import ModelControl, SteeredModel
from bot.notices import AdminNotices
from bot.views.notices import notice_text
from llm.config import ModelConfig
from llm.errors import AttemptFailed, Failure, FailureKind, Phase
from llm.routing.attempts import Attempt
from llm.routing.breaker import Verdict
from llm.routing.model_in_use import unseen
from llm.routing.serving_model import ServingModel
from llm.routing.spending import Spending
from llm.routing.target import Target
from llm.servers.kinds import ServerState
from llm.spans import Span
from llm.types import Why
from storage import Database
from tests.llm.routing.virtual import START


class HandClock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self):
        return START + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@dataclass
class Model:
    """A model as far as alerts look at it."""

    name: str
    state: ServerState = ServerState.UP

    def current(self):
        return unseen(ModelConfig(name=self.name, api_base="http://127.0.0.1:11434/v1"))


@dataclass
class Told:
    """Keeps what would be told; the words are made as well, in each language."""

    notices: list[Notice] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, notice: Notice) -> None:
        if (notice.key, notice.mark) not in self.told:
            self.told.add((notice.key, notice.mark))
            self._take(notice)

    def known(self, notice: Notice) -> None:
        self.told.add((notice.key, notice.mark))

    def over(self, notice: Notice, news: Notice) -> None:
        if (notice.key, notice.mark) in self.told:
            self.told.discard((notice.key, notice.mark))
            self._take(news)

    def forget(self, notice: Notice) -> bool:
        there = (notice.key, notice.mark) in self.told
        self.told.discard((notice.key, notice.mark))
        return there

    def _take(self, notice: Notice) -> None:
        self.notices.append(notice)
        for language in LANGUAGES:
            assert notice_text(Texts().translator(language), notice)

    @property
    def keys(self) -> list[str]:
        return [notice.key.removeprefix("notice-") for notice in self.notices]


@dataclass
class FakeDatabase:
    file: Path | None = None
    trouble: str | None = None


class House:
    """Alerts over models that a test steers; a look every five seconds."""

    def __init__(self, *, models: int = 1, caps: dict[Span, float] | None = None, spent: float = 0.0) -> None:
        self.clock, self.told, self.database = HandClock(), Told(), FakeDatabase()
        self.spending = Spending(self.clock, caps)
        for span in caps or {}:
            self.spending.begin_with(span, spent)
        self.models: list[Model] = []
        self.targets: list[Target] = []
        self.exchange(models)
        self.alerts = Alerts(
            spending=self.spending,
            notices=cast(AdminNotices, self.told),
            database=cast(Database, self.database),
            clock=self.clock,
        )

    def exchange(self, models: int = 1) -> None:
        """Have other models, which are well."""
        self.models = [Model(f"m{number}") for number in range(models)]
        self.targets = [
            Target(cast(Any, model), setting="X_", monotonic=self.clock.monotonic, randomness=random.Random(1))
            for model in self.models
        ]

    @property
    def control(self) -> ModelControl:
        steered = [
            SteeredModel("x", cast(ServingModel, model), target, first=False, primary=False, pinned=False)
            for model, target in zip(self.models, self.targets, strict=True)
        ]
        return cast(ModelControl, Control(steered))

    async def after(self, seconds: float) -> list[str]:
        end = self.clock.seconds + seconds
        while self.clock.seconds < end:
            self.clock.seconds += 5
            await self.alerts.look(self.control)
        return self.told.keys

    def fail(self, verdict: Verdict, kind: FailureKind = FailureKind.SERVER_ERROR) -> None:
        breaker = self.targets[0].breaker
        self.targets[0].last_failed = AttemptFailed(Failure(kind, Phase.FIRST_TOKEN, 0.1), model="m0", server="x")
        granted = breaker.admit()
        while granted is None:
            self.clock.seconds += 1
            granted = breaker.admit()
        breaker.failed(granted, verdict)

    def succeed(self) -> None:
        granted = self.targets[0].breaker.admit()
        assert granted is not None
        self.targets[0].breaker.succeeded(granted)


@dataclass
class Control:
    models: Sequence[SteeredModel]


async def test_a_server_that_is_away_is_told_once_for_all_its_models_and_once_when_it_is_back() -> None:
    house = House(models=3)
    for model in house.models:
        model.state = ServerState.UNREACHABLE
    assert await house.after(30) == []
    assert await house.after(3600) == ["server-down"]
    for model in house.models:
        model.state = ServerState.UP
    assert await house.after(60) == ["server-down", "back"]
    assert house.told.notices[1].args["time"] == timedelta(seconds=3630)
    for model in house.models:
        model.state = ServerState.UNREACHABLE
    assert (await house.after(60))[2:] == ["server-down"]


async def test_who_is_back_within_half_a_minute_was_not_away() -> None:
    house = House()
    for _ in range(10):
        house.models[0].state = ServerState.UNREACHABLE
        await house.after(25)
        house.models[0].state = ServerState.UP
        await house.after(5)
    assert house.told.keys == []


async def test_a_model_that_fails_while_its_server_is_there_is_told_until_it_answers() -> None:
    house = House()
    for _ in range(40):
        house.fail(Verdict.DOWN)
        await house.after(5)
    assert house.told.keys == ["model-failing"]
    await house.after(600)  # nobody asks: nothing says that it is well
    house.succeed()
    assert await house.after(5) == ["model-failing", "back"]


async def test_one_failure_after_which_nobody_asks_is_no_alert() -> None:
    for kind in (FailureKind.SERVER_ERROR, FailureKind.TRANSPORT):
        house = House()
        house.fail(Verdict.DOWN, kind)
        assert await house.after(3600) == []


async def test_a_wrong_setting_is_told_at_once_and_when_it_is_mended() -> None:
    house = House()
    house.fail(Verdict.CONFIG_ERROR)
    failure = Failure(FailureKind.AUTH, Phase.FIRST_TOKEN, 0.1)
    attempt = Attempt("m0", "127.0.0.1:11434", "X_", Why.FIRST_CHOICE, 0.0, 0.1, None, failure)
    for _ in range(3):
        house.alerts.misconfigured(house.targets[0], attempt)
    assert await house.after(300) == ["setting"]
    house.succeed()
    assert await house.after(30) == ["setting", "setting-mended"]


async def test_a_budget_is_told_at_most_of_it_at_its_end_and_when_it_begins_anew() -> None:
    house = House(caps={Span.DAY: 10.0})
    house.spending.add(7.9)
    assert await house.after(10) == []
    house.spending.add(0.2)
    assert await house.after(60) == ["budget-nearly"]
    house.spending.add(5)
    assert await house.after(60) == ["budget-nearly", "budget-spent"]
    assert (await house.after(86400))[2:] == ["budget-fresh"]
    house.spending.add(11)
    assert (await house.after(10))[3:] == ["budget-spent"]


async def test_a_budget_that_was_spent_before_the_start_is_no_news() -> None:
    house = House(caps={Span.DAY: 10.0, Span.MONTH: 100.0}, spent=12.0)
    assert await house.after(3600) == []
    assert await house.after(86400) == ["budget-fresh"]


async def test_no_cloud_at_all_is_no_news() -> None:
    assert await House(caps={Span.DAY: 0.0}).after(86400) == []


async def test_another_budget_is_told_by_what_it_is() -> None:
    house = House(caps={Span.DAY: 10.0})
    house.spending.add(10)
    assert await house.after(10) == ["budget-spent"]
    house.spending.limit({Span.DAY: 20.0})
    assert await house.after(10) == ["budget-spent", "budget-changed"]
    house.spending.add(7)
    assert (await house.after(10))[2:] == ["budget-nearly"], "most of the new one"
    house.spending.limit({Span.DAY: 12.0})
    assert (await house.after(10))[3:] == ["budget-spent"]
    house.spending.limit({})
    assert (await house.after(10))[4:] == ["budget-changed"]
    house.spending.limit({Span.DAY: 0.0})
    assert (await house.after(60))[5:] == []


async def test_a_budget_of_nothing_in_the_place_of_a_spent_one_is_no_news() -> None:
    house = House(caps={Span.DAY: 10.0})
    house.spending.add(10)
    await house.after(10)
    house.spending.limit({Span.DAY: 0.0})
    assert await house.after(60) == ["budget-spent"]
    house.spending.limit({Span.DAY: 10.0})
    assert await house.after(60) == ["budget-spent", "budget-spent"]


async def test_what_was_told_of_a_model_may_be_told_of_the_one_that_follows_it() -> None:
    house = House()
    failure = Failure(FailureKind.AUTH, Phase.FIRST_TOKEN, 0.1)
    attempt = Attempt("m0", "127.0.0.1:11434", "X_", Why.FIRST_CHOICE, 0.0, 0.1, None, failure)
    for _ in range(2):
        house.models[0].state = ServerState.UNREACHABLE
        house.fail(Verdict.CONFIG_ERROR)
        house.alerts.misconfigured(house.targets[0], attempt)
        await house.after(60)
        house.exchange()
        house.alerts.forget_gone(house.targets)
    assert house.told.keys == ["setting", "server-down"] * 2
    # An answer that was on its way for longer than its model tells of it once more.
    gone = house.targets[0]
    house.exchange()
    house.alerts.misconfigured(gone, attempt)
    await house.after(5)
    house.alerts.misconfigured(house.targets[0], attempt)
    assert house.told.keys[4:] == ["setting", "setting"]


async def test_a_full_disk_is_told_and_not_again_while_it_wavers(monkeypatch: pytest.MonkeyPatch) -> None:
    free = 10**10
    monkeypatch.setattr(bot.alerts, "disk_free", lambda _: free)
    house = House()
    house.alerts._file = Path("/somewhere/domovoy.db")
    await house.after(10)
    for free in (150_000_000, 250_000_000, 150_000_000, 250_000_000):  # noqa: B007 - read by the lambda
        await house.after(5)
    assert house.told.keys == ["disk"]
    free = 400_000_000
    assert await house.after(5) == ["disk", "disk-well"]


async def test_a_database_that_can_not_be_written_is_told_until_it_can() -> None:
    house = House()
    house.database.trouble = "disk I/O error (SQLITE_IOERR)"
    assert await house.after(300) == ["database"]
    house.database.trouble = None
    assert await house.after(60) == ["database", "database-well"]
