"""How long a call may take, and how long each attempt may keep the others from being asked: pure."""

from __future__ import annotations

from dataclasses import dataclass

from llm.config import Timeouts

LEAST_SHARE_SECONDS = 10.0
"""So long anybody is waited for, even while somebody else could be asked."""
SHARE = 1 / 3
"""What of the time that is left one attempt may take while another target could still be asked."""
LOADING_SECONDS = 300.0
"""How long the loading of a model may take where nobody else can answer; Ollama's own limit (servers.md 1.7)."""
SLOW_PREFILL = 150.0
"""Tokens of a prompt that a slow server (no graphics card) reads in a second."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What holds for a whole call, in seconds.

    `begin`: until the answer begins, over all attempts, pauses and waits. `total`: until it ends. `connect` and
    `stall` hold for each attempt. `max_retries`: so often the same target may be asked again.
    """

    begin: float = 30.0
    total: float = 900.0
    connect: float = 5.0
    stall: float = 30.0
    max_retries: int = 3


def begin_seconds(limits: CallLimits, *, prompt_tokens: int, may_load: bool) -> float:
    """How long a call may take until its answer begins.

    A long prompt takes its time to be read. Where the only target would have to load its model first, waiting for
    that is all that can be done.
    """
    return limits.begin + prompt_tokens / SLOW_PREFILL + (LOADING_SECONDS if may_load else 0.0)


def attempt_timeouts(
    limits: CallLimits, *, elapsed: float, begin: float, others: int, loading: bool, prompt_seconds: float
) -> Timeouts:
    """The limits of one attempt that starts now, after `elapsed` seconds of a call that has to begin by `begin`.

    While `others` could still be asked, an attempt gets a share of what is left, so that each of them has its own:
    but for a model that has to be loaded, which leaves them the least only.
    """
    left = max(0.0, begin - elapsed)
    if others:
        least = min(LEAST_SHARE_SECONDS, left / (others + 1))
        share = left - least if loading else max(least, SHARE * left) + prompt_seconds
        left = min(left - least / 2, share)
    return Timeouts(
        connect=min(limits.connect, left), first_token=left, stall=limits.stall, total=max(0.0, limits.total - elapsed)
    )
