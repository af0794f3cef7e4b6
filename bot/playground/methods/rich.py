"""Rich messages: `sendRichMessage`, `sendRichMessageDraft`, and `editMessageText` with a `rich_message`."""

from __future__ import annotations

import asyncio

from bot.playground.limits import Flood
from bot.playground.methods.base import Api
from bot.playground.methods.drafts import draft_identifier
from bot.playground.methods.inline import edit_inline_text
from bot.playground.methods.keyboards import reply_markup
from bot.playground.methods.messages import edit, edit_message_text, replied, text_to_edit
from bot.playground.params import Params
from bot.playground.rich.check import RichMessage, read_rich_message
from bot.playground.values import Draft, Json


async def send_rich_message(api: Api, params: Params) -> Json:
    """`sendRichMessage`."""
    chat = api.chat(params)
    rich = await _read(params)
    markup = reply_markup(params)
    reply_to, thread_id = replied(chat, params), api.thread(chat, params)
    api.take(chat)
    message = api.world.add(
        chat.chat_id,
        from_bot=True,
        text=rich.text,
        blocks=rich.blocks,
        is_rtl=rich.is_rtl,
        markup=markup,
        reply_to=reply_to,
        thread_id=thread_id,
    )
    return api.world.to_bot(message)


async def send_rich_message_draft(api: Api, params: Params) -> bool:
    """`sendRichMessageDraft`."""
    chat = api.chat(params)
    draft_id = draft_identifier(chat, params)
    rich = await _read(params, draft=True)
    api.take(chat, Flood.DRAFT)
    api.world.put_draft(
        Draft(
            draft_id,
            chat.chat_id,
            text=rich.text,
            blocks=rich.blocks,
            can_stop=params.flag("can_stop"),
            keep_on_stop=params.flag("keep_on_stop"),
            thread_id=api.thread(chat, params),
        )
    )
    return True


async def edit_message(api: Api, params: Params) -> Json | bool:
    """`editMessageText`: with a rich message if one is given, else with a text; of inline messages only the text."""
    if params.text("inline_message_id"):
        return edit_inline_text(api, params)
    if params.json("rich_message") is None:
        return edit_message_text(api, params)
    chat = api.chat(params)
    rich = await _read(params)
    message = text_to_edit(api, chat, params)
    return edit(api, chat, message, params, text=rich.text, entities=(), blocks=rich.blocks, is_rtl=rich.is_rtl)


async def _read(params: Params, *, draft: bool = False) -> RichMessage:
    """Read it in a thread: a long one takes tens of milliseconds."""
    return await asyncio.to_thread(read_rich_message, params.json("rich_message"), draft=draft)
