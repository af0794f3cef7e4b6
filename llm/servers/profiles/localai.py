"""LocalAI (servers.md 7)."""

from __future__ import annotations

from collections.abc import Sequence

from llm.servers.inventory import Entry, can_chat, entries, is_listing, openai_models, text, unique
from llm.servers.kinds import FoundModel, FoundServer, ServerKind
from llm.servers.probe import Probe
from llm.servers.profiles.openai_compatible import OpenAICompatible


class LocalAI(OpenAICompatible):
    """Plays Ollama too; known by its own list with what each model is for."""

    kind = ServerKind.LOCALAI
    health_page = "/readyz"
    stop_limit = None

    async def recognise(self, probe: Probe) -> FoundServer | None:
        """By that list, or by models that have neither an owner nor a date."""
        body = (await probe.api("/models/capabilities")).body
        cards = entries(body.get("data") if isinstance(body, dict) else body)
        if any(isinstance(card.get("capabilities"), list) for card in cards):
            return self.found(probe, _models(cards))
        listing = (await probe.api("/models")).fields
        cards = entries(listing.get("data"))
        bare = cards and not any("owned_by" in card or "created" in card for card in cards)
        return self.found(probe, openai_models(listing)) if bare and is_listing(listing) else None


def _models(cards: Sequence[Entry]) -> tuple[FoundModel, ...]:
    return unique(FoundModel(text(card, "id"), chat=_chats(card)) for card in cards)


def _chats(card: Entry) -> bool:
    capabilities = card.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return any("chat" in str(item).lower() or "completion" in str(item).lower() for item in capabilities)
    return can_chat(text(card, "id"))
