"""Where the beginning of each conversation is cached, as far as can be told from here."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from llm.balancing.work import ModelOnServer

MOST_CONVERSATIONS = 10_000
HALF_SECONDS = 600.0
"""Of what was cached so long ago a half is thought to be there still: servers forget, and unload models."""
FORGOTTEN_SECONDS = 7200.0


class Cached(NamedTuple):
    """So many tokens of a conversation were read or written there, at that moment of a monotonic clock."""

    where: ModelOnServer
    tokens: int
    at: float


class Affinity:
    """Remembers for each conversation who answered it last. Bounded: the one that was silent longest goes first."""

    def __init__(self, most: int = MOST_CONVERSATIONS) -> None:
        self._most = most
        self._known: OrderedDict[str, Cached] = OrderedDict()
        self.stayed = 0
        """So many requests went where their beginning was,"""
        self.moved = 0
        """and so many somewhere else."""

    def __len__(self) -> int:
        return len(self._known)

    def of(self, conversation: str | None) -> Cached | None:
        """What is remembered of a conversation."""
        return self._known.get(conversation) if conversation is not None else None

    def tokens(self, conversation: str | None, prompt_tokens: int, now: float) -> tuple[ModelOnServer, float] | None:
        """Where a conversation's beginning is, and how many tokens of the prompt are thought to be there by now."""
        cached = self.of(conversation)
        if cached is None or now - cached.at > FORGOTTEN_SECONDS:
            return None
        age = max(0.0, now - cached.at)
        return cached.where, min(prompt_tokens, cached.tokens) * 0.5 ** (age / HALF_SECONDS)

    def went(self, conversation: str | None, where: ModelOnServer) -> None:
        """Count whether a request goes where its beginning is."""
        cached = self.of(conversation)
        if cached is not None and cached.where == where:
            self.stayed += 1
        elif cached is not None:
            self.moved += 1

    def remember(self, conversation: str | None, where: ModelOnServer, tokens: int, now: float) -> None:
        """Take note of who has read and written a conversation."""
        if conversation is None:
            return
        self._known[conversation] = Cached(where, tokens, now)
        self._known.move_to_end(conversation)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def forget_server(self, server: str) -> None:
        """Take note that a server has lost what it had cached."""
        for conversation in [key for key, cached in self._known.items() if cached.where.server == server]:
            del self._known[conversation]

    def values(self, now: float) -> list[tuple[str, str, str, int, float]]:
        """All that is remembered, the oldest first: conversation, server, model, tokens, seconds since."""
        return [(key, *cached.where, cached.tokens, now - cached.at) for key, cached in self._known.items()]

    def set_values(self, values: list[tuple[str, str, str, int, float]], *, age: float, now: float) -> None:
        """Take values of `values()` over that were given so many seconds ago."""
        for conversation, server, model, tokens, since in values:
            self.remember(conversation, ModelOnServer(server, model), tokens, now - age - since)
