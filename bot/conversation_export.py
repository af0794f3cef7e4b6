"""A conversation as a file, Markdown for people or JSON for programs, written part by part."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import orjson
import structlog

from bot.conversation import dialogue
from bot.figures_export import fitting
from llm.errors import LLMError
from llm.tasks.augmentation import Augmenter
from llm.types import Message, Role
from storage import AnswerState, Conversations, StoredMessage

logger = structlog.get_logger()

TITLE_SECONDS = 4.0
"""So long a model may take for a title; then the first words of the conversation are one."""
TITLED_MESSAGES = 6
LONGEST_RULED_TITLE = 60
LONGEST_NAME = 60
_LEAST_WORD_END = 30


class ExportFormat(StrEnum):
    """What the file is for; the value is the end of its name."""

    MARKDOWN = "md"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ExportWords:
    """What stands in a file for people, in their language: names, notes below answers, the title of last resort."""

    person: str
    model: str
    stopped: str
    broken: str
    title: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is written; it may have been compressed. `messages` is how many are in it."""

    path: Path
    title: str
    messages: int


async def export_conversation(
    conversations: Conversations,
    augmenter: Augmenter,
    conversation_id: int,
    *,
    folder: Path,
    form: ExportFormat,
    words: ExportWords,
    now: datetime,
    at_home: bool = False,
) -> Exported | None:
    """Write the file into a folder; None when nothing has been said. With `at_home` no cloud gives it a title.

    Raises `ReadFailed`.
    """
    part = await conversations.part(conversation_id)
    if not part:
        return None
    title = await _title(augmenter, part, at_home=at_home) or words.title
    path = folder / f"{_name(title)}.{form.value}"
    writer = (_Markdown if form is ExportFormat.MARKDOWN else _Json)(title, words, now)
    number = 0
    await asyncio.to_thread(_write, path, "w", writer.head())
    while part:
        await asyncio.to_thread(_write, path, "a", writer.messages(part))
        number += len(part)
        part = await conversations.part(conversation_id, after_message_id=part[-1].id)
    await asyncio.to_thread(_write, path, "a", writer.tail())
    return Exported(await asyncio.to_thread(fitting, path), title, number)


def title_by_rule(text: str) -> str:
    """The first words of a text, on one line; empty when it has none."""
    line = next((line for line in text.splitlines() if re.search(r"\w", line)), "")
    line = re.sub(r"^[#>*\-\s]+|\s+$", "", re.sub(r"\s+", " ", line))
    if len(line) <= LONGEST_RULED_TITLE:
        return line
    cut = line[:LONGEST_RULED_TITLE]
    end = cut.rfind(" ")
    return (cut[:end] if end >= _LEAST_WORD_END else cut) + "…"


async def _title(augmenter: Augmenter, said: Sequence[StoredMessage], *, at_home: bool) -> str:
    beginning = [Message(one.role, one.text) for one in dialogue(said)[:TITLED_MESSAGES]]
    try:
        async with asyncio.timeout(TITLE_SECONDS):
            return await augmenter.title(beginning, at_home=at_home)
    except (LLMError, TimeoutError) as error:
        logger.info("conversation_without_title", reason=type(error).__name__)
    return next((title for one in said if one.role is Role.USER and (title := title_by_rule(one.text))), "")


def _name(title: str) -> str:
    """The title as every system takes it for the name of a file."""
    return re.sub(r"[^\w]+", "-", title).strip("-_")[:LONGEST_NAME].strip("-_") or "conversation"


def _write(path: Path, mode: str, pieces: Iterator[str]) -> None:
    # What a broken answer left behind may be half a character, which no file holds.
    with path.open(mode, encoding="utf-8", errors="replace", newline="\n") as file:
        file.writelines(pieces)


class _Markdown:
    def __init__(self, title: str, words: ExportWords, now: datetime) -> None:
        self._title = title
        self._words = words
        self._now = now
        self._notes = {AnswerState.STOPPED: words.stopped, AnswerState.FAILED: words.broken}

    def head(self) -> Iterator[str]:
        yield f"# {self._title}\n\n{_moment(self._now)}\n"

    def messages(self, part: Sequence[StoredMessage]) -> Iterator[str]:
        for one in part:
            who = self._words.person if one.role is Role.USER else one.model or self._words.model
            note = f"\n\n*{self._notes[one.state]}*" if one.state in self._notes else ""
            names = "".join(f"📎 {sent.name}\n\n" for sent in one.attachments)
            yield f"\n## {who} · {_moment(one.created_at)}\n\n{names}{one.text.strip()}{note}\n"

    def tail(self) -> Iterator[str]:
        return iter(())


class _Json:
    def __init__(self, title: str, words: ExportWords, now: datetime) -> None:
        self._head = {"title": title, "exported_at": now}
        self._first = True

    def head(self) -> Iterator[str]:
        yield orjson.dumps(self._head).decode()[:-1] + ',"messages":[\n'

    def messages(self, part: Sequence[StoredMessage]) -> Iterator[str]:
        for one in part:
            fields = {"role": one.role, "at": one.created_at, "state": one.state, "model": one.model, "text": one.text}
            if one.attachments:
                fields["files"] = [{"kind": sent.kind, "name": sent.name} for sent in one.attachments]
            yield ("" if self._first else ",\n") + orjson.dumps(fields).decode()
            self._first = False

    def tail(self) -> Iterator[str]:
        yield "\n]}\n"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
