"""Inline mode: `answerInlineQuery`, and edits of messages that are known by an inline id alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.methods.base import Api
from bot.playground.methods.keyboards import reply_markup
from bot.playground.methods.messages import NOT_MODIFIED
from bot.playground.methods.texts import message_text
from bot.playground.params import Params
from bot.playground.values import Message

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
MOST_RESULTS = 50
LONGEST_ID = 64


def answer_inline_query(api: Api, params: Params) -> bool:
    """`answerInlineQuery`: articles alone."""
    asked = api.world.inline_queries.get(params.text("inline_query_id"))
    if asked is None or asked.results is not None:
        raise bad_request(QUERY_TOO_OLD)
    results = params.json("results")
    if not isinstance(results, list) or len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    checked = tuple(_result(params, one) for one in results)
    if len({one["id"] for one in checked}) < len(checked):
        raise bad_request("RESULT_ID_DUPLICATE")
    button = params.json("button")
    if button is not None and not (isinstance(button, dict) and button.get("text")):
        raise bad_request("can't parse InlineQueryResultsButton")
    query_id = params.text("inline_query_id")
    api.world.inline_queries[query_id] = replace(asked, results=checked, button=button)
    offered = [{"title": one["title"], "description": one.get("description", "")} for one in checked]
    note = button["text"] if button else None
    api.world.feed.publish({"type": "inline", "query_id": query_id, "results": offered, "button": note})
    return True


def _result(params: Params, result: Any) -> dict[str, Any]:
    if not isinstance(result, dict) or result.get("type") != "article" or not result.get("title"):
        raise bad_request("can't parse inline query result")
    if not isinstance(result.get("id"), str) or not 0 < len(result["id"].encode()) <= LONGEST_ID:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise bad_request("can't parse inline query result: there is nothing to send")
    message_text(params.within({"text": content.get("message_text", "")}), "MESSAGE_TOO_LONG")
    return {**result, "reply_markup": reply_markup(params.within(result), inline_only=True)}


def edit_inline_text(api: Api, params: Params) -> bool:
    """`editMessageText` with an `inline_message_id`."""
    message = _sent(api, params.text("inline_message_id"))
    marked = message_text(params, "MESSAGE_TOO_LONG")
    markup = reply_markup(params, inline_only=True)
    api.take(api.world.chats[message.chat_id])
    if (message.text, message.entities, message.markup) == (marked.text, marked.entities, markup):
        raise bad_request(NOT_MODIFIED)
    api.world.change(message, text=marked.text, entities=marked.entities, markup=markup)
    return True


def _sent(api: Api, inline_id: str) -> Message:
    for chat in api.world.chats.values():
        for message in chat.messages.values():
            if message.inline_id == inline_id:
                return message
    raise bad_request("MESSAGE_ID_INVALID")
