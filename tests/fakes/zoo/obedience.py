"""Models that take roles, JSON and languages in their own way."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import NO_JSON, Ability, SystemMessages
from llm.servers.kinds import ServerKind
from llm.types import JsonMode
from tests.fakes.replies import Reply, Request
from tests.fakes.simulated.base import Asked, openai_error
from tests.fakes.zoo import twists
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.expected import at_most, between, known, likely, perhaps, unknown
from tests.fakes.zoo.houses import (
    BaseVllm,
    Habits,
    HousedGeneric,
    HousedLlamaServer,
    HousedOllama,
    HousedTextgen,
    HousedVllm,
    Wish,
)
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.usual import usually

A = Ability
_OLLAMA, _VLLM, _GENERIC = ServerKind.OLLAMA, ServerKind.VLLM, ServerKind.GENERIC
_IGNORES_JSON, _REFUSES_JSON = Habits(json=Wish.IGNORES), Habits(json=Wish.REFUSES)
_REFUSED, _IGNORED = SystemMessages.REFUSED.value, SystemMessages.IGNORED.value
_BY_WORDS = likely(JsonMode.PROMPT.value)

ROLES = (
    Animal(
        "ignores system messages",
        partial(HousedOllama, mind=twists.deaf_to_system(honest)),
        usually(_OLLAMA, {A.SYSTEM: known(_IGNORED)}),
    ),
    Animal(
        "ignores system messages on text-generation-webui",
        partial(HousedTextgen, mind=twists.deaf_to_system(honest)),
        usually(ServerKind.TEXTGEN, {A.SYSTEM: known(_IGNORED)}),
    ),
    Animal(
        "template refuses system messages",
        partial(HousedVllm, refuses_system=True),
        usually(_VLLM, {A.SYSTEM: known(_REFUSED)}),
    ),
    Animal(
        "template refuses system messages, and its server says so",
        partial(HousedLlamaServer, refuses_system=True),
        usually(ServerKind.LLAMACPP, {A.SYSTEM: known(_REFUSED)}),
    ),
)

JSON = (
    Animal(
        "JSON with prose around it",
        partial(HousedGeneric, mind=twists.wordy_json(honest), habits=_IGNORES_JSON),
        usually(_GENERIC, {A.JSON: _BY_WORDS}),
    ),
    Animal(
        "ignores response_format",
        partial(HousedVllm, habits=_IGNORES_JSON),
        usually(_VLLM, {A.JSON: _BY_WORDS}, left_out=(A.PREFILL,)),
    ),
    Animal(
        "refuses response_format",
        partial(HousedGeneric, habits=_REFUSES_JSON),
        usually(_GENERIC, {A.JSON: _BY_WORDS}),
    ),
    Animal(
        "JSON always broken",
        partial(HousedGeneric, mind=twists.broken_json(honest), habits=_IGNORES_JSON),
        usually(
            _GENERIC,
            {A.JSON: likely(NO_JSON), A.INSTRUCTIONS: between(0.4, 0.9, least=0.0)},
            left_out=(A.VISION,),
        ),
    ),
)

LANGUAGES = (
    Animal(
        "answers Russian in English",
        partial(HousedVllm, mind=twists.in_english(honest)),
        usually(_VLLM, {A.RUSSIAN: known(False)}),
    ),
    Animal(
        "answers everything in Chinese",
        partial(HousedOllama, mind=twists.in_chinese(honest)),
        usually(
            _OLLAMA, {A.ENGLISH: known(False), A.RUSSIAN: known(False), A.INSTRUCTIONS: between(0.2, 0.8, least=0.0)}
        ),
    ),
)


class StrictGeneric(HousedGeneric):
    """Refuses the first field that it does not know, and there are many."""

    knows = frozenset({"model", "messages", "stream", "max_tokens"})

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        unknown_fields = [name for name in asked.body if name not in self.knows]
        if unknown_fields:
            words = f"Unrecognized request argument supplied: {unknown_fields[0]}"
            return openai_error(words, 400, "invalid_request_error")
        return super().refusal(request, asked)


STRICT = (
    Animal(
        "refuses each field that it does not know",
        StrictGeneric,
        usually(
            _GENERIC,
            {A.JSON: _BY_WORDS, A.STOP: known(False), A.DECODE_SPEED: unknown(), A.TOOLS: perhaps(False)},
            left_out=(A.RUSSIAN, A.VISION),
        ),
    ),
)

HARDLY = (
    Animal(
        "echoes the prompt",
        partial(HousedGeneric, mind=twists.echo),
        usually(
            _GENERIC,
            {
                A.SYSTEM: unknown(),
                A.INSTRUCTIONS: at_most(0.3),
                A.ENGLISH: perhaps(True),
                A.RUSSIAN: perhaps(False),
                A.TOOLS: perhaps(False),
                A.VISION: perhaps(False),
                A.STOP: unknown(),
            },
        ),
    ),
    Animal(
        "answers nothing",
        partial(HousedGeneric, mind=twists.silence),
        usually(
            _GENERIC,
            {
                A.INSTRUCTIONS: at_most(0.0),
                **{
                    ability: unknown()
                    for ability in Ability
                    if ability not in {A.INSTRUCTIONS, A.PREFILL, A.PREFILL_SPEED}
                },
            },
        ),
    ),
    Animal(
        "base model that goes on with the text",
        partial(BaseVllm, mind=twists.base_model),
        usually(
            _VLLM,
            {
                A.SYSTEM: perhaps(SystemMessages.HONOURED.value),  # its template knows the role
                A.INSTRUCTIONS: at_most(0.2),
                A.STOP: unknown(),
                A.TOOLS: perhaps(False),
            },
            left_out=(A.VISION, A.PREFILL, A.RUSSIAN),
        ),
    ),
    Animal(
        "base model whose server ignores response_format",
        partial(BaseVllm, mind=twists.base_model, habits=_IGNORES_JSON),
        usually(
            _VLLM,
            {
                A.SYSTEM: perhaps(SystemMessages.HONOURED.value),
                A.JSON: perhaps(NO_JSON),
                A.INSTRUCTIONS: at_most(0.2),
                A.STOP: unknown(),
                A.TOOLS: perhaps(False),
            },
            left_out=(A.VISION, A.PREFILL, A.RUSSIAN),
        ),
    ),
)
