"""Who is chosen, and why."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from llm.balancing.balancer import Balancer
from llm.balancing.choice import Reason
from llm.balancing.work import Priority, Work
from tests.llm.balancing.lessons import MODEL, REFUSED, Lessons, at


def test_the_faster_one_is_chosen(lessons: Lessons):
    lessons.teach("slow", slower=3)
    lessons.teach("fast")
    assert lessons.chosen("slow", "fast") == "fast"


def test_what_is_under_way_counts_at_once_so_that_not_all_go_to_the_same(lessons: Lessons):
    for server in "abcd":
        lessons.teach(server)
        lessons.balancer.tell(server, slots=4)
    sent: Counter[str] = Counter()
    for _ in range(16):
        choice = lessons.balancer.choose([at(server) for server in "abcd"], Work(100))
        lessons.balancer.begin(choice, Work(100))
        sent[choice.target.server] += 1
    assert sent == {"a": 4, "b": 4, "c": 4, "d": 4}


def test_a_full_server_is_worth_waiting_for_when_the_free_one_is_much_slower(lessons: Lessons):
    lessons.teach("fast")
    lessons.teach("slow", slower=20)
    lessons.balancer.tell("fast", slots=1)
    lessons.begin("fast")
    assert lessons.chosen("fast", "slow") == "fast"
    lessons.begin("fast")
    lessons.teach("slow", slower=1.2, times=30)
    assert lessons.chosen("fast", "slow") == "slow"


def test_who_waits_already_counts(lessons: Lessons):
    for server in "ab":
        lessons.teach(server)
        lessons.balancer.tell(server, slots=1)
        lessons.begin(server)
    targets = [at("a"), at("b")]
    assert lessons.balancer.choose(targets, Work(100), {"a": 30.0}).target.server == "b"
    assert lessons.balancer.choose(targets, Work(100), {"b": 30.0}).target.server == "a"


def test_nobody_is_chosen_for_refusing_fast(lessons: Lessons):
    lessons.teach("fast")
    lessons.teach("slow", slower=3)
    lessons.begin("fast").failed(REFUSED)
    assert lessons.chosen("fast", "slow") == "slow"


def test_one_that_nobody_knows_is_tried():
    """Also beside one that is faster than anybody would have thought."""
    lessons = Lessons(prefill=5000, decode=300)
    lessons.teach("known")
    choice = lessons.balancer.choose([at("known"), at("new")], Work(100))
    assert (choice.target.server, choice.reason) == ("new", Reason.UNTRIED)
    lessons.begin("new").failed(REFUSED)
    assert lessons.chosen("known", "new") == "known", "but not again and again when it fails"


def test_background_work_goes_where_it_leaves_a_slot_free(lessons: Lessons):
    for server, slots in (("fast", 2), ("slow", 2)):
        lessons.teach(server, slower=1.5 if server == "slow" else 1.0)
        lessons.balancer.tell(server, slots=slots)
    lessons.begin("fast")
    assert lessons.chosen("fast", "slow") == "fast"
    assert lessons.chosen("fast", "slow", work=Work(100, priority=Priority.BACKGROUND)) == "slow"


def test_a_model_that_can_be_loaded_only_when_others_are_done_waits_for_them(lessons: Lessons):
    lessons.balancer.tell("a", slots=4, room=1)
    lessons.answer(lessons.begin("a"), loading=20.0)
    lessons.teach("a", times=8)
    other = lessons.balancer.choose([at("a", "other")], Work(100)).estimate
    assert other.wait == 0
    alone = lessons.seconds("a")
    seat = lessons.begin("a")
    estimate = lessons.balancer.choose([at("a", "other")], Work(100)).estimate
    assert estimate.wait == pytest.approx(alone, rel=0.1)
    seat.cancelled()


def test_of_two_equals_both_have_their_turn(lessons: Lessons):
    lessons.teach("a")
    lessons.teach("b")
    assert {lessons.chosen("a", "b") for _ in range(30)} == {"a", "b"}


def test_a_model_in_memory_goes_before_one_that_has_to_be_loaded(lessons: Lessons):
    for server in ("cold", "warm"):
        lessons.balancer.tell(server, room=1)
        lessons.answer(lessons.begin(server), loading=20.0)
        lessons.teach(server, slower=1.5 if server == "warm" else 1.0)
    lessons.balancer.tell("cold", room=1, loaded=())
    choice = lessons.balancer.choose([at("cold"), at("warm")], Work(100))
    assert (choice.target.server, choice.reason) == ("warm", Reason.WARM)


def test_the_only_one_is_the_only_one(lessons: Lessons):
    assert lessons.balancer.choose([at("a")], Work(100)).reason is Reason.ONLY


class TestConversation:
    TALK = Work(4000, conversation="talk")

    @pytest.fixture
    def lessons(self) -> Lessons:
        """Two servers, the second a little slower, which knows the conversation."""
        lessons = Lessons()
        for server, slower in (("a", 1.0), ("b", 1.5)):
            lessons.teach(server, slower=slower, times=15)
            lessons.balancer.tell(server, slots=1)
        lessons.answer(lessons.begin("b", self.TALK), slower=1.5)
        return lessons

    def test_it_stays_where_its_beginning_is_cached(self, lessons: Lessons):
        choice = lessons.balancer.choose([at("a"), at("b")], self.TALK)
        assert (choice.target.server, choice.reason) == ("b", Reason.CACHED)
        assert lessons.chosen("a", "b", work=Work(4000, conversation="other")) == "a"

    def test_it_goes_elsewhere_when_waiting_costs_more_than_reading_it_again(self, lessons: Lessons):
        lessons.begin("b")
        assert lessons.chosen("a", "b", work=self.TALK) == "a"

    def test_it_stays_through_a_wait_that_is_shorter_than_reading_it_again(self, lessons: Lessons):
        seat = lessons.begin("b")
        seat.progress(300 - 60)
        long = Work(16_000, conversation="talk")
        lessons.balancer.affinity.remember("talk", at("b"), 16_000, lessons.now)
        assert lessons.chosen("a", "b", work=long) == "b"

    def test_it_is_known_where_it_went_last(self, lessons: Lessons):
        lessons.answer(lessons.begin("a", self.TALK))
        assert lessons.chosen("a", "b", work=self.TALK) == "a"

    def test_it_fades(self, lessons: Lessons):
        lessons.passes(3000)
        lessons.teach("a")
        lessons.teach("b", slower=1.5)
        assert lessons.chosen("a", "b", work=self.TALK) == "a"

    def test_an_answer_that_was_none_is_remembered_by_nobody(self, lessons: Lessons):
        lessons.begin("a", Work(500, conversation="new")).cancelled()
        lessons.begin("a", Work(500, conversation="new")).failed(REFUSED)
        assert lessons.balancer.affinity.of("new") is None


class TestMany:
    def many(self, few: int) -> tuple[Balancer, list[str]]:
        balancer = Balancer(lambda: 1000.0, random.Random(3), few=few)
        return balancer, [f"server-{number}" for number in range(40)]

    def test_among_many_two_are_drawn_so_that_not_all_are_looked_at(self):
        balancer, names = self.many(8)
        sent = Counter(balancer.choose([at(name) for name in names], Work(100)).target.server for _ in range(400))
        assert len(sent) > 30

    def test_of_the_two_the_better_one_is_taken(self):
        balancer, names = self.many(8)
        for name in names[:39]:
            balancer.server(name).measured(MODEL, 1000.0).failed(1.0, 1000.0)
        sent = Counter(balancer.choose([at(name) for name in names], Work(100)).target.server for _ in range(400))
        assert 400 / 40 < sent[names[39]] < 400 / 4, "when it is drawn"

    def test_those_with_a_free_slot_are_drawn_from_first(self):
        balancer, names = self.many(8)
        for name in names[:37]:
            balancer.tell(name, slots=1)
            balancer.begin(balancer.choose([at(name)], Work(100)), Work(100))
        chosen = {balancer.choose([at(name) for name in names], Work(100)).target.server for _ in range(50)}
        assert chosen == set(names[37:])

    def test_a_single_free_one_is_always_among_them(self):
        balancer, names = self.many(8)
        for name in names[1:]:
            balancer.tell(name, slots=1)
            balancer.begin(balancer.choose([at(name)], Work(100)), Work(100))
        assert {balancer.choose([at(name) for name in names], Work(100)).target.server for _ in range(20)} == {names[0]}

    def test_who_knows_the_conversation_is_always_among_them(self):
        balancer, names = self.many(8)
        balancer.affinity.remember("talk", at(names[5]), 8000, 1000.0)
        work = Work(8000, conversation="talk")
        assert {balancer.choose([at(name) for name in names], work).target.server for _ in range(20)} == {names[5]}
