"""Invitations let in for a while and so many times, and their codes are not in the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import Access, Invitations, People, open_database
from tests.storage.conftest import HandClock

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
CODE = "AbCdEfGhIjKlMnOpQrStUv"


async def test_an_invitation_lets_in_once_and_not_after_its_time(url: str) -> None:
    clock = HandClock(NOON)
    async with open_database(url, clock) as database:
        people, invitations = People(database, clock), Invitations(database, clock)
        for person_id in (1, 2, 3):
            await people.seen(person_id, "Anna", None)
        await invitations.keep(CODE, expires_at=NOON + timedelta(hours=1), uses=1)
        await invitations.keep("late", expires_at=NOON + timedelta(hours=1), uses=5)
        assert not await invitations.use(CODE.lower(), 1)
        assert await invitations.use(CODE, 1)
        assert not await invitations.use(CODE, 2)
        assert await invitations.use("late", 2)
        clock.moment += timedelta(hours=1)
        assert not await invitations.use("late", 3)
        access = [person.access for person in await people.all()]
        assert access == [Access.ALLOWED, Access.ALLOWED, Access.UNKNOWN]


async def test_of_many_who_come_at_once_only_as_many_get_in_as_were_invited(url: str) -> None:
    clock = HandClock(NOON)
    async with open_database(url, clock) as database:
        people, invitations = People(database, clock), Invitations(database, clock)
        for person_id in range(10):
            await people.seen(person_id + 1, "Anna", None)
        await invitations.keep(CODE, expires_at=NOON + timedelta(hours=1), uses=3)
        let_in = await asyncio.gather(*(invitations.use(CODE, person_id + 1) for person_id in range(10)))
        assert sum(let_in) == 3
        assert sum(person.access is Access.ALLOWED for person in await people.all()) == 3


async def test_the_code_is_not_in_the_database(sqlite_url: str, file: Path) -> None:
    clock = HandClock(NOON)
    async with open_database(sqlite_url, clock) as database:
        await Invitations(database, clock).keep(CODE, expires_at=NOON + timedelta(hours=1), uses=1)
    assert CODE.encode() not in file.read_bytes()  # noqa: ASYNC240
