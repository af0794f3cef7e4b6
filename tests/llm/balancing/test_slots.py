"""How the limit of requests at the same time is found."""

from __future__ import annotations

import random

from llm.balancing.slots import FIRST_LIMIT, MOST, MOST_NEEDED, Slots


def served(slots: Slots, real: int, times: int) -> int:
    """Keep all slots taken at a server that does so many at the same time; gives how many were late."""
    late = 0
    for _ in range(times):
        if slots.limit > real:
            slots.late(slots.limit, slots.round)
            late += 1
        else:
            slots.in_time(slots.limit)
    return late


def test_the_limit_of_a_server_is_found_soon_and_kept():
    for real in (1, 2, 4, 9):
        slots = Slots()
        served(slots, real, 60)
        limits = []
        for _ in range(300):
            served(slots, real, 1)
            limits.append(slots.limit)
        assert sorted(limits)[150] == real
        assert max(limits) <= real + 1


def test_what_has_failed_is_tried_again_but_rarely():
    slots = Slots()
    served(slots, 4, 100)
    assert 1 <= served(slots, 4, 10 * MOST_NEEDED) <= 11


def test_a_server_that_gets_more_slots_is_used_to_the_full():
    slots = Slots()
    served(slots, 2, 100)
    served(slots, 8, 8 * MOST_NEEDED)
    assert slots.limit == 8


def test_what_a_server_tells_goes_before_what_was_learned():
    slots = Slots()
    served(slots, 4, 60)
    slots.tell(2)
    assert slots.limit == 2
    served(slots, 4, 500)
    assert slots.limit == 2
    assert Slots(told=100).limit == 100


def test_a_refusal_lowers_the_limit_below_what_was_refused():
    slots = Slots(told=8)
    slots.refused(5, slots.round)
    assert slots.limit == 4
    slots = Slots(told=1)
    slots.refused(1, slots.round)
    assert slots.limit == 1, "with nobody else there it is not for want of slots"


def test_refusals_of_what_was_sent_together_count_once():
    slots = Slots(told=8)
    together = slots.round
    for level in (8, 7, 6, 5):
        slots.refused(level, together)
    assert slots.limit == 7


def test_who_is_late_with_slots_free_has_not_waited_for_one():
    slots = Slots(told=4)
    for _ in range(20):
        slots.late(3, slots.round)
    assert slots.limit == 4


def test_a_limit_that_has_held_is_not_lowered_for_one_late_answer():
    slots = Slots(told=4)
    for _ in range(10):
        slots.in_time(4)
    slots.late(4, slots.round)
    assert slots.limit == 4
    slots.late(4, slots.round)
    assert slots.limit == 3


def test_the_limit_is_never_below_one_nor_without_end():
    chance = random.Random(5)
    slots = Slots()
    for _ in range(5000):
        happening = chance.choice((slots.in_time, slots.in_time, slots.late, slots.refused))
        level = chance.randint(1, MOST)
        happening(level) if happening == slots.in_time else happening(level, slots.round)  # type: ignore[call-arg]
        assert 1 <= slots.limit <= MOST
    assert FIRST_LIMIT >= 1
