"""Everything that is kept of a person, as one JSON file, written part by part."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bot.figures_export import fitting
from storage import OwnConversation, OwnData, Person, Usage


@dataclass(frozen=True, slots=True)
class ExportedData:
    """A file that is written; it may have been compressed."""

    path: Path
    conversations: int
    messages: int


async def export_data(own_data: OwnData, usage: Usage, person: Person, *, folder: Path, now: datetime) -> ExportedData:
    """Write the file into a folder. Raises `ReadFailed`.

    Of each message it says whether it went to a cloud (`cloud`), as far as the figures still tell. Of a conversation in
    a group only what they said is there, and the answers to it.
    """
    path = folder / "domovoy-data.json"
    today, month = await usage.today(person.id), await usage.this_month(person.id)
    head: dict[str, Any] = {
        "exported_at": now,
        "person": {
            "id": person.id,
            "name": person.name,
            "username": person.username,
            "access": person.access,
            "admin": person.admin,
            "came_at": await own_data.since(person),
        },
        "settings": person.choices,
        "limits": {"messages_minute": person.messages_minute, "tokens_day": person.tokens_day},
        "use": {
            "today": {"requests": today.requests, "tokens": today.tokens},
            "this_month": {"requests": month.requests, "tokens": month.tokens},
        },
    }
    conversations = await own_data.conversations(person.id)
    await _append(path, orjson.dumps(head)[:-1] + b',"conversations":[')
    number = 0
    for place, conversation in enumerate(conversations):
        about = {
            "id": conversation.id,
            "in_group": conversation.shared,
            "started_at": conversation.started_at,
            "closed_at": conversation.closed_at,
        }
        await _append(path, (b",\n" if place else b"\n") + orjson.dumps(about)[:-1] + b',"messages":[')
        number += await _messages(own_data, conversation, path)
        await _append(path, b"]}")
    await _append(path, b"\n]}\n")
    return ExportedData(await asyncio.to_thread(fitting, path), len(conversations), number)


async def _messages(own_data: OwnData, conversation: OwnConversation, path: Path) -> int:
    number, last = 0, 0
    while part := await own_data.messages(conversation, after=last):
        rows = [
            {
                "role": one.role,
                "at": one.created_at,
                "state": one.state,
                "model": one.model,
                "cloud": one.cloud,
                "text": one.text,
            }
            for one in part
        ]
        await _append(path, (b",\n" if number else b"\n") + b",\n".join(map(orjson.dumps, rows)))
        number, last = number + len(part), part[-1].id
    return number


async def _append(path: Path, content: bytes) -> None:
    await asyncio.to_thread(_write, path, content)


def _write(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
