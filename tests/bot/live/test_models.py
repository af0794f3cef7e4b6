"""Models are exchanged at once, and who stays keeps all that was learned of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

import bot.live.models
from bot.alerts import Alerts
from bot.live.models import LiveModels, ModelParts
from bot.parts import call_rules, make_models, make_targets
from bot.settings import Settings, load_settings
from llm.clock import SystemClock
from llm.http import make_client
from llm.routing.breaker import BreakerState, Verdict
from llm.routing.detection import Detections
from llm.routing.fallback import LLMFallbackManager
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.servers.kinds import ServerKind
from llm.types import ChatRequest, Message, Role
from tests.e2e.conftest import find_nothing
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, error

HELLO = ChatRequest((Message(Role.USER, "Hello"),))


@dataclass
class Heard:
    """What alerts and detections are told of."""

    targets: list[Sequence[Target]] = field(default_factory=list)
    stopped: int = 0

    def forget_gone(self, targets: Sequence[Target]) -> None:
        self.targets.append(targets)

    def stop_gone(self) -> None:
        self.stopped += 1


@pytest.fixture
async def model_server() -> AsyncIterator[ModelServer]:
    """The server of the models that there are at first."""
    async with ModelServer() as server:
        yield server


class Stage:
    """Models and who asks them, steered by settings."""

    def __init__(self, live: LiveModels, parts: ModelParts, settings: Settings, heard: Heard) -> None:
        self._live = live
        self.pool = parts.pool
        self.manager = parts.manager
        self.heard = heard
        self._settings = settings

    async def switch(self, **environ: str) -> None:
        wanted = load(**environ)
        await self._live.switch(self._settings, wanted)
        self._settings = wanted

    @property
    def names(self) -> list[str]:
        assert [target.source for target in self.manager.targets] == list(self.pool.every)
        return [model.name for model in self.pool.every]


def load(**environ: str) -> Settings:
    return load_settings(Path("/nonexistent/.env"), environ)


@asynccontextmanager
async def stage(**environ: str) -> AsyncIterator[Stage]:
    clock, chance, settings, heard = SystemClock(), random.Random(1), load(**environ), Heard()
    async with make_client() as http:

        def make(wanted: Settings, before: Sequence[ServingModel]):
            return make_models(wanted, http, clock, find_nothing, None, before)

        pool = make(settings, ())
        await pool.refresh()
        manager = LLMFallbackManager(
            make_targets(settings, pool, clock, chance), clock=clock, randomness=chance, **call_rules(settings)
        )
        parts = ModelParts(make, pool, manager, cast(Alerts, heard), cast(Detections, heard))
        async with LiveModels(parts, clock, chance) as live:
            yield Stage(live, parts, settings, heard)


def three_lines(server: ModelServer, model: str = "a") -> dict[str, str]:
    server.get["/v1/models"] = Json({"object": "list", "data": [{"id": model, "object": "model"}]})
    return {"LLM_API_BASE": server.base, "LLM_MODEL": model}


def fallback(server: ModelServer, name: str, number: int = 0, **fields: str) -> dict[str, str]:
    model = {"NAME": name, "API_BASE": server.base, **fields}
    return {f"FALLBACK_MODELS__{number}__{field}": value for field, value in model.items()}


def fail(target: Target) -> None:
    granted = target.breaker.admit()
    assert granted is not None
    target.breaker.failed(granted, Verdict.DOWN)


async def test_who_stays_keeps_its_breaker_and_its_figures_wherever_it_goes(model_server: ModelServer) -> None:
    first, second = three_lines(model_server), fallback(model_server, "b")
    async with stage(**first, **second) as house:
        one, other = house.manager.targets
        fail(one)
        other.note_ttft(0.1)
        primary, spare = house.pool.every
        # The two change places.
        await house.switch(LLM_API_BASE=model_server.base, LLM_MODEL="b", **fallback(model_server, "a"))
        assert house.names == ["b", "a"]
        assert house.pool.every == (spare, primary)
        assert house.manager.targets == (other, one)
        assert [target.setting for target in house.manager.targets] == ["LLM_", "FALLBACK_MODELS__0__"]
        assert one.breaker.state is BreakerState.OPEN
        # The same model given field by field is the same model.
        fields = {"PRIMARY_MODEL__NAME": "b", "PRIMARY_MODEL__API_BASE": model_server.base}
        await house.switch(**fields, **fallback(model_server, "a"), TIMEOUT_SECONDS="5", MAX_RETRIES="0")
        assert house.manager.targets == (other, one)
        assert other.setting == "PRIMARY_MODEL__"
        assert (house.manager.limits.begin, house.manager.limits.max_retries) == (5, 0)
        assert house.heard.targets[-1] == house.manager.targets
        assert house.heard.stopped == 2


async def test_one_that_is_changed_in_a_detail_goes_on_with_what_was_seen_and_learned(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.live.models, "LOOK_SECONDS", 0.0)
    first = three_lines(model_server)
    async with stage(**first) as house:
        before = house.pool.primary
        learned = before.client().learned
        fail(house.manager.targets[0])
        house.manager.targets[0].paused = True
        await house.switch(**first, LLM_API_KEY="another-key")
        now = house.pool.primary
        assert now is not before
        assert now.client().learned is learned
        assert now.current().kind is before.current().kind is not ServerKind.GENERIC
        [target] = house.manager.targets
        assert target.breaker.state is BreakerState.CLOSED, "another key may be a better one"
        assert target.paused, "what buttons have said holds for the model"


async def test_a_model_that_is_named_anew_answers_though_it_was_paused_as_a_fallback(model_server: ModelServer) -> None:
    first, second = three_lines(model_server), fallback(model_server, "b")
    async with stage(**first, **second) as house:
        house.manager.targets[1].paused = True
        await house.switch(**first, **second, HEDGING="true")
        assert house.manager.targets[1].paused
        await house.switch(LLM_API_BASE=model_server.base, LLM_MODEL="b")
        assert [target.source.name for target in house.manager.order] == ["b"]


async def test_a_preferred_model_stays_preferred_until_the_first_one_is_another(model_server: ModelServer) -> None:
    first, second = three_lines(model_server), fallback(model_server, "b")
    async with stage(**first, **second) as house:
        house.manager.prefer(house.manager.targets[1])
        await house.switch(**first, **fallback(model_server, "b", MAX_TOKENS="9"))
        assert [target.source.name for target in house.manager.order] == ["b", "a"]
        await house.switch(LLM_API_BASE=model_server.base, LLM_MODEL="c", **second)
        assert [target.source.name for target in house.manager.order] == ["c", "b"]


async def test_a_new_model_is_looked_at_before_it_answers(model_server: ModelServer) -> None:
    async with stage() as house, ModelServer() as other:
        listed = {"id": "b", "object": "model", "max_model_len": 4096, "owned_by": "vllm"}
        other.get["/v1/models"] = Json({"object": "list", "data": [listed]})
        await house.switch(LLM_API_BASE=other.base, LLM_MODEL="b")
        assert house.pool.primary.context == 4096


async def test_nobody_waits_for_a_server_that_takes_its_time(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.live.models, "LOOK_SECONDS", 0.05)
    async with stage(**three_lines(model_server)) as house, ModelServer() as slow:
        slow.get["/v1/models"] = Hang()
        slow.not_found = Hang()
        await house.switch(LLM_API_BASE=slow.base, LLM_MODEL="b")
        assert house.names == ["b"]
        assert house.pool.primary.kind is ServerKind.GENERIC
        answered = await house.manager.chat_with_fallback(HELLO)
        assert answered.result.text == "Hello there!"


async def test_while_the_name_of_a_model_has_to_be_found_out_the_old_one_answers(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.live.models, "LOOK_SECONDS", 0.05)
    async with stage(**three_lines(model_server)) as house, ModelServer() as slow:
        listed = Json({"object": "list", "data": [{"id": "b", "object": "model"}]}, delay=0.3)
        slow.get["/v1/models"] = listed
        switching = asyncio.create_task(house.switch(LLM_API_BASE=slow.base))
        await slow.wait_requests(1)
        await house.manager.chat_with_fallback(HELLO)
        assert house.names == ["a"]
        await switching
        assert house.names == ["b"]
        assert model_server.chats


async def test_calls_under_way_keep_the_targets_and_the_limits_that_they_began_with(model_server: ModelServer) -> None:
    model_server.script(error("busy", status=503), error("busy", status=503))
    first = three_lines(model_server)
    async with stage(**first, MAX_RETRIES="3") as house:
        call = asyncio.create_task(house.manager.chat_with_fallback(HELLO))
        await model_server.wait_requests(len(model_server.requests) + 1)
        await house.switch(LLM_API_BASE="http://127.0.0.1:9", LLM_MODEL="gone", MAX_RETRIES="0")
        answered = await call
        assert [attempt.model for attempt in answered.attempts] == ["a"] * 3
