"""What the bot has written down, read from its open database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from llm.types import Role
from storage.tables import attempts, messages, summaries
from tests.e2e.conftest import ADMIN, House


async def answers(house: House) -> list[Row[Any]]:
    """The stored answers, oldest first."""
    query = select(messages).where(messages.c.role == Role.ASSISTANT).order_by(messages.c.id)
    return list(await house.app.database.rows("test.answers", query))


async def notes(house: House) -> list[Row[Any]]:
    """The summaries of conversations."""
    return list(await house.app.database.rows("test.notes", select(summaries)))


async def requests(house: House) -> list[Row[Any]]:
    """The figures of all requests to models so far. Asking for /errors writes down those that wait."""
    before = len(house.texts(ADMIN))
    house.page.say(ADMIN, "/errors")
    await house.page.wait_for(lambda: any(text.startswith("Failures") for text in house.texts(ADMIN)[before:]))
    return list(await house.app.database.rows("test.requests", select(attempts).order_by(attempts.c.id)))
