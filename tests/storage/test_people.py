"""People: who they are, what they may, what they chose."""

from __future__ import annotations

import asyncio

from storage import Access, People, Person

ANNA = 2**40 + 1


async def test_a_stranger_is_known_from_the_first_message_on(people: People) -> None:
    assert await people.get(ANNA) is None
    met = await people.seen(ANNA, "Anna", "anna")
    assert met == Person(ANNA, "Anna", "anna", Access.UNKNOWN, admin=False, language=None, rich_messages=None)
    assert await people.get(ANNA) == met


async def test_a_new_name_changes_nothing_else(people: People) -> None:
    await people.seen(ANNA, "Anna", "anna")
    await people.set_access(ANNA, Access.ALLOWED)
    await people.set_admin(ANNA, True)
    await people.prefer(ANNA, language="ru")
    await people.prefer(ANNA, rich_messages=True)
    met = await people.seen(ANNA, "Anna B.", None)
    assert met == Person(ANNA, "Anna B.", None, Access.ALLOWED, admin=True, language="ru", rich_messages=True)
    assert await people.get(ANNA) == met


async def test_a_choice_can_be_taken_back(people: People) -> None:
    await people.seen(ANNA, "Anna", None)
    await people.prefer(ANNA, language="en")
    await people.prefer(ANNA, language=None)
    await people.prefer(ANNA, rich_messages=False)
    anna = await people.get(ANNA)
    assert anna is not None
    assert (anna.language, anna.rich_messages) == (None, False)


async def test_only_the_first_to_ask_for_a_person_is_told_so(people: People) -> None:
    await people.seen(ANNA, "Anna", None)
    assert sorted(await asyncio.gather(*(people.ask(ANNA) for _ in range(10)))) == [False] * 9 + [True]
    anna = await people.get(ANNA)
    assert anna is not None
    assert anna.access is Access.ASKED


async def test_nobody_asks_for_whom_it_is_decided(people: People) -> None:
    await people.seen(ANNA, "Anna", None)
    await people.set_access(ANNA, Access.REFUSED)
    assert not await people.ask(ANNA)
    assert not await people.ask(12345)


async def test_lists_come_in_the_order_of_arrival(people: People) -> None:
    for person_id in (30, 10, 20):
        await people.seen(person_id, str(person_id), None)
    await people.set_admin(20, True)
    await people.set_admin(30, True)
    assert [person.id for person in await people.all()] == [30, 10, 20]
    assert [person.id for person in await people.admins()] == [30, 20]


async def test_settings_of_somebody_unknown_are_not_kept(people: People) -> None:
    await people.set_access(ANNA, Access.ALLOWED)
    assert await people.all() == []
