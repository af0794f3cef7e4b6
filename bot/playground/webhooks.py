"""Calls the bot's webhook with each update, and again until it is told that the update was received."""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

from bot.playground.state import World
from bot.playground.updates import Hook
from bot.playground.values import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
# As Telegram's server has them.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
CALL_SECONDS = 60.0


class WebhookCaller:
    """Delivers what waits while a webhook is set: in order within a chat, chats side by side."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queues: dict[object, deque[Json]] = {}
        self._taken: set[int] = set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        updates = self._world.updates
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as tasks:
            while True:
                await updates.news.wait()
                updates.news.clear()
                if updates.hook is None:
                    continue
                for update in updates.pending:
                    if update["update_id"] in self._taken:
                        continue
                    self._taken.add(update["update_id"])
                    chat = _chat_of(update)
                    queue = self._queues.get(chat)
                    if queue is not None:
                        queue.append(update)
                        continue
                    self._queues[chat] = deque([update])
                    tasks.create_task(self._deliver(session, chat), name=f"webhook {chat}")

    async def _deliver(self, session: aiohttp.ClientSession, chat: object) -> None:
        queue = self._queues[chat]
        updates, pause = self._world.updates, FIRST_PAUSE_SECONDS
        while queue:
            update, hook = queue[0], updates.hook
            if hook is not None and updates.waits(update["update_id"]):
                if not await self._called(session, hook, update):
                    await self._world.clock.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                    continue
                updates.received(update["update_id"])
            pause = FIRST_PAUSE_SECONDS
            queue.popleft()
            self._taken.discard(update["update_id"])
        del self._queues[chat]

    async def _called(self, session: aiohttp.ClientSession, hook: Hook, update: Json) -> bool:
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[SECRET_HEADER] = hook.secret
        try:
            async with session.post(hook.url, data=orjson.dumps(update), headers=headers) as reply:
                if reply.ok:
                    return True
                error = f"Wrong response from the webhook: {reply.status} {HTTPStatus(reply.status).phrase}"
        except (aiohttp.ClientError, TimeoutError) as problem:
            refused = isinstance(problem, aiohttp.ClientConnectorError)
            error = "Connection refused" if refused else "Connection closed" if problem.args else "Read timeout expired"
        self._world.updates.trouble(error, int(self._world.clock.now().timestamp()))
        return False


def _chat_of(update: Json) -> object:
    """What an update must not overtake others of; None: it stands alone with those of its kind."""
    for content in update.values():
        if isinstance(content, dict):
            message: Any = content.get("message") or content
            chat = message.get("chat") if isinstance(message, dict) else None
            return chat.get("id") if isinstance(chat, dict) else None
    return None
