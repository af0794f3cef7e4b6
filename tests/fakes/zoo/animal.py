"""An animal of the zoo: a model on a server, and what is right to say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from llm.capabilities.facts import Ability
from tests.fakes.model_server import ModelServer
from tests.fakes.zoo.expected import Expected
from tests.fakes.zoo.houses import Housed

HURRY = 20.0
"""How much faster the clock of an animal runs that has to be waited for."""
Install = Callable[[ModelServer], Housed]
Expectations = Mapping[Ability, Expected]


@dataclass(frozen=True, slots=True)
class Update:
    """What happens to an animal after its first detection: `act` changes it, `changes` are the values that change."""

    act: Callable[[Housed], None]
    expected: Expectations
    changes: frozenset[Ability]


@dataclass(frozen=True, slots=True)
class Animal:
    """One animal. `hurry`: its clock runs so many times faster than the real one."""

    name: str
    install: Install = field(repr=False)
    expected: Expectations = field(repr=False)
    hurry: float = 1.0
    update: Update | None = field(default=None, repr=False)
