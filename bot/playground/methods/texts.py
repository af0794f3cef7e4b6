"""The text of a call: parsed, measured and completed as Telegram does it."""

from __future__ import annotations

from bot.playground.entities import Marked, given_entities, trimmed, with_detected
from bot.playground.errors import bad_request
from bot.playground.markup.html import parse_html
from bot.playground.markup.markdown import parse_markdown
from bot.playground.markup.markdown_v2 import parse_markdown_v2
from bot.playground.params import Params

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024

_PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}


def parsed(params: Params, name: str = "text") -> Marked:
    """A text with its entities, from the parse mode or as given. Raises `ApiError` 400."""
    text = params.text(name).replace("\r", "")
    mode = params.text("parse_mode").lower()
    if mode and mode not in _PARSERS:
        raise bad_request("unsupported parse_mode")
    if mode:
        return trimmed(_PARSERS[mode](text))
    raw = params.json("entities" if name == "text" else "caption_entities")
    return trimmed(Marked(text, given_entities(text, raw) if raw else ()))


def message_text(params: Params, too_long: str) -> Marked:
    """The text of a message, 1 to 4096 units of it. `too_long` is what Telegram calls a longer one there."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    marked = parsed(params)
    if not marked.text:
        raise bad_request("text must be non-empty")
    if marked.units > LONGEST_TEXT:
        raise bad_request(too_long)
    return with_detected(marked)


def caption(params: Params) -> Marked:
    """The caption of a file, at most 1024 units."""
    marked = parsed(params, "caption")
    if marked.units > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return with_detected(marked)
