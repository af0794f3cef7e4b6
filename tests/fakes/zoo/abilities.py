"""Models that see, call functions, stream, stop and go on, or do not."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import Ability
from llm.servers.kinds import ServerKind
from tests.fakes.replies import Reply, Text
from tests.fakes.zoo.animal import HURRY, Animal
from tests.fakes.zoo.expected import known, likely, unknown
from tests.fakes.zoo.houses import Habits, HousedLMStudio, HousedVllm, Wish
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.twists import begins_anew, in_english
from tests.fakes.zoo.usual import WRITES_BY_A_HURRIED_CLOCK, usually

A = Ability
_VLLM = ServerKind.VLLM


class BrokenByPictures(HousedVllm):
    """Fails at each picture in a way that says nothing."""

    def pictures_refused(self) -> Reply:
        return Text("Internal Server Error", status=500)


ABILITIES = (
    Animal(
        "sees pictures",
        partial(HousedVllm, habits=Habits(pictures=Wish.HONOURS)),
        usually(_VLLM, {A.VISION: known(True)}),
    ),
    Animal(
        "does not see pictures, and does not say so",
        partial(HousedVllm, habits=Habits(pictures=Wish.IGNORES)),
        usually(_VLLM, {A.VISION: known(False)}),
    ),
    Animal(
        "sees pictures, as its server tells",
        partial(HousedLMStudio, habits=Habits(pictures=Wish.HONOURS, tells_vision=True)),
        usually(ServerKind.LMSTUDIO, {A.VISION: known(True)}),
    ),
    Animal(
        "breaks at each picture, answers Russian in English",
        partial(BrokenByPictures, mind=in_english(honest)),
        usually(
            _VLLM,
            {A.RUSSIAN: known(False), A.VISION: unknown(), A.DECODE_SPEED: WRITES_BY_A_HURRIED_CLOCK},
            left_out=(A.PREFILL,),
        ),
        hurry=HURRY,
    ),
    Animal(
        "breaks at each picture",
        BrokenByPictures,
        usually(_VLLM, {A.DECODE_SPEED: WRITES_BY_A_HURRIED_CLOCK, A.VISION: unknown()}, left_out=(A.PREFILL,)),
        hurry=HURRY,
    ),
    Animal(
        "refuses tools",
        partial(HousedVllm, habits=Habits(tools=Wish.REFUSES)),
        usually(_VLLM, {A.TOOLS: known(False)}),
    ),
    Animal(
        "ignores tools",
        partial(HousedVllm, habits=Habits(tools=Wish.IGNORES)),
        usually(_VLLM, {A.TOOLS: likely(False)}),
    ),
    Animal(
        "does not stream",
        partial(HousedVllm, habits=Habits(streams=False)),
        usually(_VLLM, {A.STREAMING: known(False), A.DECODE_SPEED: unknown()}),
    ),
    Animal(
        "ignores stop strings",
        partial(HousedVllm, habits=Habits(stop=False)),
        usually(_VLLM, {A.STOP: known(False)}),
    ),
    Animal(
        "begins anew instead of going on",
        partial(HousedVllm, mind=begins_anew(honest)),
        usually(_VLLM, {A.PREFILL: known(False)}),
    ),
)
