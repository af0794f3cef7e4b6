"""Many people who talk to the bot at the same time."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace

from bot.playground.state import Chat
from bot.playground.values import PEOPLE
from tests.e2e.conftest import House


@dataclass(frozen=True)
class Heard:
    """An answer to a message, and the moments on the loop's clock."""

    said_at: float
    ended_at: float
    text: str


class Crowd:
    """People who go on writing, each as soon as they have their answer."""

    def __init__(self, home: House, count: int, chance: random.Random) -> None:
        self._home = home
        self._chance = chance
        self._ids = tuple(range(2001, 2001 + count))
        self._over = False
        self.heard: list[Heard] = []
        for person_id in self._ids:
            home.page.world.people[person_id] = replace(PEOPLE[1], person_id=person_id)
            home.page.world.chats[person_id] = Chat(person_id)

    async def talk(self) -> None:
        """Talk until `stop`."""
        async with asyncio.TaskGroup() as group:
            for person_id in self._ids:
                group.create_task(self._talk(person_id))

    def stop(self) -> None:
        """End after the answers that are waited for."""
        self._over = True

    async def _talk(self, person_id: int) -> None:
        loop = asyncio.get_running_loop()
        while not self._over:
            await asyncio.sleep(self._chance.uniform(0.0, 0.2))
            said_at = loop.time()
            [text] = await self._home.say(person_id, "Tell me", within=30)
            self.heard.append(Heard(said_at, loop.time(), text))
