"""What is right to say of an honest model on each kind of server; other animals differ from that in a few values."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from llm.capabilities.facts import Ability, SystemMessages, Thinking
from llm.servers.kinds import ServerKind
from llm.types import JsonMode
from tests.fakes.zoo.animal import HURRY, Expectations
from tests.fakes.zoo.expected import between, known, perhaps, unknown, usual

A = Ability
NO_OTHERS: Expectations = MappingProxyType({})
_LAST = {A.TOOLS: True, A.VISION: False, A.PREFILL: True, A.RUSSIAN: True}
"""What is asked for last, with the value that an honest model has."""
_GRAMMAR = frozenset({ServerKind.KOBOLDCPP, ServerKind.TEXTGEN})
_CONTINUES = frozenset({ServerKind.VLLM, ServerKind.LLAMACPP})
_OWN_CLOCK = frozenset({ServerKind.OLLAMA, ServerKind.LLAMACPP})
WRITES = between(1, 520)
"""Two milliseconds for a token, or slower where the machine is busy."""
WRITES_BY_A_HURRIED_CLOCK = between(1 / HURRY, 520 / HURRY)


def usually(
    kind: ServerKind,
    others: Expectations = NO_OTHERS,
    *,
    context: int = 4096,
    left_out: Sequence[Ability] = (),
) -> Expectations:
    """The expectations of an honest model, but for `others`; `left_out`: twelve requests may not reach that far."""
    silent = kind in {ServerKind.OLLAMA, ServerKind.KOBOLDCPP}
    expected = {
        A.CONTEXT: known(context),
        # Who is told a limit stays below it, so that no cut is seen; others are asked for more than they hold.
        A.SILENT_CUT: usual(True) if silent else known(kind is ServerKind.TEXTGEN),
        A.SYSTEM: known(SystemMessages.HONOURED.value),
        A.JSON: known((JsonMode.GRAMMAR if kind in _GRAMMAR else JsonMode.SCHEMA).value),
        A.INSTRUCTIONS: between(0.8, 1.0, least=0.0),
        A.ENGLISH: known(True),
        A.RUSSIAN: known(True),
        A.THINKING: known(Thinking.NONE.value),
        A.VISION: known(False),
        A.TOOLS: known(True),
        A.STREAMING: known(True),
        A.STOP: known(True),
        A.PREFILL: known(True) if kind in _CONTINUES else usual(False),
        A.DECODE_SPEED: between(38, 42) if kind in _OWN_CLOCK else WRITES,
        A.LOAD_SECONDS: unknown(),
    }
    if kind in _OWN_CLOCK:
        expected[A.PREFILL_SPEED] = between(1400, 1600)
    return {**expected, **{ability: perhaps(_LAST[ability]) for ability in left_out}, **others}
