"""What holds in a waiting room whatever happens."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from llm.balancing.seat import Seat
from llm.balancing.waiting import MOST_PASSED, NoSeat, Waiter, WaitingRoom
from llm.balancing.work import ModelOnServer, Priority, Work
from llm.errors import Failure, FailureKind, Phase
from llm.types import Usage
from tests.llm.balancing.lessons import Lessons

MOST = 6
BROKEN = Failure(FailureKind.SERVER_ERROR, Phase.FIRST_TOKEN, 1.0, status=500)


class Room(RuleBasedStateMachine):
    """People and background work come, go, and are served by servers that have room for one or all models."""

    @initialize(
        slots=st.lists(st.integers(1, 3), min_size=1, max_size=3),
        rooms=st.lists(st.sampled_from((None, 1)), min_size=3),
    )
    def open(self, slots: list[int], rooms: list[int | None]) -> None:
        self.lessons = Lessons()
        self.slots = {f"s{number}": count for number, count in enumerate(slots)}
        self.room = WaitingRoom(self.lessons.balancer, most=MOST)
        self.one_for_all = len(slots) == 1 and rooms[0] is None
        for (server, count), room in zip(self.slots.items(), rooms, strict=False):
            self.lessons.balancer.tell(server, slots=count, room=room)
        self.waiters: list[Waiter] = []
        self.gone: set[Waiter] = set()
        self.seated: list[Waiter] = []
        self.told: dict[Waiter, int] = {}
        self.waited: set[Waiter] = set()

    def changed(self, waiter: Waiter) -> None:
        if waiter.seat is not None:
            assert waiter not in self.seated, "one seat for each"
            self.seated.append(waiter)
            self.look_at_priority(waiter)
        self.told[waiter] = waiter.place

    def look_at_priority(self, seated: Waiter) -> None:
        """With one server that has all models: background work goes before people only when it is due."""
        if not self.one_for_all or seated.work.priority is Priority.PERSON or seated not in self.waited:
            return
        people = [one for one in self.waiting if one.work.priority is Priority.PERSON]
        assert not people or seated.passed == MOST_PASSED

    @property
    def waiting(self) -> list[Waiter]:
        """All who wait."""
        return [one for one in self.waiters if one.seat is None and one.refusal is None and one not in self.gone]

    @property
    def under_way(self) -> list[Seat]:
        """All requests that are being served."""
        return [one.seat for one in self.waiters if one.seat is not None and not one.seat.over]

    @rule(
        priority=st.sampled_from(Priority),
        person=st.sampled_from((None, "Ann", "Bob")),
        model=st.sampled_from("AAB"),
        some=st.integers(1, 7),
        patience=st.sampled_from((None, None, 5.0, 60.0)),
    )
    def comes(self, priority: Priority, person: str | None, model: str, some: int, patience: float | None) -> None:
        targets = [ModelOnServer(server, model) for number, server in enumerate(self.slots) if some >> number & 1]
        targets = targets or [ModelOnServer("s0", model)]
        until = None if patience is None else self.lessons.now + patience
        work = Work(100, person=person, priority=priority)
        try:
            waiter = self.room.enter(work, lambda: targets, until=until, changed=self.changed)
        except NoSeat:
            return
        self.waiters.append(waiter)
        self.waited.add(waiter)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), seconds=st.floats(0, 20))
    def ends(self, data: st.DataObject, seconds: float) -> None:
        seat = data.draw(st.sampled_from(self.under_way))
        self.lessons.passes(seconds)
        match data.draw(st.sampled_from(("finished", "failed", "cancelled"))):
            case "finished":
                seat.progress(20)
                seat.finished(Usage(100, 20))
            case "failed":
                seat.failed(BROKEN)
            case _:
                seat.cancelled()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        waiter = data.draw(st.sampled_from(self.waiting))
        self.gone.add(waiter)
        self.room.leave(waiter)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds: float) -> None:
        self.lessons.passes(seconds)
        self.room.look()

    @invariant()
    def everybody_is_somewhere_once(self) -> None:
        assert len(self.room) == len(self.waiting) <= MOST
        assert sorted(one.place for one in self.waiting) == list(range(1, len(self.waiting) + 1))
        assert all(self.told[one] == one.place for one in self.waiting)

    @invariant()
    def no_server_does_more_than_it_can(self) -> None:
        servers = self.lessons.balancer.servers.values()
        assert all(len(server.seats) <= self.slots[server.name] for server in servers)
        assert sum(len(server.seats) for server in servers) == len(self.under_way)
        for server in servers:
            if server.room is not None:
                assert len({seat.model for seat in server.seats}) <= server.room

    @invariant()
    def nobody_waits_while_nobody_is_served(self) -> None:
        assert not self.waiting or self.under_way

    @invariant()
    def nobody_waits_for_one_server_that_has_a_slot_free(self) -> None:
        if not self.one_for_all:
            return
        server = self.lessons.balancer.server("s0")
        free = server.slots.limit - len(server.seats)
        assert free <= 0 or not any(one.work.priority is Priority.PERSON for one in self.waiting)
        assert free <= 1 or not self.waiting

    @invariant()
    def nobody_is_passed_over_for_ever(self) -> None:
        if len(self.slots) == 1:
            assert all(one.passed <= MOST_PASSED for one in self.waiters)

    def teardown(self) -> None:
        """In the end all are served."""
        if not hasattr(self, "room"):
            return
        while self.under_way:
            self.under_way[0].cancelled()
        assert not self.waiting


TestRoom = Room.TestCase
TestRoom.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
