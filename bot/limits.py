"""How much each person may ask: looked at before a model is, and told in words when it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from aiogram.types import Message

from bot.cooldown import Cooldown
from bot.groups.personal import PersonalNotes, answer_alone
from bot.i18n import Translator
from bot.views.limits import exceeded_text
from llm.clock import Clock
from storage import Limit, Person, Usage


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit of so much that is used up until a moment."""

    limit: Limit
    most: int
    until: datetime


class Limits:
    """Lets messages through as long as their people have something left; in groups only they are told by `personal`."""

    def __init__(
        self,
        usage: Usage,
        clock: Clock,
        personal: PersonalNotes | None = None,
        *,
        messages_minute: int | None = None,
        tokens_day: int | None = None,
    ) -> None:
        self._usage = usage
        self._personal = personal
        self._clock = clock
        self._told = Cooldown(clock)
        self.work_by(messages_minute=messages_minute, tokens_day=tokens_day)

    def work_by(self, *, messages_minute: int | None, tokens_day: int | None) -> None:
        """Hold everybody without limits of their own, but admins, to these from the next message on; None is none."""
        self._usual = {Limit.MINUTE: messages_minute, Limit.DAY: tokens_day}

    def of(self, person: Person, limit: Limit) -> int | None:
        """What holds for a person: their own, else that of the settings; None is no limit."""
        own = person.messages_minute if limit is Limit.MINUTE else person.tokens_day
        if own is not None:
            return own or None
        return None if person.admin else self._usual[limit]

    async def admit(self, person: Person, update_id: int) -> Exceeded | None:
        """Let a message of a person through, or say what is used up. A message that was let through is so again.

        An answer that is under way is never cut short, so that the last one of a day may go over its limit.
        Raises `ReadFailed`, `WriteFailed`.
        """
        minute, day = self.of(person, Limit.MINUTE), self.of(person, Limit.DAY)
        if minute is None and day is None:
            return None
        if day is not None and not await self._usage.admitted(person.id, update_id):
            used = await self._usage.today(person.id)
            if used.tokens >= day:
                tomorrow = self._clock.now().astimezone(UTC).date() + timedelta(days=1)
                return Exceeded(Limit.DAY, day, datetime.combine(tomorrow, time(), UTC))
        until = await self._usage.admit(person.id, update_id, most=minute)
        return None if until is None or minute is None else Exceeded(Limit.MINUTE, minute, until)

    async def lets_through(self, message: Message, person: Person, t: Translator, update_id: int) -> bool:
        """Whether a message may go on to a model; when not its person is told, once a minute in each chat."""
        exceeded = await self.admit(person, update_id)
        if exceeded is None:
            return True
        if self._told.passes(message.chat.id):
            await answer_alone(self._personal, message, person.id, self.words(t, exceeded))
        return False

    def words(self, t: Translator, exceeded: Exceeded) -> str:
        """What is used up, and when it goes on."""
        return exceeded_text(t, exceeded.limit.value, exceeded.most, exceeded.until, self._clock.now())
