"""The final text as a rich message, for a person who has switched them on."""

from __future__ import annotations

import re

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramMigrateToChat, TelegramNetworkError, TelegramNotFound
from aiogram.types import InlineKeyboardMarkup, InputRichMessage

from bot.delivery.base import Target
from bot.delivery.final import reply_parameters
from bot.delivery.formatted import MESSAGE_LIMIT, sendable, utf16_units
from bot.delivery.repair import nested_without_sense, repaired, with_targets, without_tags
from bot.delivery.source import parsed
from bot.delivery.thinking import Thoughts, folded_html

logger = structlog.get_logger()

# Telegram's limits of a rich message (docs/delivery.md).
_MOST_CHARACTERS = 32_768
_MOST_BLOCKS = 500
_MOST_LEVELS = 16
_MOST_COLUMNS = 20

_BLOCKS = frozenset({"Paragraph", "Item", "TableRow", "TableHead", "HtmlBlock"})
_BLOCK_KINDS = frozenset({"Heading", "CodeBlock", "BlockQuote", "List", "Table", "FootnoteDefinition"})
_TEX = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


def rich_markdown(markdown: str, note: str, thoughts: Thoughts | None = None) -> str | None:
    """The Markdown of a rich message; None when a classic one shows the text as well or the limits forbid it.

    Thoughts stand folded above the text, the note below it.

    HTML that a model wrote is shown as text. A rich message pays for tables, formulas, headings, task lists and texts
    that are longer than a message.
    """
    try:
        return _rich_markdown(sendable(markdown), note, thoughts)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with a model's text, a classic message shows it
        logger.warning("rich_markup_failed", error=type(error).__name__, length=len(markdown))
        return None


def _rich_markdown(text: str, note: str, thoughts: Thoughts | None) -> str | None:
    if nested_without_sense(text):
        return None
    text = with_targets(repaired(without_tags(text, "&lt;")))
    if len(text) > _MOST_CHARACTERS:
        return None
    blocks = depth = deepest = columns = 0
    worth = utf16_units(text) > MESSAGE_LIMIT
    for payload, _, _ in parsed(text):
        name, value = _event(payload)
        if name == "Start":
            kind = _kind(value)
            depth += 1
            deepest = max(deepest, depth)
            blocks += kind in _BLOCKS or kind in _BLOCK_KINDS
            worth = worth or kind in {"Table", "Heading"}
            if kind == "Table" and isinstance(value, dict):
                columns = max(columns, len(value["Table"]))
        elif name == "End":
            depth -= 1
        worth = worth or name in {"InlineMath", "DisplayMath", "TaskListMarker"}
    if not (worth or _TEX.search(text)) or blocks > _MOST_BLOCKS or deepest > _MOST_LEVELS or columns > _MOST_COLUMNS:
        return None
    whole = f"{text}\n\n{_escaped(note)}" if note else text
    whole = f"{folded_html(thoughts)}\n\n{whole}" if thoughts is not None else whole
    return whole if len(whole) <= _MOST_CHARACTERS else None


class RichText:
    """Sends rich messages, and learns whether the server knows them and their drafts."""

    def __init__(self) -> None:
        self.unknown = False
        self.drafts_unknown = False

    async def send(
        self, target: Target, markdown: str, *, replace: int | None, markup: InlineKeyboardMarkup | None = None
    ) -> int | None:
        """Send a text as one rich message with its keyboard, in the place of `replace` if there is one.

        Returns the message's id, or None when it was refused for whatever reason: the classic message is to be sent.
        """
        message = InputRichMessage(markdown=markdown)
        try:
            if replace is not None:
                await target.bot.edit_message_text(
                    rich_message=message,
                    chat_id=target.chat_id,
                    message_id=replace,
                    parse_mode=None,
                    reply_markup=markup,
                )
                return replace
            sent = await target.bot.send_rich_message(
                target.chat_id,
                message,
                message_thread_id=target.thread_id,
                reply_parameters=reply_parameters(target),
                reply_markup=markup,
            )
        except (TelegramNetworkError, TelegramMigrateToChat):
            return None
        except TelegramAPIError as error:
            self.unknown = self.unknown or (isinstance(error, TelegramNotFound) and replace is None)
            logger.warning("rich_message_refused", chat_id=target.chat_id, error=type(error).__name__)
            return None
        return sent.message_id


def _event(payload: object) -> tuple[str, object]:
    if isinstance(payload, dict):
        return next(iter(payload.items()))
    return str(payload), None


def _kind(value: object) -> str:
    return next(iter(value)) if isinstance(value, dict) else str(value)


def _escaped(note: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]~<#|$" else char for char in sendable(note))
