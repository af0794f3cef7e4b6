"""Models that do what they are asked by chance only: what can be known of them is little, and has to be said so."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import Ability, SystemMessages
from llm.servers.kinds import ServerKind
from tests.fakes.model_server import ModelServer
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.expected import perhaps, share
from tests.fakes.zoo.houses import Housed, HousedVllm
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.twists import sometimes
from tests.fakes.zoo.usual import usually

A = Ability


def _installed(server: ModelServer, *, of_all: float, seed: int) -> Housed:
    # Chance has a state: each installation begins with its own.
    return HousedVllm(server, sometimes(honest, share=of_all, seed=seed))


def unreliable(of_all: float, seed: int) -> Animal:
    """A model that does this share of what it is asked."""
    return Animal(
        f"does {of_all:.0%} of what it is asked (seed {seed})",
        partial(_installed, of_all=of_all, seed=seed),
        usually(
            ServerKind.VLLM,
            {A.SYSTEM: perhaps(SystemMessages.HONOURED.value), A.INSTRUCTIONS: share(of_all), A.STOP: perhaps(True)},
            left_out=(A.TOOLS, A.VISION, A.PREFILL),
        ),
    )


CHANCE = tuple(unreliable(of_all, seed) for of_all in (0.3, 0.7) for seed in (1, 2))
