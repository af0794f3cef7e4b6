"""Honest models, one on each kind of server."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import Ability
from llm.servers.kinds import ServerKind
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.expected import known
from tests.fakes.zoo.houses import (
    Habits,
    HousedGeneric,
    HousedKoboldCpp,
    HousedLlamaServer,
    HousedLMStudio,
    HousedOllama,
    HousedTextgen,
    HousedVllm,
    Wish,
)
from tests.fakes.zoo.usual import usually

A = Ability
_IGNORED = Habits(pictures=Wish.IGNORES)

HONEST = (
    Animal("honest on Ollama", HousedOllama, usually(ServerKind.OLLAMA)),
    Animal("honest on vLLM", HousedVllm, usually(ServerKind.VLLM)),
    Animal("honest on LM Studio", HousedLMStudio, usually(ServerKind.LMSTUDIO)),
    Animal("honest on llama-server", HousedLlamaServer, usually(ServerKind.LLAMACPP)),
    Animal("honest on KoboldCpp", partial(HousedKoboldCpp, habits=_IGNORED), usually(ServerKind.KOBOLDCPP)),
    Animal(
        "honest on text-generation-webui",
        partial(HousedTextgen, habits=_IGNORED),
        usually(ServerKind.TEXTGEN),
    ),
    Animal("honest on any compatible server", HousedGeneric, usually(ServerKind.GENERIC)),
    Animal(
        "honest with a long context",
        partial(HousedVllm, context=131_072),
        usually(ServerKind.VLLM, {A.SILENT_CUT: known(False, least=0.6)}, context=131_072),
    ),
)
