"""A group with the bot in it, for the tests of the whole bot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.values import BOT_USERNAME, Membership, Message
from tests.e2e.conftest import ADMIN, House

AT = f"@{BOT_USERNAME}"


@dataclass(frozen=True)
class TestGroup:
    """The group as people see it."""

    __test__ = False
    home: House
    group_id: int

    def say(self, person_id: int, text: str, **more: object) -> Message:
        """Let somebody write in it."""
        return self.home.page.groups.say(self.group_id, person_id, text, **more)  # type: ignore[arg-type]

    def messages(self) -> list[Message]:
        """What the bot has written, oldest first."""
        return [one for one in self.home.page.messages(self.group_id) if one.from_bot]

    def texts(self) -> list[str]:
        """What the bot has said so that all can read it."""
        return [one.text for one in self.messages() if one.only_for is None]

    def notes(self, person_id: int) -> list[str]:
        """What the bot has said for one person alone."""
        return [one.text for one in self.messages() if one.only_for == person_id]

    async def asked(self, person_id: int, text: str, *, answers: int = 1, **more: object) -> list[str]:
        """Let somebody write and wait for so many more finished messages of the bot; they are returned."""
        before = len(self.finished())
        self.say(person_id, text, **more)
        await self.home.page.wait_for(lambda: len(self.finished()) >= before + answers, timeout=10)
        return self.finished()[before:]

    def finished(self) -> list[str]:
        """What all can read and is not being written any more."""
        stop = [[button.get("callback_data") for row in one.buttons for button in row] for one in self.messages()]
        return [
            one.text
            for one, data in zip(self.messages(), stop, strict=True)
            if one.only_for is None and "stop" not in data
        ]


async def group_of(
    home: House, creator_id: int = ADMIN, *, adder_id: int | None = None, supergroup: bool = True, forum: bool = False
) -> TestGroup:
    """A group with all people and the bot in it; its greeting has come."""
    group = home.page.groups.create(creator_id, supergroup=supergroup, forum=forum)
    home.page.groups.set_bot(adder_id or creator_id, group.group_id, Membership.MEMBER)
    found = TestGroup(home, group.group_id)
    await home.page.wait_for(lambda: found.texts())
    return found
