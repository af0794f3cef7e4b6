"""Who is next: people before background work, everybody in the end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from llm.balancing.seat import Seat
from llm.balancing.waiting import MOST_PASSED, NoSeat, Refusal, Waiter, WaitingRoom
from llm.balancing.work import ModelOnServer, Priority, Work
from tests.llm.balancing.lessons import MODEL, REFUSED, Lessons, at


class Stage:
    """A room before servers that are known and have so many slots."""

    def __init__(self, **slots: int) -> None:
        self.lessons = Lessons()
        self.balancer = self.lessons.balancer
        self.room = WaitingRoom(self.balancer)
        for server, number in slots.items():
            self.lessons.teach(server)
            self.balancer.tell(server, slots=number)
        self.servers = list(slots)
        self.waiters: dict[str, Waiter] = {}
        self.told: list[tuple[str, int]] = []

    def enter(
        self,
        name: str,
        priority: Priority = Priority.PERSON,
        *,
        person: str | None = None,
        servers: Sequence[ModelOnServer] | None = None,
        model: str = MODEL,
        within: float | None = None,
        conversation: str | None = None,
        prompt: int = 100,
    ) -> Waiter:
        candidates = [at(server, model) for server in self.servers] if servers is None else servers
        until = None if within is None else self.lessons.now + within

        def changed(waiter: Waiter) -> None:
            self.waiters[name] = waiter
            self.told.append((name, waiter.place))

        work = Work(prompt, person=person, priority=priority, conversation=conversation)
        waiter = self.room.enter(work, lambda: candidates, until=until, changed=changed)
        self.waiters[name] = waiter
        return waiter

    def waiting(self, name: str, **how: object) -> None:
        assert self.enter(name, **how).seat is None  # type: ignore[arg-type]

    def end(self, name: str) -> None:
        """End somebody's request after a time that is not worth learning from."""
        self.seat(name).cancelled()

    def seat(self, name: str) -> Seat:
        seat = self.waiters[name].seat
        assert seat is not None
        return seat

    @property
    def served(self) -> str:
        """Who has a seat now, in the order of their names."""
        return "".join(sorted(name for name, one in self.waiters.items() if one.seat and not one.seat.over))

    def serve_all(self) -> list[str]:
        """End one request after the other; gives who came next each time."""
        order = []
        while self.served:
            before = self.served
            self.end(self.served[0])
            order += [name for name in self.served if name not in before]
        return order


def test_who_comes_to_a_free_server_does_not_wait():
    stage = Stage(s=2)
    assert stage.enter("a").seat is not None
    assert stage.enter("b").seat is not None
    assert stage.enter("c").seat is None
    assert len(stage.room) == 1


def test_people_are_served_in_their_order():
    stage = Stage(s=1)
    stage.enter("a")
    for name in "bcd":
        stage.waiting(name)
    assert stage.serve_all() == ["b", "c", "d"]


def test_people_go_before_background_work():
    stage = Stage(s=1)
    stage.enter("a")
    stage.waiting("b", priority=Priority.BACKGROUND)
    stage.waiting("c")
    stage.waiting("d")
    assert stage.serve_all() == ["c", "d", "b"]


def test_background_work_leaves_a_slot_for_people():
    stage = Stage(s=3)
    for name in "ab":
        assert stage.enter(name, Priority.BACKGROUND).seat is not None
    stage.waiting("c", priority=Priority.BACKGROUND)
    assert stage.enter("d").seat is not None
    stage.end("d")
    assert stage.served == "ab"
    stage.end("a")
    assert stage.served == "bc"


def test_background_work_is_passed_over_only_so_often():
    stage = Stage(s=1)
    stage.enter("0")
    stage.waiting("b", priority=Priority.BACKGROUND)
    for number in range(2 * MOST_PASSED):
        stage.waiting(chr(ord("A") + number))
    assert stage.serve_all().index("b") == MOST_PASSED


def test_a_heap_of_background_work_does_not_come_before_people_all_at_once():
    stage = Stage(s=1)
    stage.enter("0")
    for number in range(6):
        stage.waiting(f"{number + 1}", priority=Priority.BACKGROUND)
    for number in range(3 * MOST_PASSED):
        stage.waiting(chr(ord("A") + number))
    order = stage.serve_all()
    places = [order.index(f"{number + 1}") for number in range(6)]
    assert places[:2] == [MOST_PASSED, 2 * MOST_PASSED + 1]
    assert places == sorted(places)


def test_who_asks_much_takes_turns_with_who_asks_little():
    stage = Stage(s=1)
    stage.enter("a", person="Ann")
    for name in "bcd":
        stage.waiting(name, person="Ann")
    stage.waiting("x", person="Bob")
    stage.waiting("y", person="Cid")
    stage.waiting("z", person="Bob")
    assert stage.serve_all() == ["b", "x", "y", "c", "z", "d"]


def test_a_turn_that_was_given_up_is_not_counted():
    stage = Stage(s=1)
    stage.enter("a", person="Ann")
    for name in "bc":
        stage.waiting(name, person="Ann")
    for name in "cb":
        stage.room.leave(stage.waiters.pop(name))
    stage.waiting("d", person="Ann")
    stage.waiting("x", person="Bob")
    assert stage.serve_all() == ["d", "x"]


def test_who_has_asked_much_while_nobody_waited_is_not_behind_for_it():
    stage = Stage(s=1)
    for _ in range(20):
        stage.enter("a", person="Ann")
        stage.end("a")
    stage.enter("b", person="Bob")
    stage.waiting("c", person="Ann")
    stage.waiting("d", person="Cid")
    assert stage.serve_all() == ["c", "d"]


def test_places_are_told_when_they_change():
    stage = Stage(s=1)
    stage.enter("a")
    stage.waiting("b")
    stage.waiting("c")
    stage.waiting("d")
    stage.told.clear()
    stage.room.leave(stage.waiters["b"])
    assert stage.told == [("c", 1), ("d", 2)]
    assert [stage.waiters[name].place for name in "cd"] == [1, 2]
    stage.told.clear()
    stage.end("a")
    assert stage.told == [("c", 0), ("d", 1)]


def test_a_place_comes_with_the_time_that_it_will_take():
    stage = Stage(s=1)
    stage.enter("a")
    stage.waiting("b")
    stage.waiting("c")
    assert 0 < stage.waiters["b"].expected_seconds < stage.waiters["c"].expected_seconds < 10


def test_who_has_waited_as_long_as_they_can_is_refused():
    stage = Stage(s=1)
    stage.enter("a")
    stage.waiting("b", within=20)
    stage.waiting("c")
    assert stage.room.next_look() == stage.lessons.now + 20
    stage.lessons.passes(20)
    stage.room.look()
    assert stage.waiters["b"].refusal is Refusal.TIMED_OUT
    assert stage.waiters["c"].place == 1


def test_nobody_begins_to_wait_who_will_not_be_served_in_time():
    stage = Stage(s=1)
    stage.enter("a")
    for name in "bcdef":
        stage.waiting(name)
    with pytest.raises(NoSeat) as refused:
        stage.enter("g", within=3)
    assert refused.value.refusal is Refusal.HOPELESS
    assert refused.value.expected_seconds > 6
    assert len(stage.room) == 5


def test_the_queue_is_short_and_background_work_goes_first_when_it_is_full():
    stage = Stage(s=1)
    stage.room = WaitingRoom(stage.balancer, most=2)
    stage.enter("a")
    stage.waiting("b", priority=Priority.BACKGROUND)
    stage.waiting("c", priority=Priority.BACKGROUND)
    stage.waiting("d")
    assert stage.waiters["c"].refusal is Refusal.FULL
    for priority in Priority:
        if priority is Priority.PERSON:
            stage.waiting("e")
        with pytest.raises(NoSeat) as refused:
            stage.enter("f", priority)
        assert refused.value.refusal is Refusal.FULL
    assert len(stage.room) == 2


def test_who_can_be_served_by_nobody_is_told_so():
    stage = Stage(s=1)
    stage.enter("a")
    servers = [at("s")]
    stage.waiting("b", servers=servers)
    servers.clear()
    stage.room.look()
    assert stage.waiters["b"].refusal is Refusal.NOBODY
    with pytest.raises(NoSeat):
        stage.enter("c", servers=[])


def test_a_slow_server_is_left_free_by_who_is_served_sooner_by_waiting():
    stage = Stage(fast=1, slow=1)
    stage.lessons.teach("slow", slower=10, times=30)
    stage.enter("a")
    assert stage.seat("a").server.name == "fast"
    stage.waiting("b")
    assert stage.room.next_look() is not None, "it is looked again while a server is free"
    for name in "cdefghi":
        stage.enter(name)
    assert len([name for name in stage.served if stage.seat(name).server.name == "slow"]) == 1
    assert stage.waiters["b"].seat is None


def test_but_not_for_ever():
    """Who is passed over at the slow server again and again takes it in the end."""
    stage = Stage(fast=1, slow=1)
    stage.lessons.teach("slow", slower=10, times=30)
    stage.enter("a")
    stage.waiting("b")
    for number in range(2 * MOST_PASSED):
        stage.enter(f"{number}", servers=[at("slow")])
        assert stage.waiters["b"].seat is None
        stage.end(f"{number}")
    stage.room.look()
    assert stage.seat("b").server.name == "slow"


def test_a_server_that_is_needed_only_by_one_is_not_kept_from_others():
    """Whose candidates are another server does not stand in the way."""
    stage = Stage(s=1, t=1)
    stage.enter("a", servers=[at("s")])
    stage.waiting("b", servers=[at("s")])
    assert stage.enter("c", servers=[at("t")]).seat is not None


def test_after_a_failure_the_next_one_is_served():
    stage = Stage(s=1)
    stage.enter("a")
    stage.waiting("b")
    stage.seat("a").failed(REFUSED)
    assert stage.served == "b"


def test_who_does_something_at_once_when_told_is_taken_note_of():
    stage = Stage(s=1)
    stage.enter("a")

    def give_back(waiter: Waiter) -> None:
        if waiter.seat is not None:
            waiter.seat.cancelled()

    stage.room.enter(Work(100), lambda: [at("s")], until=None, changed=give_back)
    stage.waiting("c")
    stage.end("a")
    assert stage.served == "c"


def test_what_is_done_when_a_place_is_told_is_taken_note_of():
    stage = Stage(s=1)
    stage.enter("a")

    def end_the_first(waiter: Waiter) -> None:
        if waiter.place == 1 and waiter.seat is None:
            stage.end("a")

    waiter = stage.room.enter(Work(100), lambda: [at("s")], until=None, changed=end_the_first)
    assert waiter.seat is not None
