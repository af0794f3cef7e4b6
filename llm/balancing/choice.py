"""Which server is to do a request, when it would be done, and why that one: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from llm.balancing.load import Estimate, ServerLoad
from llm.balancing.work import ModelOnServer


class Reason(StrEnum):
    """Why a server was chosen."""

    ONLY = "only"
    """There was no other."""
    CACHED = "cached"
    """It has the beginning of the conversation in its cache."""
    WARM = "warm"
    """It has the model in memory, and another one has not."""
    UNTRIED = "untried"
    """Nobody knows yet how fast it is."""
    SOONEST = "soonest"
    """It would be done first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to do a request; `cached_tokens` of its prompt are thought to be there, `answer_tokens` to come."""

    target: ModelOnServer
    server: ServerLoad
    estimate: Estimate
    reason: Reason
    cached_tokens: float
    answer_tokens: float
