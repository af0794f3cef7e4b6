"""Models whose servers hold less than they say, say nothing, or cut in silence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from llm.capabilities.facts import Ability
from llm.servers.kinds import ServerKind
from tests.fakes.replies import Reply
from tests.fakes.simulated.base import Asked, openai_error, without_oldest
from tests.fakes.simulated.brain import Said
from tests.fakes.zoo.animal import Animal
from tests.fakes.zoo.expected import SHOWN, bracketed, known, likely, perhaps, unknown
from tests.fakes.zoo.houses import Habits, HousedGeneric, HousedKoboldCpp, HousedLlamaServer, HousedOllama, HousedVllm
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.twists import forgets_the_beginning
from tests.fakes.zoo.usual import usually

A = Ability
_UNCOUNTED = Habits(counts=False)
_OLLAMA, _VLLM, _GENERIC, _KOBOLDCPP = ServerKind.OLLAMA, ServerKind.VLLM, ServerKind.GENERIC, ServerKind.KOBOLDCPP


class SilentGeneric(HousedGeneric):
    """Leaves out the oldest messages, and says nothing of it."""

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        self.cut += 1
        return without_oldest(asked.messages, self.context)


class CurtGeneric(HousedGeneric):
    """Says that it is too long, and not what would not be."""

    def overflow(self, asked: Asked) -> Sequence[Said] | Reply:
        return openai_error("The prompt is too long.", 400, "invalid_request_error")


LENGTHS = (
    Animal(
        "tells 32768 and cuts at 4096 in silence",
        partial(HousedOllama, told=32_768, context=4096),
        usually(_OLLAMA, {A.SILENT_CUT: known(True)}),
    ),
    Animal(
        "tells 16384 and keeps the last 4096 in silence",
        partial(HousedKoboldCpp, told=16_384, context=4096),
        usually(_KOBOLDCPP, {A.SILENT_CUT: known(True)}),
    ),
    Animal(
        "tells 8192, keeps the last 4096 in silence and counts nothing",
        partial(HousedKoboldCpp, habits=_UNCOUNTED, told=8192, context=4096),
        usually(
            _KOBOLDCPP,
            {
                A.CONTEXT: bracketed(1800, 4096, least=SHOWN),
                A.SILENT_CUT: known(True),
                A.DECODE_SPEED: unknown(),
                A.PREFILL_SPEED: unknown(),
            },
        ),
    ),
    Animal(
        "tells nothing and cuts at 2048 in silence",
        partial(SilentGeneric, context=2048),
        usually(_GENERIC, {A.SILENT_CUT: known(True)}, context=2048),
    ),
    Animal(
        "tells nothing, cuts at 2048 in silence and counts nothing",
        partial(SilentGeneric, habits=_UNCOUNTED, context=2048),
        usually(
            _GENERIC,
            {A.SILENT_CUT: known(True), A.DECODE_SPEED: unknown(), A.PREFILL_SPEED: unknown()},
            context=2048,
            left_out=(A.VISION,),
        ),
    ),
    Animal(
        "tells 8192 and refuses more than 2048",
        partial(HousedVllm, told=8192, context=2048),
        usually(_VLLM, context=2048),
    ),
    Animal(
        "refuses more than the 2048 that it tells",
        partial(HousedLlamaServer, context=2048),
        usually(ServerKind.LLAMACPP, context=2048),
    ),
    Animal(
        "tells nothing, and refuses without a number",
        partial(CurtGeneric, context=4096),
        usually(_GENERIC),
    ),
    Animal(
        "counts nothing",
        partial(HousedGeneric, habits=_UNCOUNTED, context=16_384),
        usually(
            _GENERIC,
            {
                A.CONTEXT: bracketed(4000, 16_384),
                A.SILENT_CUT: unknown(),
                A.DECODE_SPEED: unknown(),
                A.PREFILL_SPEED: unknown(),
            },
        ),
    ),
    Animal(
        "forgets the beginning of long conversations",
        partial(HousedOllama, mind=forgets_the_beginning(honest, 3000), context=8192),
        # It is the model that forgets: its server has counted all of it.
        usually(_OLLAMA, {A.SILENT_CUT: likely(True)}, context=8192),
    ),
    Animal(
        "forgets the beginning of long conversations, and its server tells nothing",
        partial(HousedGeneric, mind=forgets_the_beginning(honest, 3000), context=16_384),
        usually(_GENERIC, {A.CONTEXT: unknown(), A.SILENT_CUT: perhaps(False)}, left_out=(A.VISION,)),
    ),
)
