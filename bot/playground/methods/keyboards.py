"""Reply markup: checked as Telegram checks it."""

from __future__ import annotations

from typing import Any

from bot.playground.errors import bad_request
from bot.playground.params import Params
from bot.playground.render import safe_address
from bot.playground.values import Json

LONGEST_DATA = 64
MOST_BUTTONS = 100
MOST_IN_ROW = 8
STYLES = frozenset({"danger", "success", "primary"})
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)


def reply_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """The checked markup of a call. Raises `ApiError` 400."""
    markup = params.json("reply_markup")
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if not any(kind in markup for kind in KINDS):
        raise bad_request("can't parse reply markup JSON object")
    if "inline_keyboard" not in markup:
        if inline_only:
            raise bad_request("inline keyboard expected")
        return dict(markup)
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: expected an Array of Arrays of InlineKeyboardButton")
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in checked):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request('can\'t parse inline keyboard button: field "text" must be of type String')
    if not text.strip():
        raise bad_request("can't parse inline keyboard button: button text must be non-empty")
    if not any(action in button for action in ACTIONS):
        raise bad_request("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not (isinstance(data, str) and 0 < len(data.encode()) <= LONGEST_DATA):
        raise bad_request("BUTTON_DATA_INVALID")
    address = button.get("url")
    if address is not None and not (isinstance(address, str) and safe_address(address)):
        raise bad_request(f"inline keyboard button URL '{address}' is invalid: Wrong HTTP URL")
    if button.get("style") is not None and button["style"] not in STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    return dict(button)
