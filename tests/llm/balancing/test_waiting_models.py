"""Waiting where servers load models on demand."""

from __future__ import annotations

import pytest

from llm.balancing.waiting import MOST_PASSED
from tests.llm.balancing.lessons import MODEL, at
from tests.llm.balancing.test_waiting import Stage


class TestModels:
    """A server with one model in memory at a time."""

    @pytest.fixture
    def stage(self) -> Stage:
        stage = Stage(s=1)
        stage.balancer.tell("s", slots=1, room=1, loaded=("A",))
        return stage

    def ask(self, stage: Stage, names: str) -> None:
        """Requests by the first letter of their model."""
        for name in names:
            stage.enter(name, model=name.upper() if name.isupper() else {"a": "A", "b": "B", "c": "C"}[name])

    def loads(self, stage: Stage, order: str) -> int:
        """How often a model is swapped while requests are served, in the order in which they should be."""
        swaps, served = 0, []
        model = "A"
        while stage.served:
            name = stage.served
            served.append(name)
            now = stage.seat(name).model
            swaps, model = swaps + (now != model), now
            stage.seat(name).first_token()
            stage.end(name)
        assert "".join(served) == order
        return swaps

    def test_requests_for_one_model_are_done_together(self, stage: Stage):
        """ABCABC is AABBCC: two swaps."""
        models = {"1": "A", "2": "B", "3": "C", "4": "A", "5": "B", "6": "C"}
        for name, model in models.items():
            stage.enter(name, model=model)
        assert self.loads(stage, "142536") == 2

    def test_but_nobody_waits_for_ever_for_another_model(self, stage: Stage):
        stage.enter("0", model="A")
        stage.enter("1", model="B")
        for number in range(2 * MOST_PASSED):
            stage.enter(chr(ord("a") + number), model="A")
        assert self.loads(stage, "0" + "abcdefgh" + "1" + "ijklmnop") == 2

    def test_a_model_is_not_swapped_under_a_request(self, stage: Stage):
        stage.balancer.tell("s", slots=4, room=1, loaded=("A",))
        assert stage.enter("1", model="A").seat is not None
        assert stage.enter("2", model="B").seat is None
        assert stage.enter("3", model="A").seat is not None
        stage.end("1")
        assert stage.served == "3"
        stage.end("3")
        assert stage.served == "2"

    def test_who_is_due_gets_a_server_that_is_kept_free_for_them(self, stage: Stage):
        stage.balancer.tell("s", slots=4, room=1, loaded=("A",))
        for name in "123":
            stage.enter(name, model="A")
        stage.waiting("x", model="B")
        for number in range(MOST_PASSED):
            name = chr(ord("a") + number)
            assert stage.enter(name, model="A").seat is not None
            stage.end(name)
        stage.waiting("y", model="A")
        for name in "123":
            assert "y" not in stage.served
            stage.end(name)
        assert stage.served == "x"

    def test_an_idle_server_is_not_kept_for_a_model_that_is_served_elsewhere(self):
        stage = Stage(fast=1, idle=1)
        stage.lessons.teach("idle", slower=20, times=30)
        stage.balancer.tell("idle", slots=1, room=1, loaded=(MODEL,))
        stage.enter("a")
        stage.waiting("b")
        assert stage.waiters["b"].seat is None, "it waits for the fast one"
        assert stage.enter("c", servers=[at("idle", "B")]).seat is not None

    def test_a_warm_server_goes_before_a_cold_one(self):
        stage = Stage(cold=1, warm=1)
        for server, loaded in (("cold", ()), ("warm", (MODEL,))):
            stage.balancer.tell(server, slots=1, room=1, loaded=loaded)
        stage.balancer.server("cold").measured(MODEL, 0.0).load_seconds = 30.0
        assert [stage.enter(name).seat is not None for name in "ab"] == [True, False]
        assert stage.seat("a").server.name == "warm"
        for name in "cdefghi":
            stage.enter(name)
        assert "cold" in {stage.seat(name).server.name for name in stage.served}, "many wait longer than it loads"
