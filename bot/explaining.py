"""How the answer in a message came about, for the page that shows what is behind it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import Texts
from bot.views.why import why_text
from llm.monitoring import ModelPerformanceMonitor
from llm.routing.choosing import Choosing
from storage import Answers


@dataclass(frozen=True, slots=True)
class Explaining:
    """Says of any answer what /why says of the last one, as an admin reads it."""

    answers: Answers
    monitor: ModelPerformanceMonitor
    choosing: Choosing
    texts: Texts

    async def of(self, chat_id: int, telegram_id: int, language: str) -> str | None:
        """HTML of the Bot API; None when no model was asked for this message."""
        request_id = await self.answers.request_of(chat_id, telegram_id)
        if request_id is None:
            return None
        attempts = await self.monitor.get_attempts(request_id)
        return why_text(self.texts.translator(language), attempts, self.choosing.explanation(request_id), admin=True)
