"""What is known of models: the database keeps it as the memory does, for longer, and never by halves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.capabilities.facts import Ability, Fact, FactValue, Known, ModelKey, Source, SystemMessages, Thinking
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.store import CapabilitiesInMemory, CapabilityStore
from storage import CapabilityRows, Database
from storage.tables import capabilities, capability_history, capability_observations, capability_runs

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
QWEN = ModelKey("127.0.0.1:11434", "qwen3:8b")
ELSEWHERE = ModelKey("192.168.0.7:11434", "qwen3:8b")
TABLES = (capability_runs, capabilities, capability_history, capability_observations)

SEEN = (
    Observation("word", Verdict.PASSED, 1, {"seconds": 0.5, "prompt_tokens": 12, "model": "qwen3:8b"}),
    Observation("count", Verdict.EMPTY, 2),
    Observation("conflict", Verdict.FAILED, 1, {"folded": True, "text": "ответ\x00 \ud800"}),
)


def fact(value: FactValue, *, source: Source = Source.PROBE, at: datetime = NOON) -> Fact:
    return Fact(value, source, 0.9, at)


def known(facts: dict[Ability, FactValue], *, at: datetime = NOON, fingerprint: str = "a file") -> Known:
    return Known(fingerprint, {ability: fact(value, at=at) for ability, value in facts.items()}, at)


@pytest.fixture
def rows(database: Database) -> CapabilityRows:
    return CapabilityRows(database)


@pytest.fixture(params=["memory", "database"])
def store(request: pytest.FixtureRequest, rows: CapabilityRows) -> CapabilityStore:
    return CapabilitiesInMemory() if request.param == "memory" else rows


# What holds wherever it is kept.


async def test_nothing_is_known_of_a_model_that_was_not_detected(store: CapabilityStore) -> None:
    await store.conclude(ELSEWHERE, known({Ability.VISION: True}))
    assert await store.known(QWEN) is None
    assert list(await store.everything()) == [ELSEWHERE]
    assert await store.begun(QWEN, "a file") == ()
    assert await store.history(QWEN) == ()


async def test_what_was_concluded_comes_back_whole_and_in_its_order(store: CapabilityStore) -> None:
    concluded = Known(
        "qwen3 8b Q4_K_M, Ollama 0.12",
        {
            Ability.INSTRUCTIONS: Fact(1.0, Source.PROBE, 0.8, NOON, low=0.61, high=1.0),
            Ability.CONTEXT: Fact(40_960, Source.SERVER, 0.95, NOON + HOUR),
            Ability.VISION: Fact(False, Source.TABLE, 0.5, NOON - HOUR),
            Ability.SYSTEM: Fact(SystemMessages.HONOURED, Source.DEFAULT, 0.3, NOON),
            Ability.THINKING: Fact(Thinking.OPTIONAL, Source.SETTINGS, 1.0, NOON),
        },
        NOON + 2 * HOUR,
    )
    await store.conclude(QWEN, concluded)
    assert await store.known(QWEN) == concluded
    assert await store.everything() == {QWEN: concluded}
    found = await store.known(QWEN)
    assert found is not None
    assert list(found.facts) == list(concluded.facts)
    # 1.0 is no count and False no number.
    assert [isinstance(one.value, bool | float) for one in found.facts.values()] == [True, False, True, False, False]


async def test_a_model_of_which_nothing_was_found_out_is_known_by_its_state(store: CapabilityStore) -> None:
    await store.conclude(QWEN, known({}, fingerprint="a file"))
    assert await store.known(QWEN) == Known("a file", {}, NOON)
    await store.conclude(QWEN, known({}, at=NOON + HOUR, fingerprint="another"))
    assert await store.known(QWEN) == Known("another", {}, NOON + HOUR)
    assert await store.everything() == {QWEN: Known("another", {}, NOON + HOUR)}
    assert await store.history(QWEN) == ()


async def test_a_value_is_history_once_another_or_none_takes_its_place(store: CapabilityStore) -> None:
    await store.conclude(QWEN, known({Ability.CONTEXT: 4096, Ability.VISION: False, Ability.STOP: True}))
    await store.conclude(QWEN, known({Ability.CONTEXT: 8192, Ability.STOP: True}, at=NOON + HOUR))
    # The same value again is no change, whoever found it and however sure.
    again = Fact(8192, Source.SERVER, 1.0, NOON + 2 * HOUR)
    await store.conclude(QWEN, Known("a file", {Ability.CONTEXT: again}, NOON + 2 * HOUR))
    await store.conclude(QWEN, known({Ability.CONTEXT: 2048, Ability.TOOLS: True}, at=NOON + 3 * HOUR))
    assert await store.history(QWEN) == (
        (Ability.CONTEXT, again, NOON + 3 * HOUR),
        (Ability.STOP, fact(True, at=NOON + HOUR), NOON + 2 * HOUR),
        (Ability.VISION, fact(False), NOON + HOUR),
        (Ability.CONTEXT, fact(4096), NOON + HOUR),
    )
    assert await store.known(QWEN) == known({Ability.CONTEXT: 2048, Ability.TOOLS: True}, at=NOON + 3 * HOUR)


async def test_an_unfinished_detection_goes_on_with_what_it_has_seen(store: CapabilityStore) -> None:
    await store.observe(QWEN, "a file", SEEN[:1])
    await store.observe(QWEN, "a file", SEEN)
    assert await store.begun(QWEN, "a file") == SEEN
    assert await store.begun(QWEN, "another file") == ()
    assert await store.known(QWEN) is None


async def test_what_was_seen_of_another_state_is_forgotten_by_the_next_probe(store: CapabilityStore) -> None:
    await store.observe(QWEN, "a file", SEEN)
    await store.observe(QWEN, "another file", SEEN[:1])
    assert await store.begun(QWEN, "a file") == ()
    assert await store.begun(QWEN, "another file") == SEEN[:1]
    await store.observe(QWEN, "another file", ())
    assert await store.begun(QWEN, "another file") == ()


async def test_a_detection_that_is_concluded_does_not_go_on(store: CapabilityStore) -> None:
    await store.observe(QWEN, "a file", SEEN)
    await store.conclude(QWEN, known({Ability.VISION: True}))
    assert await store.begun(QWEN, "a file") == ()


async def test_the_same_model_on_another_server_is_another_one(store: CapabilityStore) -> None:
    for number, key in enumerate((QWEN, ELSEWHERE, ModelKey(QWEN.server, "phi4"))):
        await store.conclude(key, known({Ability.CONTEXT: number}))
        await store.observe(key, "a file", SEEN[:number])
    await store.conclude(QWEN, known({Ability.CONTEXT: 7}, at=NOON + HOUR))
    assert {key: one.facts[Ability.CONTEXT].value for key, one in (await store.everything()).items()} == {
        QWEN: 7,
        ELSEWHERE: 1,
        ModelKey(QWEN.server, "phi4"): 2,
    }
    assert await store.begun(ELSEWHERE, "a file") == SEEN[:1]
    assert await store.history(ELSEWHERE) == ()
    assert len(await store.history(QWEN)) == 1


# Whatever is done, both say the same.


@dataclass(frozen=True)
class Step:
    """A conclusion, or what a detection has seen so far."""

    key: ModelKey
    fingerprint: str
    kept: Known | tuple[Observation, ...]


SHARES = st.floats(0, 1)
MOMENTS = st.integers(0, 10**15).map(lambda number: NOON + timedelta(microseconds=number))
VALUES = st.one_of(
    st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(st.characters(), max_size=5), st.just(4096)
)
FACTS = st.dictionaries(
    st.sampled_from(Ability),
    st.builds(Fact, VALUES, st.sampled_from(Source), SHARES, MOMENTS, st.none() | SHARES, st.none() | SHARES),
    max_size=4,
)
FINGERPRINTS = st.sampled_from(["", "a file", "another file"])
OBSERVATIONS = st.builds(
    Observation,
    st.text(max_size=5),
    st.sampled_from(Verdict),
    st.integers(0, 5),
    st.dictionaries(st.text(max_size=5), VALUES, max_size=3),
)
STEPS = st.builds(
    Step,
    st.sampled_from([QWEN, ELSEWHERE]),
    FINGERPRINTS,
    st.builds(Known, FINGERPRINTS, FACTS, MOMENTS) | st.lists(OBSERVATIONS, max_size=3).map(tuple),
)


async def said(store: CapabilityStore) -> str:
    """All that a store gives, with the kinds of the values: 1.0 is equal to 1 and to True."""
    everything = await store.everything()
    keys = (QWEN, ELSEWHERE)
    return repr(
        (
            sorted(everything.items(), key=lambda item: item[0].server),
            [await store.known(key) for key in keys],
            [await store.history(key) for key in keys],
            [await store.begun(key, state) for key in keys for state in ("", "a file", "another file")],
        )
    )


@given(steps=st.lists(STEPS, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_after_any_steps_the_database_says_what_the_memory_does(
    database: Database, rows: CapabilityRows, steps: list[Step]
) -> None:
    async def clear(connection: AsyncConnection) -> None:
        for table in TABLES:
            await connection.execute(delete(table))

    await database.write("test", clear)
    memory = CapabilitiesInMemory()
    for step in steps:
        for store in (memory, rows):
            if isinstance(step.kept, Known):
                await store.conclude(step.key, step.kept)
            else:
                await store.observe(step.key, step.fingerprint, step.kept)
    assert await said(rows) == await said(memory)
