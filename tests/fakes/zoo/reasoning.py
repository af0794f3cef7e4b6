"""Models that reason before they answer, and how they show it."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import Ability, Thinking
from llm.servers.kinds import ServerKind
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.expected import known
from tests.fakes.zoo.houses import HousedGeneric, ReasoningLlamaServer, ThinkingOllama, ThinkingVllm
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.twists import Reasoning, thinks
from tests.fakes.zoo.usual import usually

A = Ability
_OPTIONAL, _ALWAYS = known(Thinking.OPTIONAL.value), known(Thinking.ALWAYS.value)

REASONING = (
    Animal(
        "thinks first and can be told not to",
        partial(ThinkingOllama, mind=thinks(honest, Reasoning.APART, always=False)),
        usually(ServerKind.OLLAMA, {A.THINKING: _OPTIONAL}),
    ),
    Animal(
        "thinks inside its text and can be told not to",
        partial(ThinkingVllm, mind=thinks(honest, Reasoning.INSIDE, always=False)),
        usually(ServerKind.VLLM, {A.THINKING: _OPTIONAL}),
    ),
    Animal(
        "thinks always, inside its text",
        partial(ReasoningLlamaServer, mind=thinks(honest, Reasoning.INSIDE, always=True)),
        usually(ServerKind.LLAMACPP, {A.THINKING: _ALWAYS}),
    ),
    Animal(
        "thinks always, told apart",
        partial(ThinkingOllama, mind=thinks(honest, Reasoning.APART, always=True)),
        usually(ServerKind.OLLAMA, {A.THINKING: _ALWAYS}),
    ),
    Animal(
        "thinks always, without the opening tag",
        partial(HousedGeneric, mind=thinks(honest, Reasoning.UNOPENED, always=True)),
        usually(ServerKind.GENERIC, {A.THINKING: _ALWAYS}),
    ),
)
