"""The other end, in a process of its own: the playground's Bot API server, with Telegram's limits on.

Prints its port. For each line on its input it prints what stands in the chats, as JSON, and empties them; it ends with
its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace

from bot.lean_import import load_aiogram

load_aiogram()

from bot.playground.server import Playground  # noqa: E402 - after aiogram, which must be loaded first
from bot.playground.state import Chat  # noqa: E402
from bot.playground.values import PEOPLE  # noqa: E402
from llm.clock import SystemClock  # noqa: E402

TOKEN = "42:TEST"  # noqa: S105 - of a server that lives as long as the benchmark
FIRST_CHAT = 2001


async def serve(chats: int) -> None:
    """Serve so many private chats."""
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        for chat_id in range(FIRST_CHAT, FIRST_CHAT + chats):
            page.world.people[chat_id] = replace(PEOPLE[1], person_id=chat_id, started=True)
            page.world.chats[chat_id] = Chat(chat_id)
        _say(page.port)
        while await asyncio.to_thread(sys.stdin.readline):
            _say({chat_id: [message.text for message in page.messages(chat_id)] for chat_id in page.world.chats})
            for chat in page.world.chats.values():
                chat.messages.clear()


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
