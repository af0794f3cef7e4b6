"""Which probe comes next: only what is needed, never more than permitted, the same after each interruption."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.capabilities import questions as ask
from llm.capabilities.context_plan import BEYOND, WITHIN
from llm.capabilities.needles import Depth, needle_messages, size_of
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.plan import DetectionLimits, next_probe, probes_left
from llm.capabilities.told import Told
from llm.servers.kinds import ServerKind
from llm.types import JsonMode
from tests.llm.capabilities.values import seen, told

Answer = Callable[[str], Observation]


def run(known: Told, answer: Answer, limits: DetectionLimits = DetectionLimits()) -> list[Observation]:  # noqa: B008 - frozen
    """Every probe with what it shows, until there is none left."""
    made: list[Observation] = []
    while (name := next_probe(known, made, limits)) is not None:
        assert name not in {one.probe for one in made}, "no probe is made twice"
        made.append(answer(name))
    return made


def passes(name: str) -> Observation:
    """The answer of a model that can do everything."""
    size = size_of(name)
    return seen(name, prompt_tokens=size.tokens + 24) if size is not None else seen(name)


def needles(made: list[Observation]) -> Iterator[tuple[int, Depth]]:
    for one in made:
        if (size := size_of(one.probe)) is not None:
            yield size.tokens, size.depth


def test_a_model_that_can_everything_is_asked_little():
    made = run(told(context=8192, tools=True, vision=False), passes)
    assert [one.probe for one in made if size_of(one.probe) is None] == [
        ask.WORD,
        ask.COUNT,
        ask.CONFLICT,
        ask.JSON[JsonMode.SCHEMA],
        ask.RUSSIAN,
        ask.LIST,
        ask.PREFILL,
    ]


def test_what_the_server_has_told_is_not_asked():
    made = {one.probe for one in run(told(tools=None, vision=None), passes)}
    assert {ask.TOOLS, ask.VISION} <= made
    assert not {ask.TOOLS, ask.VISION} & {one.probe for one in run(told(tools=False, vision=False), passes)}


def test_who_answers_nothing_is_not_asked_on():
    made = run(told(), lambda name: seen(name, Verdict.EMPTY))
    assert [one.probe for one in made] == [ask.WORD, ask.WORD_AGAIN, ask.COUNT]


def test_ways_to_json_are_tried_until_one_holds():
    def answer(name: str) -> Observation:
        return seen(name, Verdict.FAILED) if name.startswith("json") else passes(name)

    names = [one.probe for one in run(told(), answer) if one.probe.startswith("json")]
    assert names == ["json_schema", "json_object", "json_prompt", "json_prompt_again"]


def test_a_loud_server_is_sent_a_little_more_than_it_tells_and_a_silent_one_a_little_less():
    loud, silent = told(ServerKind.VLLM, 2048), told(ServerKind.OLLAMA, 2048)
    assert max(tokens for tokens, _ in needles(run(loud, passes))) == int(2048 * BEYOND)
    assert max(tokens for tokens, _ in needles(run(silent, passes))) == int(2048 * WITHIN)


def test_a_server_that_may_do_either_is_sent_both():
    lengths = [tokens for tokens, _ in needles(run(told(ServerKind.LMSTUDIO, 4096), passes))]
    assert lengths[-2:] == [int(4096 * WITHIN), int(4096 * BEYOND)]


def test_where_the_beginning_is_lost_and_the_end_read_the_limit_is_looked_for():
    def answer(name: str) -> Observation:
        size = size_of(name)
        if size is None or size.tokens <= 3000 or size.depth is Depth.LATE:
            return seen(name)
        return seen(name, Verdict.FAILED)

    made = list(needles(run(told(ServerKind.GENERIC, None), answer)))
    assert (made[1][1], made[2][1]) == (Depth.START, Depth.LATE)
    assert all(depth is Depth.START for _, depth in made[3:])
    assert any(int(2048 * WITHIN) <= tokens <= 3000 for tokens, _ in made[3:])


def test_a_model_that_forgets_what_its_server_has_counted_is_not_asked_where_it_begins_to():
    def answer(name: str) -> Observation:
        size = size_of(name)
        if size is None or size.tokens <= 3000:
            return passes(name)
        return seen(name, Verdict.FAILED, prompt_tokens=size.tokens)

    assert len(list(needles(run(told(ServerKind.OLLAMA, 8192), answer)))) == 2


def test_a_slow_server_is_sent_only_what_it_reads_in_time():
    def answer(name: str) -> Observation:
        size = size_of(name)
        # 10 tokens a second: 600 tokens take the whole minute.
        return seen(name, prompt_tokens=size.tokens, prefill_seconds=size.tokens / 10) if size else seen(name)

    assert max(tokens for tokens, _ in needles(run(told(context=32768), answer))) <= 600


@pytest.mark.parametrize("tokens", [0, 200, 3000, 100_000])
@given(seed=st.integers(0, 10_000), context=st.none() | st.integers(100, 200_000))
def test_no_run_takes_more_calls_or_tokens_than_permitted_whatever_comes_back(
    tokens: int, seed: int, context: int | None
):
    chance = random.Random(seed)

    def answer(name: str) -> Observation:
        verdict = chance.choice(list(Verdict))
        measured: dict[str, float | str | bool] = {}
        size = size_of(name)
        if size is not None and chance.random() < 0.7:
            measured["prompt_tokens"] = max(1, int(size.tokens * chance.uniform(0.2, 2)))
        may_be_cured = name in {ask.WORD, ask.CONFLICT, ask.COUNT}
        return seen(name, verdict, calls=chance.choice((1, 2)) if may_be_cured else 1, **measured)

    kind = chance.choice(list(ServerKind))
    limits = DetectionLimits(tokens=tokens)
    made = run(told(kind, context), answer, limits)
    assert sum(one.calls for one in made) <= limits.calls
    assert sum(length for length, _ in needles(made)) <= tokens, f"seed {seed}"


@given(seed=st.integers(0, 10_000))
def test_what_comes_next_depends_on_nothing_but_what_was_seen(seed: int):
    chance = random.Random(seed)
    known = told(chance.choice(list(ServerKind)), chance.choice((None, 1024, 8192)))
    made = run(known, lambda name: seen(name, chance.choice(list(Verdict))))
    for number, one in enumerate(made):
        assert next_probe(known, made[:number], DetectionLimits()) == one.probe
    assert probes_left(known, made, DetectionLimits()) == 0 or sum(one.calls for one in made) >= 11


@pytest.mark.parametrize("tokens", [600, 921, 1843, 3686, 7372])
@pytest.mark.parametrize("marks", [3, 5, 7])
def test_a_conversation_has_as_many_tokens_as_are_wanted_with_the_marks_of_its_messages(tokens: int, marks: int):
    size = size_of(f"context_{tokens}_{tokens * 4}_start")
    assert size is not None
    counted = sum(marks + len(message.text) / 4 for message in needle_messages(size))
    assert 0.93 < counted / tokens < 1.07


@given(tokens=st.integers(100, 20_000), depth=st.sampled_from(Depth))
def test_the_code_stands_once_in_a_conversation_of_the_wanted_length(tokens: int, depth: Depth):
    size = size_of(f"context_{tokens}_{tokens * 4}_{depth.value}")
    assert size is not None
    messages = needle_messages(size)
    text = "".join(message.text for message in messages)
    assert text.count("The secret code is 48151") == 1
    assert abs(len(text) - size.characters) < 1000
    places = [number for number, message in enumerate(messages) if "48151" in message.text]
    expected = {Depth.START: 0.0, Depth.MIDDLE: 0.5, Depth.LATE: 1.0}[depth]
    assert abs(places[0] / (len(messages) - 1) - expected) <= 0.25
