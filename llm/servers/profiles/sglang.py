"""SGLang (servers.md 8)."""

from __future__ import annotations

from llm.servers.inventory import openai_models, owners
from llm.servers.kinds import FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible, switch_in_template


class Sglang(OpenAICompatible):
    """Known by who owns its models. `/health_generate` would write an answer, `/health` does not."""

    kind = ServerKind.SGLANG
    health_page = "/health"
    stop_limit = None

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """The list names `sglang` as the owner."""
        listing = (await probe.api("/models")).fields
        return self.found(probe, openai_models(listing, loaded=True)) if "sglang" in owners(listing) else None

    def extras(self, asking: Asking) -> dict[str, object]:
        """Reasoning is switched in the template."""
        return switch_in_template(asking)
