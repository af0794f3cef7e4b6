"""Models that have to be waited for: slow, busy, not loaded; and one that becomes another."""

from __future__ import annotations

from functools import partial

from llm.capabilities.facts import Ability, SystemMessages
from llm.servers.kinds import ServerKind
from tests.fakes.model_server import ModelServer
from tests.fakes.simulated.base import Fault, openai_error
from tests.fakes.zoo.animal import HURRY, Animal, Update
from tests.fakes.zoo.expected import Expected, between, known
from tests.fakes.zoo.houses import Habits, Housed, HousedOllama, HousedVllm, LoadingLlamaServer, Wish
from tests.fakes.zoo.mind import honest
from tests.fakes.zoo.twists import deaf_to_system, in_english
from tests.fakes.zoo.usual import WRITES_BY_A_HURRIED_CLOCK, usually

A = Ability
LOADS_SECONDS = 20.0
_SHORT_LOAD = 1.2


def _busy(status: int, words: str, retry_after: str, *numbers: int) -> Habits:
    refusal = openai_error(words, status, "server_error", None, Retry_After=retry_after)
    return Habits(busy=frozenset(numbers), busy_reply=refusal)


def _loading_ollama(server: ModelServer) -> Housed:
    ollama = HousedOllama(server)
    ollama.loading_seconds = _SHORT_LOAD
    ollama.fail_next(Fault.LOADING)
    return ollama


def _becomes_another(housed: Housed) -> None:
    assert isinstance(housed, HousedOllama)
    housed.put_up(1, "completion", "vision")
    housed.mind = in_english(deaf_to_system(honest))
    housed.habits = Habits(pictures=Wish.HONOURS)


_ABOUT_TWENTY = between(LOADS_SECONDS * 0.9, LOADS_SECONDS * 1.4)

WAITING = (
    Animal(
        "slow",
        partial(HousedVllm, habits=Habits(first_seconds=0.5, token_seconds=0.02)),
        usually(ServerKind.VLLM, {A.DECODE_SPEED: between(1, 52), A.PREFILL_SPEED: between(10, 1400)}),
    ),
    Animal(
        "too busy at first",
        partial(HousedVllm, habits=_busy(503, "The server is overloaded, try again later.", "3", 1, 2)),
        usually(
            ServerKind.VLLM,
            {A.DECODE_SPEED: WRITES_BY_A_HURRIED_CLOCK},
            left_out=(A.VISION, A.PREFILL),
        ),
        hurry=HURRY,
    ),
    Animal(
        "lets few requests through in a minute",
        partial(HousedVllm, habits=_busy(429, "Rate limit reached.", "10", 2, 5, 8, 11, 14)),
        usually(
            ServerKind.VLLM,
            {A.DECODE_SPEED: WRITES_BY_A_HURRIED_CLOCK},
            left_out=(A.TOOLS, A.VISION, A.PREFILL),
        ),
        hurry=HURRY,
    ),
    Animal(
        "loads for 20 seconds and refuses until then",
        LoadingLlamaServer,
        usually(
            ServerKind.LLAMACPP,
            {A.LOAD_SECONDS: Expected("about 20, or not known", lambda fact: fact is None or _ABOUT_TWENTY.fits(fact))},
        ),
        hurry=HURRY,
    ),
    Animal(
        "loads within the first request",
        _loading_ollama,
        usually(ServerKind.OLLAMA, {A.LOAD_SECONDS: between(_SHORT_LOAD, _SHORT_LOAD + 0.1, least=0.85)}),
    ),
    Animal(
        "is another model after an update",
        HousedOllama,
        usually(ServerKind.OLLAMA),
        update=Update(
            _becomes_another,
            usually(
                ServerKind.OLLAMA,
                {
                    A.SYSTEM: known(SystemMessages.IGNORED.value),
                    A.RUSSIAN: known(False),
                    A.VISION: known(True),
                    A.TOOLS: known(False),
                },
            ),
            frozenset({A.SYSTEM, A.RUSSIAN, A.VISION, A.TOOLS}),
        ),
    ),
)
