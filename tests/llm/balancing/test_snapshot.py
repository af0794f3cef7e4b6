"""What was learned outlives a restart, and counts for less the older it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.balancing.snapshot import HALF_SECONDS, restore, snapshot
from llm.balancing.work import Work
from llm.types import Task
from tests.llm.balancing.lessons import MODEL, REFUSED, Lessons, at

TALK = Work(3000, conversation="talk")


@pytest.fixture
def kept(lessons: Lessons) -> dict[str, object]:
    """Of a fast and a slow server, one of which has failed, and a conversation."""
    lessons.balancer.tell("fast", slots=3)
    lessons.teach("fast", times=20)
    lessons.teach("slow", slower=4, times=20)
    lessons.answer(lessons.begin("slow", Work(50, Task.CLASSIFICATION)), tokens=20, slower=4)
    lessons.answer(lessons.begin("slow", TALK), slower=4)
    for _ in range(3):
        lessons.begin("fast").failed(REFUSED)
    return json.loads(json.dumps(snapshot(lessons.balancer)))  # type: ignore[no-any-return]


def restored(kept: object, *, age: float) -> Lessons:
    """The same after a restart, on another clock."""
    lessons = Lessons(now=5.0)
    restore(lessons.balancer, kept, age=age)
    return lessons


def test_after_a_restart_everything_is_known_as_before(lessons: Lessons, kept: dict[str, object]):
    again = restored(kept, age=0)
    for server in ("fast", "slow"):
        for work in (Work(100), Work(2000), TALK, Work(50, Task.CLASSIFICATION)):
            assert again.seconds(server, work) == pytest.approx(lessons.seconds(server, work))
    assert again.balancer.server("fast").slots.limit == 3


def test_requests_that_were_under_way_are_not_any_more(lessons: Lessons):
    lessons.teach("fast")
    lessons.begin("fast")
    assert restored(snapshot(lessons.balancer), age=0).balancer.server("fast").seats == []


def test_failures_and_what_is_cached_fade_while_nobody_is_there(kept: dict[str, object]):
    now, later = restored(kept, age=0), restored(kept, age=3600)
    assert now.seconds("fast") > 30
    assert later.seconds("fast") < 5
    assert now.chosen("fast", "slow", work=Work(100, conversation="other")) == "slow"
    assert later.chosen("fast", "slow", work=Work(100, conversation="other")) == "fast"
    cached = [one.balancer.affinity.tokens("talk", 3000, one.now) for one in (now, later)]
    assert cached[0] is not None
    assert cached[1] is not None
    assert cached[1][1] < cached[0][1] / 10


def test_old_measurements_give_way_to_new_ones_sooner(kept: dict[str, object]):
    shares = []
    for age in (0.0, 4 * HALF_SECONDS):
        again = restored(kept, age=age)
        known = again.balancer.server("slow").measured(MODEL, again.now)
        before = known.decode.at(1)
        for _ in range(3):
            known.decode.add(1, before / 4)
        shares.append(known.decode.at(1) / before)
    assert shares[1] < 0.6 < shares[0]


def test_what_the_server_tells_goes_before_what_was_kept(kept: dict[str, object]):
    lessons = Lessons()
    lessons.balancer.tell("fast", slots=8)
    restore(lessons.balancer, kept, age=0)
    assert lessons.balancer.server("fast").slots.limit == 8


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.pop("servers"),
        lambda kept: kept["servers"]["fast"].update(slots=[0, 0]),
        lambda kept: kept["servers"]["fast"]["models"][MODEL].update(pace="fast"),
        lambda kept: kept["servers"]["fast"]["models"][MODEL].update(decode=[1, 1]),
        lambda kept: kept["servers"]["fast"]["models"][MODEL].update(prefill=[1, 1, float("nan"), 1, 1]),
        lambda kept: kept["servers"]["fast"]["models"][MODEL].update(penalty=1e9),
        lambda kept: kept["answers"].append(["model", "cooking", 3.0, 1]),
        lambda kept: kept["affinity"].append(["talk"]),
    ],
)
def test_what_is_no_snapshot_changes_nothing(kept: dict[str, object], spoil: Callable[[dict[str, object]], object]):
    spoil(kept)
    lessons = Lessons()
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's message is its own
        restore(lessons.balancer, kept, age=0)
    assert lessons.balancer.servers == {}
    assert len(lessons.balancer.affinity) == 0


@pytest.mark.parametrize("nothing", [None, [], "", 3, {"servers": 5}])
def test_nor_does_what_is_none_at_all(nothing: object):
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's message is its own
        restore(Lessons().balancer, nothing, age=0)


lines = st.lists(st.floats(-1e15, 1e15), min_size=5, max_size=5)


@given(lines, lines, st.floats(-5, 5), st.floats(0, 1e9))
def test_whatever_was_kept_an_estimate_is_one(prefill: list[float], decode: list[float], pace: float, age: float):
    model = {
        "prefill": prefill,
        "decode": decode,
        "pace": pace,
        "unseen": 0.0,
        "load_seconds": 1.0,
        "loads": 1,
        "kept": 0.5,
        "tells_cached": True,
        "penalty": 5.0,
        "penalty_holds": 0.0,
    }
    lessons = Lessons()
    kept = {"servers": {"s": {"slots": [2, 2], "models": {MODEL: model}}}, "answers": [], "affinity": []}
    try:
        restore(lessons.balancer, kept, age=age)
    except ValueError:
        return
    assert 0 < lessons.seconds("s") < float("inf")
    lessons.teach("s", times=2)
    assert 0 < lessons.balancer.choose([at("s")], Work(100)).estimate.total < float("inf")
