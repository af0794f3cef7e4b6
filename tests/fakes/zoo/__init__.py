"""A zoo of simulated models: each is honest but for what its name says, and for each it is written what is right."""

from __future__ import annotations

from tests.fakes.zoo.abilities import ABILITIES
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.chance import CHANCE
from tests.fakes.zoo.honest import HONEST
from tests.fakes.zoo.lengths import LENGTHS
from tests.fakes.zoo.obedience import HARDLY, JSON, LANGUAGES, ROLES, STRICT
from tests.fakes.zoo.reasoning import REASONING
from tests.fakes.zoo.waiting import WAITING

ZOO: tuple[Animal, ...] = (
    *HONEST,
    *ROLES,
    *JSON,
    *STRICT,
    *LANGUAGES,
    *HARDLY,
    *CHANCE,
    *REASONING,
    *LENGTHS,
    *ABILITIES,
    *WAITING,
)
