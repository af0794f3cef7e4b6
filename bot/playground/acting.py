"""What all who act on the page have in common: people by their ids, and updates for the bot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.errors import PageError
from bot.playground.state import World
from bot.playground.values import Json, Person


@dataclass(frozen=True, slots=True)
class Acting:
    """Acts in a world. Raises `PageError`, 404 for what is not there, 400 for what cannot be."""

    world: World

    def _update(self, kind: str, content: Json) -> None:
        self.world.updates.put(kind, content)
        self.world.changes += 1

    def _person(self, person_id: int) -> Person:
        person = self.world.people.get(person_id)
        if person is None:
            raise PageError(404, "there is no such person")
        return person
