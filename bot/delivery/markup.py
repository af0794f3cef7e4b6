"""Turns a model's Markdown, whole or as far as it has come, into text with Telegram's entities."""

from __future__ import annotations

import re

import structlog
from telegramify_markdown import RenderConfig, convert

from bot.delivery.formatted import Formatted, Mark, sendable, trimmed
from bot.delivery.prepare import Stand, prepare
from bot.delivery.repair import is_link, nested_without_sense

logger = structlog.get_logger()

_KINDS = frozenset(
    [
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "blockquote",
        "expandable_blockquote",
        "text_link",
    ]
)
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")

_FENCE = re.compile(r"^[ >]{0,12}(?:(?:[-*+]|\d{1,9}[.)])[ ]+)?(`{3,}|~{3,})(.*)$")
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_HALF_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*$")
_HANGING = re.compile(r"(?:^|(?<=\s))(?:\*{1,3}|~~|`{1,2})$|(?<=\S)(?:(?<!\*)\*|(?<!~)~)$")
_HANGING_FENCE = re.compile(r"(?:^|\n)[ >]*(?:`{3,}|~{3,})[^\n`]*\n?$")
_OPENING = r"(?<![\w\\*~]){0}(?=[^\s*~])"
_CLOSING = r"(?<=[^\s*~\\]){0}(?![\w*~])"


def render(markdown: str) -> Formatted:
    """Turn Markdown into text and marks. Never raises: what the library cannot read is shown as it is."""
    text = sendable(markdown)
    if nested_without_sense(text):
        return trimmed(text, ())
    config = _config()
    try:
        stand = Stand(text)
        shown, marks = convert(
            prepare(text, stand, lambda cell: stand.restore(convert(cell, config=config)[0]).strip()),
            latex_escape=False,
            config=config,
        )
        kept = (
            Mark(
                mark.type,
                mark.offset,
                mark.length,
                url=stand.restore(mark.url) if mark.url else None,
                language=_language(stand.restore(mark.language or "")),
            )
            for mark in marks
            if mark.type in _KINDS and (mark.type != "text_link" or is_link(mark.url or ""))
        )
        formatted = trimmed(stand.restore(shown), kept)
    except Exception as error:  # noqa: BLE001 - whatever a library makes of a model's text, the person can still read it
        logger.warning("markup_failed", error=type(error).__name__, length=len(text))
        return trimmed(text, ())
    return formatted if formatted.text or not text.strip() else trimmed(text, ())


def render_partial(markdown: str) -> Formatted:
    """The same for an answer that is still being written: what is open at its end is closed."""
    return render(completed(sendable(markdown)))


def completed(markdown: str) -> str:
    """Close the code, the bold and the like that a half-written text leaves open in its last paragraph."""
    if open_fence(markdown) is not None:
        return _HANGING_FENCE.sub("", markdown)
    edge = markdown.rfind("\n\n") + 2 if "\n\n" in markdown else 0
    before, last = markdown[:edge], markdown[edge:]
    last = _HALF_LINK.sub(r"\1", _HANGING.sub("", last.rstrip()))
    bare = _CODE_SPAN.sub(lambda found: "x" * len(found[0]), last)
    if (tick := bare.rfind("`")) >= 0:
        run = len(bare[: tick + 1]) - len(bare[: tick + 1].rstrip("`"))
        return before + last + "`" * run
    return before + last + _closers(bare)


def open_fence(markdown: str) -> str | None:
    """The line that opened the block of code which the text ends inside of; None when it ends outside."""
    opened: str | None = None
    mark = ""
    for line in markdown.split("\n"):
        if "```" not in line and "~~~" not in line:
            continue
        found = _FENCE.match(line)
        if found is None:
            continue
        if opened is None:
            if "`" not in found[2]:
                opened, mark = line, found[1]
        elif found[1].startswith(mark) and not found[2].strip():
            opened = None
    return opened


def _closers(text: str) -> str:
    """What closes the emphasis that is open at the end of a text without code, innermost first."""
    starts: list[tuple[int, str]] = []
    for sign in ("***", "**", "*", "~~"):
        opening = [found.start() for found in re.finditer(_OPENING.format(re.escape(sign)), text)]
        closing = [found.start() for found in re.finditer(_CLOSING.format(re.escape(sign)), text)]
        if opening and (not closing or closing[-1] < opening[-1]):
            starts.append((opening[-1], sign))
    return "".join(sign for _, sign in sorted(starts, reverse=True))


def _language(info: str) -> str | None:
    found = _LANGUAGE.match(info.strip())
    return found[0] if found else None


def _config() -> RenderConfig:
    """The signs that telegramify-markdown writes: quiet ones instead of its coloured pictures."""
    config = RenderConfig.isolated()
    symbols = config.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.image = symbols.link = ""
    symbols.task_completed, symbols.task_uncompleted = "☑", "☐"
    symbols.unordered_list_item = "•"
    symbols.horizontal_rule = "———"
    return config
