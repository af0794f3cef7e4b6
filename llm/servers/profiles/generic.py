"""Any other server that speaks OpenAI's interface, and the built-in demo, which speaks it too."""

from __future__ import annotations

from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe
from llm.servers.profiles.openai_compatible import OpenAICompatible, refuses


class Generic(OpenAICompatible):
    """OpenAI's own fields only (servers.md 13.6); also what does not let us see which kind it is."""

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """By a list of models, or by keeping it from us."""
        reply = await probe.api("/models")
        if refuses(reply):
            return self.found(probe, state=ServerState.NEEDS_KEY)
        if reply.says_loading:
            return self.found(probe, state=ServerState.LOADING)
        return await super().recognise(probe)


class Demo(OpenAICompatible):
    """The built-in demo model; nothing at an address is ever recognised as it."""

    kind = ServerKind.DEMO

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """Never."""
        return None
