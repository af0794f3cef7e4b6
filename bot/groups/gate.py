"""What of a group gets through to the bot, and as whose word: meant for it, by somebody who may, and not in silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiogram import Bot
from aiogram.types import Message, User

from bot.access import Doorkeeper, as_member
from bot.commands import ALWAYS_IN_GROUPS, IN_GROUPS, NOT_IN_GROUPS
from bot.groups.addressing import Address, address_of, without_name
from bot.i18n import Texts, Translator
from storage import Access, Group, Groups, Person


class Verdict(StrEnum):
    """What is to be done about a message."""

    IGNORED = "ignored"
    STRANGER = "stranger"
    LET_IN = "let_in"


@dataclass(frozen=True, slots=True)
class Entry:
    """A message at the gate; `message` is without the bot's name, `said` tells that it is no command.

    The person is no admin of the bot here: what admins have does not exist in groups.
    """

    verdict: Verdict
    message: Message
    person: Person
    group: Group
    t: Translator
    said: bool


class GroupGate:
    """Looks at messages of groups. Of those that are not meant for the bot it keeps nothing, not even their author."""

    def __init__(self, bot: Bot, groups: Groups, doorkeeper: Doorkeeper, texts: Texts) -> None:
        self._bot = bot
        self._groups = groups
        self._doorkeeper = doorkeeper
        self._texts = texts

    async def look(self, message: Message) -> Entry | None:
        """The message with what is known of its place and author; None when it is not meant for the bot."""
        me = await self._bot.me()
        address = address_of(message, me)
        if address is Address.NOT or message.from_user is None:
            return None
        name = _command_name(message) if address in {Address.COMMAND, Address.ORDER} else None
        if address is Address.COMMAND and name not in IN_GROUPS | NOT_IN_GROUPS:
            return None  # it may be another bot's
        group = await self._groups.get(message.chat.id, message.chat.title or "")
        if (group.quiet and name not in ALWAYS_IN_GROUPS) or (address is Address.REPLY and not group.replies):
            return None
        person, t = await self.meet(message.from_user, group)
        verdict = self._verdict(person, group)
        return Entry(verdict, without_name(message, me), as_member(person), group, t, said=name is None)

    async def meet(self, user: User, group: Group) -> tuple[Person, Translator]:
        """Somebody in a group, with all their rights, and the words to speak with there."""
        person = await self._doorkeeper.meet(user.id, user.full_name, user.username, user.language_code)
        return person, self._texts.translator(group.language or person.language or user.language_code)

    async def group(self, chat_id: int, title: str = "") -> Group:
        """What was chosen for a group."""
        return await self._groups.get(chat_id, title)

    def may(self, person: Person, group: Group) -> bool:
        """Whether somebody may use the bot in a group. Who is kept out of the bot is so in every group."""
        return self._verdict(person, group) is Verdict.LET_IN

    def _verdict(self, person: Person, group: Group) -> Verdict:
        if person.access is Access.ALLOWED:
            return Verdict.LET_IN
        if person.access in {Access.UNKNOWN, Access.ASKED}:
            return Verdict.LET_IN if group.everybody else Verdict.STRANGER
        return Verdict.IGNORED


def _command_name(message: Message) -> str:
    words = (message.text or "").split(maxsplit=1)
    return words[0].removeprefix("/").partition("@")[0].lower() if words else ""
