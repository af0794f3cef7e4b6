"""Inline mode on the page: somebody writes behind the bot's name in a group, and sends what it offers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.playground import present
from bot.playground.acting import Acting
from bot.playground.entities import Marked, with_detected
from bot.playground.errors import PageError
from bot.playground.state import QUERIES_KEPT
from bot.playground.values import InlineAsked, Json, Message

LONGEST_QUERY = 256


@dataclass(frozen=True, slots=True)
class InlineActs(Acting):
    """Lets people use inline mode. Raises `PageError`."""

    def ask(self, person_id: int, text: str) -> str:
        """Write behind the bot's name; returns the id of the query, which the bot answers or does not."""
        person = self._person(person_id)
        query_id = str(secrets.randbits(62) | 1 << 61)
        queries = self.world.inline_queries
        queries[query_id] = InlineAsked(person_id, text[:LONGEST_QUERY])
        while len(queries) > QUERIES_KEPT:
            del queries[next(iter(queries))]
        content = {"id": query_id, "from": present.user(person), "query": text[:LONGEST_QUERY], "offset": ""}
        self._update("inline_query", {**content, "chat_type": "supergroup"})
        return query_id

    def choose(
        self, query_id: str, group_id: int, *, result: int = 0, thread_id: int | None = None, feedback: bool = True
    ) -> Message:
        """Send what was offered to a group. Without `feedback` the bot is not told, as BotFather has it at first."""
        asked = self.world.inline_queries.get(query_id)
        if asked is None or group_id not in self.world.groups or len(asked.results or ()) <= result:
            raise PageError(404, "there is no such result, or no such group")
        chosen = (asked.results or ())[result]
        content, markup = chosen["input_message_content"], chosen.get("reply_markup")
        marked = with_detected(Marked(content["message_text"], tuple(content.get("entities") or ())))
        inline_id = f"inline-{secrets.token_hex(12)}"
        message = self.world.add(
            group_id,
            from_bot=False,
            sender_id=asked.person_id,
            text=marked.text,
            entities=marked.entities,
            markup=markup,
            inline_id=inline_id,
            thread_id=thread_id,
        )
        if feedback:
            told: Json = {
                "result_id": chosen["id"],
                "from": present.user(self.world.people[asked.person_id]),
                "query": asked.text,
            }
            self._update("chosen_inline_result", told | ({"inline_message_id": inline_id} if markup else {}))
        return message
