"""What a real engine and a trained model can do, found out by asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm.capabilities.detector import ModelCapabilityDetector
from llm.capabilities.facts import Ability, Detection, Source
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.store import CapabilitiesInMemory
from llm.clock import SystemClock
from llm.config import Timeouts
from llm.http import make_client
from llm.routing.serving_model import ServingModel
from llm.types import ChatRequest, JsonMode, JsonOutput, Message, Role
from tests.engine.engine import CONTEXT, Engine


class Watched(CapabilitiesInMemory):
    """Keeps what was seen for a test to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, Observation] = {}

    async def observe(self, key: object, fingerprint: str, seen: object) -> None:
        observed: list[Observation] = list(seen)  # type: ignore[call-overload]
        self.seen = {one.probe: one for one in observed}


async def detected(engine: Engine, store: CapabilitiesInMemory) -> Detection:
    """Look at an engine and detect its model."""
    clock = SystemClock()
    async with make_client() as http:
        model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), wanted_base=engine.base)
        await model.refresh()
        return await ModelCapabilityDetector(clock, store=store).detect_capabilities(model.client())


async def test_json_by_grammar_context_by_metadata_and_by_probe_and_overflow(engine: Engine) -> None:
    store = Watched()
    detection = await detected(engine, store)
    facts = detection.facts
    context = facts[Ability.CONTEXT]
    # The server tells it, and refuses a longer prompt by the same number: which makes it surer than either.
    assert (context.value, context.source, context.confidence) == (CONTEXT, Source.SERVER, 0.95)
    [overflow] = [one for one in store.seen.values() if one.verdict is Verdict.OVERFLOW]
    assert overflow.number("told_context") == CONTEXT
    assert facts[Ability.SILENT_CUT].value is False
    assert (facts[Ability.JSON].value, facts[Ability.JSON].source) == (JsonMode.SCHEMA, Source.PROBE)
    assert facts[Ability.SYSTEM].value == "honoured"
    assert facts[Ability.STOP].value is True
    assert facts[Ability.STREAMING].value is True
    assert facts[Ability.PREFILL].value is True
    assert facts[Ability.RUSSIAN].value is True
    assert facts[Ability.VISION].value is False
    assert 0.3 <= float(facts[Ability.INSTRUCTIONS].value) <= 1.0
    assert facts[Ability.DECODE_SPEED].confidence == 0.95, "by the engine's own clock"
    assert detection.calls <= 12


async def test_a_conversation_is_read_from_its_beginning_with_room_and_the_second_time_nothing_is_new(
    program: Path, tmp_path: Path
) -> None:
    store = Watched()
    with Engine(program, tmp_path / "log", context=2048) as roomy:
        first = await detected(roomy, store)
        assert first.facts[Ability.CONTEXT].value == 2048
        again = await detected(roomy, store)
        assert not again.changes
    with Engine(program, tmp_path / "log", context=1024) as smaller:
        smaller.port = roomy.port
        smaller.kill()
        smaller.start()
        changed = await detected(smaller, store)
    assert changed.fingerprint != first.fingerprint
    assert [(one.ability, one.before and one.before.value) for one in changed.changes] == [(Ability.CONTEXT, 2048)]


@pytest.mark.parametrize("mode", [JsonMode.SCHEMA])
async def test_the_way_to_json_that_was_found_out_is_the_one_that_is_used(engine: Engine, mode: JsonMode) -> None:
    detection = await detected(engine, CapabilitiesInMemory())
    assert detection.capabilities.json_mode is mode
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    clock = SystemClock()
    async with make_client() as http:
        model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), wanted_base=engine.base)
        await model.refresh()
        client = model.client()
        request = ChatRequest((Message(Role.USER, "Give me a number"),), json=JsonOutput(schema), max_tokens=40)
        assert (await client.chat(request)).text.startswith("{")
