"""Rights from configuration and database together, and the owner code."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.access import CODE_LENGTH, Doorkeeper, OwnerCode
from bot.settings import AccessMode
from llm.clock import SystemClock
from storage import Access, People, open_database

ADMIN, LISTED, OTHER = 1, 2, 3


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", SystemClock()) as database:
        yield People(database, SystemClock())


def door(people: People, mode: AccessMode, code: OwnerCode | None = None) -> Doorkeeper:
    return Doorkeeper(people, mode=mode, admin_ids=[ADMIN], allowed_ids=[LISTED], owner_code=code)


@pytest.mark.parametrize(
    ("mode", "kept", "seen_as"),
    [
        (AccessMode.OPEN, Access.UNKNOWN, Access.ALLOWED),
        (AccessMode.OPEN, Access.ASKED, Access.ALLOWED),
        (AccessMode.OPEN, Access.REFUSED, Access.REFUSED),
        (AccessMode.APPROVE, Access.UNKNOWN, Access.UNKNOWN),
        (AccessMode.APPROVE, Access.ASKED, Access.ASKED),
        (AccessMode.APPROVE, Access.ALLOWED, Access.ALLOWED),
        (AccessMode.APPROVE, Access.REFUSED, Access.REFUSED),
        (AccessMode.ALLOWLIST, Access.UNKNOWN, Access.UNKNOWN),
        (AccessMode.ALLOWLIST, Access.ALLOWED, Access.UNKNOWN),
        (AccessMode.ALLOWLIST, Access.REFUSED, Access.REFUSED),
    ],
)
async def test_each_mode_has_its_rule_and_lists_and_admins_come_before_it(
    people: People, mode: AccessMode, kept: Access, seen_as: Access
) -> None:
    doorkeeper = door(people, mode)
    for person_id in (ADMIN, LISTED, OTHER):
        await doorkeeper.meet(person_id, "Name", None, "en")
        await people.set_access(person_id, kept)
    met = [await doorkeeper.meet(person_id, "Name", None, "en") for person_id in (ADMIN, LISTED, OTHER)]
    assert [person.access for person in met] == [Access.ALLOWED, Access.ALLOWED, seen_as]
    assert [person.admin for person in met] == [True, False, False]


async def test_the_code_makes_an_admin_whom_everybody_knows_of(people: People) -> None:
    code = OwnerCode(random.Random(1))
    doorkeeper = door(people, AccessMode.APPROVE, code)
    stranger = await doorkeeper.meet(OTHER, "Name", None, "en")
    shown = code.shown
    assert shown is not None
    assert not await doorkeeper.claim(stranger, shown[:-1])
    assert not await doorkeeper.claim(stranger, "")
    assert await doorkeeper.claim(stranger, shown)
    assert not await doorkeeper.claim(stranger, shown)
    now = await doorkeeper.meet(OTHER, "Name", None, "en")
    assert (now.admin, now.access) == (True, Access.ALLOWED)
    assert await doorkeeper.admins() == (ADMIN, OTHER)


def test_the_code_is_long_enough_and_typed_as_one_likes() -> None:
    code = OwnerCode(random.Random(2))
    shown = code.shown
    assert shown is not None
    assert len(shown.replace("-", "")) == CODE_LENGTH
    assert not code.use("ж" * CODE_LENGTH)
    assert code.use(f"  {shown.lower().replace('-', ' – ')}. ")
    assert code.shown is None


async def test_who_has_never_written_cannot_be_decided_on(people: People) -> None:
    assert await door(people, AccessMode.APPROVE).decide(999, allow=True) is None


async def test_other_rules_hold_from_the_next_update_on_and_an_admin_makes_the_code_void(people: People) -> None:
    code = OwnerCode(random.Random(1))
    doorkeeper = Doorkeeper(people, mode=AccessMode.OPEN, admin_ids=[], allowed_ids=[], owner_code=code)
    assert (await doorkeeper.meet(OTHER, "Name", None, "en")).access is Access.ALLOWED
    doorkeeper.work_by(mode=AccessMode.ALLOWLIST, admin_ids=[], allowed_ids=[LISTED])
    stranger = await doorkeeper.meet(OTHER, "Name", None, "en")
    assert stranger.access is Access.UNKNOWN
    assert (await doorkeeper.meet(LISTED, "Name", None, "en")).access is Access.ALLOWED
    doorkeeper.work_by(mode=AccessMode.ALLOWLIST, admin_ids=[ADMIN], allowed_ids=[])
    assert not await doorkeeper.claim(stranger, code.shown or "")
    assert await doorkeeper.admins() == (ADMIN,)
    another = OwnerCode(random.Random(2))
    doorkeeper.work_by(mode=AccessMode.ALLOWLIST, admin_ids=[], allowed_ids=[])
    doorkeeper.invite(another)
    assert await doorkeeper.claim(stranger, another.shown or "")
