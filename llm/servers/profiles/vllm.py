"""vLLM (servers.md 2)."""

from __future__ import annotations

import re

from llm.servers.inventory import openai_models, owners, text
from llm.servers.kinds import FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.base import Asking
from llm.servers.profiles.openai_compatible import OpenAICompatible, continue_last, switch_in_template

_RUNNING = re.compile(r"^vllm:num_requests_(?:running|waiting)(?:\{[^}\n]*\})? (\d{1,9}(?:\.\d+)?)\s*$", re.MULTILINE)


class Vllm(OpenAICompatible):
    """Known by who owns its models; the context stands in the list, an adapter has that of its base."""

    kind = ServerKind.VLLM
    health_page = "/health"
    stop_limit = None
    continues = True

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """The list names `vllm` as the owner."""
        listing = (await probe.api("/models")).fields
        if "vllm" not in owners(listing):
            return None
        version = text((await probe.native("/version")).fields, "version")
        return self.found(probe, openai_models(listing, loaded=True), version=version)

    async def busy(self, probe: Probe) -> bool | None:
        """By its figures for Prometheus."""
        counts = _RUNNING.findall((await probe.native("/metrics")).text)
        return any(float(count) > 0 for count in counts) if counts else None

    def extras(self, asking: Asking) -> dict[str, object]:
        """Reasoning is switched in the template; an answer is continued when that is said."""
        return switch_in_template(asking) | continue_last(asking)
