"""What is told to whoever starts the bot: the table of models, the owner code, where to chat."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.access import OwnerCode
from bot.settings import Settings
from llm.routing.serving_model import Candidate

logger = structlog.get_logger()


class Announcer:
    """Writes the start-up messages: a table for people, plain events where the log is for machines."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def models(self, rows: Sequence[Candidate]) -> None:
        """Which servers were met, and which model answers."""
        if self._settings.log_format == "json":
            for row in rows:
                logger.info("model_server", **_fields(row))
        else:
            Console(file=sys.stderr, highlight=False).print(servers_table(rows))

    def owner_code(self, code: OwnerCode) -> None:
        """How to become the admin of a bot that has none."""
        logger.warning("no_admin_yet", send_this_to_the_bot_to_become_its_admin=code.shown)

    def ready(self, *, page: str | None, seconds: float) -> None:
        """Where to chat. Telegram's answer is not waited for: it is told when it comes."""
        where = {"chat_at": page} if page else {"chat_in": "Telegram"}
        logger.info("ready", **where, seconds=round(seconds, 2))


def servers_table(rows: Sequence[Candidate]) -> Table:
    """A row for each server that was met; before it an arrow where it answers, a plus for fallbacks, or its task."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "Server", "Kind", "Model", "Context", "Note"):
        table.add_column(title, overflow="fold")
    for row in rows:
        cells = (
            "→" if row.chosen else "+" if row.fallback else row.task,
            row.server,
            row.kind.value,
            row.model or "–",
            "?" if row.context is None else str(row.context),
            row.note,
        )
        # Names come from servers: as `Text` they cannot be taken for markup.
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _fields(row: Candidate) -> dict[str, object]:
    return {
        "server": row.server,
        "kind": row.kind.value,
        "model": row.model,
        "context": row.context,
        "state": row.state.value,
        "chosen": row.chosen,
        "fallback": row.fallback,
        "task": row.task,
        "note": row.note,
    }
