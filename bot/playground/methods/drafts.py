"""Messages that are still being written: `sendMessageDraft`."""

from __future__ import annotations

from bot.playground.errors import bad_request
from bot.playground.limits import Flood
from bot.playground.methods.base import Api
from bot.playground.methods.texts import LONGEST_TEXT, parsed
from bot.playground.params import Params
from bot.playground.state import Chat
from bot.playground.values import Draft


def send_message_draft(api: Api, params: Params) -> bool:
    """`sendMessageDraft`: an empty text shows the 'Thinking' placeholder."""
    chat = api.chat(params)
    draft_id = draft_identifier(chat, params)
    marked = parsed(params)
    if marked.units > LONGEST_TEXT:
        raise bad_request("message is too long")
    api.take(chat, Flood.DRAFT)
    api.world.put_draft(
        Draft(
            draft_id,
            chat.chat_id,
            text=marked.text,
            entities=marked.entities,
            can_stop=params.flag("can_stop"),
            keep_on_stop=params.flag("keep_on_stop"),
            thread_id=api.thread(chat, params),
        )
    )
    return True


def draft_identifier(chat: Chat, params: Params) -> int:
    """The id of a draft. Raises `ApiError` 400 when it is missing or zero, and in groups, which have no drafts."""
    if chat.chat_id < 0:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    draft_id = params.integer("draft_id")
    if not draft_id:
        raise bad_request("RANDOM_ID_INVALID")
    return draft_id
