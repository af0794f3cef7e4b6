"""What an answer was worth, and which attempts say anything about their model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.capabilities.facts import ModelKey
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.selection.outcomes import BLAMELESS, Outcome, Reaction, outcome_of, pace, utility
from llm.types import Task
from tests.llm.selection.household import TALK

SHARE = st.floats(0, 1)
SECONDS = st.none() | st.floats(-1, 1e9)
START = datetime(2026, 11, 23, tzinfo=UTC)


def record(failure: FailureKind | None = None, task: Task = Task.CHAT) -> AttemptRecord:
    return AttemptRecord(
        START, "m", "home:1", task, latency_seconds=5.0, ttft_seconds=1.0, prompt_tokens=9, completion_tokens=80,
        failure=failure,
    )  # fmt: skip


@given(st.sampled_from(Task), SHARE, SHARE, SHARE)
def test_what_an_answer_is_worth_lies_between_nothing_and_one(task: Task, success: float, good: float, borne: float):
    assert 0 <= utility(task, success, good, borne) <= 1


@given(SECONDS, SECONDS)
def test_how_well_a_wait_is_borne_lies_between_nothing_and_one(ttft: float | None, speed: float | None):
    found = pace(ttft, speed)
    assert found is None if ttft is None and speed is None else found is not None and 0 <= found <= 1


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_faster_answer_is_never_worth_less(first: float, second: float, slow: float, fast: float):
    quick = pace(min(first, second), max(slow, fast))
    late = pace(max(first, second), min(slow, fast))
    assert quick is not None
    assert late is not None
    assert quick >= late


def test_a_wait_is_borne_as_people_bear_it():
    assert pace(1.0, None) == pytest.approx(0.94, abs=0.01)
    assert pace(6.0, None) == 0.5
    assert pace(10.0, None) == pytest.approx(0.32, abs=0.01)
    assert pace(None, 8.0) == pytest.approx(0.63, abs=0.01)


def test_nobody_waits_for_a_summary_and_everybody_for_a_classification():
    slow = {task: utility(task, 1.0, 1.0, 0.0) for task in (Task.AUGMENTATION, Task.CHAT, Task.CLASSIFICATION)}
    assert slow[Task.AUGMENTATION] > slow[Task.CHAT] > slow[Task.CLASSIFICATION]


def test_a_whole_answer_tells_of_success_and_pace():
    expected = Outcome(ModelKey("home:1", "m"), TALK, True, ttft_seconds=1.0, tokens_per_second=20.0)
    assert outcome_of(record(), TALK) == expected
    assert expected.pace == pace(1.0, 20.0)


@pytest.mark.parametrize("failure", sorted(FailureKind))
def test_a_failure_counts_unless_it_is_not_the_models(failure: FailureKind):
    found = outcome_of(record(failure), TALK)
    if failure in BLAMELESS:
        assert found is None
    else:
        assert found is not None
        assert not found.succeeded
        assert found.pace is None


def test_a_probe_tells_nothing_of_how_people_are_served():
    assert outcome_of(record(task=Task.PROBE), TALK) is None


def test_reactions_are_worth_something_between_bad_and_good():
    assert Reaction.BAD.worth == 0.0 < Reaction.AGAIN.worth < Reaction.GOOD.worth == 1.0
