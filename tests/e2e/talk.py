"""What tests of the whole bot share: settings that name a model server, and looks at what came of a talk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select

from storage import Database
from storage.tables import attempts, messages, updates
from tests.e2e.conftest import House
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Request

MODEL = "tiny-1b"


def served_by(server: ModelServer, **more: str) -> dict[str, str]:
    """Settings under which a model of this server answers."""
    server.get["/v1/models"] = Json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
    return {"LLM_API_BASE": server.base, "LLM_MODEL": MODEL, **more}


def asked(request: Request) -> list[tuple[str, str]]:
    """Role and text of each message that a model was sent."""
    said: Any = request.json["messages"]
    return [(message["role"], message["content"]) for message in said]


async def until(reached: Callable[[], Awaitable[object]], within: float = 5.0) -> None:
    """Look again and again until something is true."""
    async with asyncio.timeout(within):
        while True:
            if await reached():
                return
            await asyncio.sleep(0.01)


async def asked_times(server: ModelServer, times: int) -> bool:
    """Whether models have been asked so often."""
    return len(server.chats) >= times


async def draft_shows(house: House, person_id: int, text: str = "") -> int:
    """Wait until a draft shows a text; its id."""
    await house.page.wait_for(
        lambda: any(text in draft.text and bool(draft.text) >= bool(text) for draft in house.page.drafts(person_id))
    )
    return house.page.drafts(person_id)[0].draft_id


async def nothing_left(house: House) -> None:
    """Wait until every update has been dealt with."""

    async def none() -> bool:
        return not await house.app.inbox.waiting()

    await until(none)


async def settled(house: House) -> None:
    """Wait until everything that people did has come and has been dealt with."""

    async def fetched() -> bool:
        return not house.page.world.updates.pending

    await until(fetched)
    await nothing_left(house)


async def stored_messages(database: Database) -> list[tuple[str, str, str]]:
    """Role, state and text of all messages, oldest first."""
    query = select(messages.c.role, messages.c.state, messages.c.text).order_by(messages.c.id)
    return [(row.role.value, row.state.value, row.text) for row in await database.rows("test.messages", query)]


async def kept_attempts(database: Database, count: int) -> list[Any]:
    """The rows kept of requests to models, once there are so many."""
    query = select(attempts).order_by(attempts.c.id)
    found: list[Any] = []

    async def there() -> bool:
        found[:] = await database.rows("test.attempts", query)
        return len(found) >= count

    await until(there)
    return found


async def kept_updates(database: Database) -> list[tuple[str, bytes]]:
    """State and payload of all updates."""
    query = select(updates.c.state, updates.c.payload).order_by(updates.c.update_id)
    return [(row.state.value, row.payload) for row in await database.rows("test.updates", query)]


def forge(house: House, person_id: int, data: str) -> None:
    """A button's press with data of one's own, as a changed client can send it."""
    person = {"id": person_id, "is_bot": False, "first_name": "Forger"}
    message = {
        "message_id": 99999,
        "date": 1750000000,
        "chat": {"id": person_id, "type": "private", "first_name": "Forger"},
        "text": "x",
    }
    world = house.page.world
    query_id = str(len(world.open_queries) + 10**15)
    world.open_queries[query_id] = (person_id, 99999)
    query = {"id": query_id, "from": person, "message": message, "chat_instance": "1", "data": data}
    world.updates.put("callback_query", query)
