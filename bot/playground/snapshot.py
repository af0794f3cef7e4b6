"""Keeps the world over a restart: one JSON file, written anew as a whole, and a folder with the contents of files."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import structlog

from bot.playground.state import World
from bot.playground.values import Json, StoredFile, group_from_json, message_from_json

logger = structlog.get_logger()

FORMAT = 1
PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Picture:
    """Everything that is to be written, taken in one moment; all in it is frozen or a copy."""

    state: Json
    contents: Mapping[str, bytes]
    files: frozenset[str]


class Keeper:
    """Loads the world at the start and writes it down while it changes; all reading and writing is in threads.

    Without a path it does nothing. A file that cannot be read is put aside, never overwritten.
    """

    def __init__(self, world: World, path: Path | None) -> None:
        self._world = world
        self._path = path
        self._written = world.changes
        self._last = float("-inf")
        if path is not None:
            world.files.directory = path.with_name(path.name + ".files")

    async def load(self) -> None:
        """Take up what the last run left."""
        if self._path is None:
            return
        try:
            restore(self._world, orjson.loads(await asyncio.to_thread(self._path.read_bytes)))
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            logger.warning("playground_state_unreadable", path=str(self._path), error=type(error).__name__)
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._path.replace, self._path.with_name(self._path.name + ".unreadable"))
        self._written = self._world.changes

    async def save_sometimes(self) -> None:
        """Write it down if it has changed, but not again and again."""
        now = self._world.clock.monotonic()
        if now - self._last >= PAUSE_SECONDS:
            self._last = now
            await self.save()

    async def save(self) -> None:
        """Write it down if it has changed. A full disk is told to the log and tried again later."""
        if self._path is None or self._written == self._world.changes:
            return
        changes = self._world.changes
        picture = _Picture(capture(self._world), self._world.files.unwritten(), frozenset(self._world.files.known()))
        try:
            await asyncio.to_thread(_write, self._path, picture)
        except OSError as error:
            logger.warning("playground_state_not_written", path=str(self._path), error=type(error).__name__)
            return
        self._world.files.written(picture.contents)
        self._written = changes


def capture(world: World) -> Json:
    """The lasting part of a world, as orjson can write it."""
    return {
        "format": FORMAT,
        "people": list(world.people.values()),
        "messages": [message for chat in world.chats.values() for message in chat.messages.values()],
        "groups": list(world.groups.values()),
        "topics": {str(chat.chat_id): _named(chat.topics) for chat in world.chats.values() if chat.topics},
        "last_message_id": world.last_message_id,
        "updates": world.updates.pending,
        "next_update_id": world.updates.next_id,
        "queries": dict(world.open_queries),
        "files": list(world.files.known().values()),
    }


def restore(world: World, data: Any) -> None:
    """Put the lasting part back. Raises `ValueError`, `TypeError`, `KeyError` or `AttributeError` if it is not one."""
    if data["format"] != FORMAT:
        raise ValueError("another format")
    messages = [message_from_json(message) for message in data["messages"]]
    files = [StoredFile(**file) for file in data["files"]]
    groups = [group_from_json(group) for group in data.get("groups", ())]
    people = {person["person_id"]: person for person in data["people"]}
    for person_id in world.people.keys() & people.keys():
        kept = {name: people[person_id][name] for name in ("language_code", "started", "blocked")}
        world.change_person(person_id, **kept)
    for group in groups:
        world.put_group(group)
    for chat_id, topics in data.get("topics", {}).items():
        if (chat := world.chats.get(int(chat_id))) is not None:
            chat.topics |= {int(thread_id): name for thread_id, name in topics.items()}
    for message in messages:
        if message.chat_id in world.chats:
            world.chats[message.chat_id].messages[message.message_id] = message
    world.last_message_id = int(data["last_message_id"])
    world.updates.restore(data["updates"], int(data["next_update_id"]))
    world.open_queries |= {query_id: (chat_id, number) for query_id, (chat_id, number) in data["queries"].items()}
    world.files.restore(files)


def _named(topics: Mapping[int, str]) -> Json:
    return {str(thread_id): name for thread_id, name in topics.items()}


def _write(path: Path, picture: _Picture) -> None:
    """Contents first, so that no file is known that is not there; then the state in one step; last, delete the rest."""
    folder = path.with_name(path.name + ".files")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file_id, content in picture.contents.items():
        _write_file(folder / file_id, content)
    _write_file(path, orjson.dumps(picture.state, option=orjson.OPT_NON_STR_KEYS))
    for old in folder.iterdir():
        if old.name not in picture.files:
            old.unlink(missing_ok=True)


def _write_file(path: Path, content: bytes) -> None:
    """Readable by its owner only: it is what people have written."""
    beside = path.with_name(path.name + ".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    beside.replace(path)
