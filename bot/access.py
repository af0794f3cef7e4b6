"""Who may talk to the bot, and who is an admin: configuration and what the database remembers, put together."""

from __future__ import annotations

import hmac
import random
from collections.abc import Collection
from dataclasses import replace

from bot.settings import AccessMode
from storage import Access, Acquaintance, People, Person

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12


def as_member(person: Person) -> Person:
    """Somebody as they are where others look on: with none of an admin's rights, and not limited for that."""
    if not person.admin:
        return person
    minute = 0 if person.messages_minute is None else person.messages_minute
    day = 0 if person.tokens_day is None else person.tokens_day
    return replace(person, admin=False, messages_minute=minute, tokens_day=day)


class OwnerCode:
    """A code for one use: who sends it first becomes the admin of a bot that has none."""

    def __init__(self, randomness: random.Random) -> None:
        letters = "".join(randomness.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        self._code: str | None = letters

    @property
    def shown(self) -> str | None:
        """The code as it is printed, or None once it has been used."""
        return None if self._code is None else "-".join(self._code[i : i + 4] for i in range(0, CODE_LENGTH, 4))

    def use(self, text: str) -> bool:
        """Whether a message is the code; true once. Case, spaces and dashes do not matter."""
        said = "".join(letter for letter in text.upper() if letter.isalnum())
        if self._code is None or not hmac.compare_digest(said.encode(), self._code.encode()):
            return False
        self._code = None
        return True


class Doorkeeper:
    """Knows each person who writes, with the rights that they have now."""

    def __init__(
        self,
        people: People,
        *,
        mode: AccessMode,
        admin_ids: Collection[int],
        allowed_ids: Collection[int],
        owner_code: OwnerCode | None,
    ) -> None:
        self._people = people
        self._spoken: dict[int, str] = {}
        self._owner_code: OwnerCode | None = None
        self.work_by(mode=mode, admin_ids=admin_ids, allowed_ids=allowed_ids)
        self._owner_code = owner_code

    def work_by(self, *, mode: AccessMode, admin_ids: Collection[int], allowed_ids: Collection[int]) -> None:
        """Keep to other rules from the next update on. Where there is an admin, no code makes another one."""
        self.mode = mode
        self._admin_ids = frozenset(admin_ids)
        self._allowed_ids = frozenset(allowed_ids)
        if self._admin_ids:
            self._owner_code = None

    def invite(self, code: OwnerCode) -> None:
        """Let who sends this code become the admin."""
        self._owner_code = code

    async def meet(self, person_id: int, name: str, username: str | None, language_code: str | None) -> Person:
        """The person, with what configuration and database together allow. `language_code` is that of their client."""
        if language_code is not None:
            self._spoken[person_id] = language_code
        return self._effective(await self._people.seen(person_id, name, username))

    async def admins(self) -> tuple[int, ...]:
        """The ids of all admins."""
        stored = [person.id for person in await self._people.admins()]
        return tuple(dict.fromkeys([*sorted(self._admin_ids), *stored]))

    async def language_of(self, person_id: int) -> str | None:
        """The language to write to a person in: the chosen one, else that of their client when they last wrote."""
        person = await self._people.get(person_id)
        chosen = None if person is None else person.language
        return chosen or self._spoken.get(person_id)

    async def everybody(self) -> tuple[Acquaintance, ...]:
        """All who have written, with the rights that they have now; who wrote last first."""
        return tuple(replace(one, person=self._effective(one.person)) for one in await self._people.acquaintances())

    def named_in(self, person_id: int) -> str | None:
        """The setting that gives a person their rights, which nobody can take from here; None: there is none."""
        if person_id in self._admin_ids:
            return "ADMIN_IDS"
        return "ALLOWED_IDS" if person_id in self._allowed_ids else None

    async def block(self, person_id: int) -> None:
        """Keep a person out; they are told so when they write next, and then no more."""
        await self._people.set_access(person_id, Access.BLOCKED)

    async def told_blocked(self, person: Person) -> None:
        """Note that a blocked person has been told."""
        await self._people.told_blocked(person.id)

    async def waiting(self) -> tuple[Person, ...]:
        """Strangers who have asked and got no answer yet."""
        return tuple(person for person in await self._people.all() if person.access is Access.ASKED)

    async def claim(self, person: Person, text: str) -> bool:
        """Make the person the admin when the text is the owner code."""
        if self._owner_code is None or not self._owner_code.use(text):
            return False
        await self._people.set_admin(person.id, True)
        await self._people.set_access(person.id, Access.ALLOWED)
        return True

    async def ask(self, person: Person) -> bool:
        """Note that a stranger wants in; True the first time only."""
        return await self._people.ask(person.id)

    async def decide(self, person_id: int, *, allow: bool) -> Person | None:
        """Let a person in or keep them out; None when nobody with this id has written."""
        await self._people.set_access(person_id, Access.ALLOWED if allow else Access.REFUSED)
        person = await self._people.get(person_id)
        return None if person is None else self._effective(person)

    def _effective(self, person: Person) -> Person:
        admin = person.admin or person.id in self._admin_ids
        return replace(person, admin=admin, access=Access.ALLOWED if admin else self._access(person))

    def _access(self, person: Person) -> Access:
        if person.id in self._allowed_ids:
            return Access.ALLOWED
        if person.kept_out:
            return person.access
        match self.mode:
            case AccessMode.OPEN:
                return Access.ALLOWED
            case AccessMode.APPROVE:
                return person.access
            case AccessMode.ALLOWLIST:
                return Access.UNKNOWN if person.access is Access.ALLOWED else person.access
