"""A conversation as a file: everything that was said, in order, whatever it is made of."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import figures_export
from bot.conversation_export import (
    LONGEST_NAME,
    LONGEST_RULED_TITLE,
    Exported,
    ExportFormat,
    ExportWords,
    export_conversation,
    title_by_rule,
)
from llm.clock import SystemClock
from llm.errors import NoModelAvailable
from llm.tasks.augmentation import Augmenter
from llm.types import Message
from storage import AnswerState, Attachment, AttachmentKind, Conversations, open_database

NOW = datetime(2026, 11, 26, 14, 7, tzinfo=UTC)
WORDS = ExportWords("You", "Answer", "Stopped.", "Broke off.", "Conversation")


class Titles:
    """Stands in for the augmenter."""

    def __init__(self, title: str = "Roses: how & when?") -> None:
        self._title = title
        self.asked: list[Sequence[Message]] = []

    async def title(self, said: Sequence[Message], *, at_home: bool = False) -> str:
        self.asked.append(said)
        if not self._title:
            raise NoModelAvailable("away")
        return self._title


async def exported(
    folder: Path, said: Sequence[tuple[str, str, AnswerState]], form: ExportFormat, titles: Titles
) -> Exported | None:
    clock = SystemClock()
    async with open_database(f"sqlite+aiosqlite:///{folder}/bot.db", clock) as database:
        conversations = Conversations(database, clock)
        conversation = await conversations.current(1)
        for number, (question, answer, state) in enumerate(said):
            turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=number, text=question)
            await conversations.close_turn(turn, text=answer, model="tiny", state=state)
        return await export_conversation(
            conversations, cast(Augmenter, titles), conversation, folder=folder, form=form, words=WORDS, now=NOW
        )


SAID = [
    ("How do roses\ngrow? 🌹", "## Slowly\n\n```python\nprint('x')\n```", AnswerState.COMPLETE),
    ('A "quote" \\ and \ud83c', "half", AnswerState.FAILED),
    ("And?", "They", AnswerState.STOPPED),
    ("Hello?", "", AnswerState.FAILED),
]


async def test_markdown_is_for_people(tmp_path: Path):
    file = await exported(tmp_path, SAID, ExportFormat.MARKDOWN, Titles())
    assert file is not None
    assert (file.path.name, file.title, file.messages) == ("Roses-how-when.md", "Roses: how & when?", 7)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", file.path.read_text())
    assert text == (
        "# Roses: how & when?\n\nTIME\n"
        "\n## You · TIME\n\nHow do roses\ngrow? 🌹\n"
        "\n## tiny · TIME\n\n## Slowly\n\n```python\nprint('x')\n```\n"
        '\n## You · TIME\n\nA "quote" \\ and ?\n'
        "\n## tiny · TIME\n\nhalf\n\n*Broke off.*\n"
        "\n## You · TIME\n\nAnd?\n"
        "\n## tiny · TIME\n\nThey\n\n*Stopped.*\n"
        "\n## You · TIME\n\nHello?\n"
    )


async def test_json_is_for_programs(tmp_path: Path):
    file = await exported(tmp_path, SAID, ExportFormat.JSON, Titles())
    assert file is not None
    assert file.path.name == "Roses-how-when.json"
    read = json.loads(file.path.read_text())
    assert (read["title"], read["exported_at"]) == ("Roses: how & when?", NOW.isoformat())
    assert [(one["role"], one["state"], one["model"], one["text"]) for one in read["messages"]][:4] == [
        ("user", "complete", None, "How do roses\ngrow? 🌹"),
        ("assistant", "complete", "tiny", "## Slowly\n\n```python\nprint('x')\n```"),
        ("user", "complete", None, 'A "quote" \\ and ?'),
        ("assistant", "failed", "tiny", "half"),
    ]
    assert all(datetime.fromisoformat(one["at"]).tzinfo is not None for one in read["messages"])


async def test_what_was_sent_is_named_in_both(tmp_path: Path):
    clock = SystemClock()
    photo = Attachment(AttachmentKind.PHOTO, "cat.jpg", "image/jpeg", data=b"x")
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db", clock) as database:
        conversations = Conversations(database, clock)
        turn = await conversations.open_turn(chat_id=1, person_id=1, update_id=1, text="Who is it?", sent=[photo])
        files = {}
        for form in ExportFormat:
            written = await export_conversation(
                conversations,
                cast(Augmenter, Titles()),
                turn.conversation_id,
                folder=tmp_path,
                form=form,
                words=WORDS,
                now=NOW,
            )
            assert written is not None
            files[form] = written.path.read_text()
    assert "\n\n📎 cat.jpg\n\nWho is it?\n" in files[ExportFormat.MARKDOWN]
    [message] = json.loads(files[ExportFormat.JSON])["messages"]
    assert message["files"] == [{"kind": "photo", "name": "cat.jpg"}]


async def test_a_conversation_of_nothing_is_no_file(tmp_path: Path):
    assert await exported(tmp_path, [], ExportFormat.JSON, Titles()) is None


async def test_a_long_one_is_whole_and_compressed_where_it_has_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(figures_export, "LARGEST_PLAIN", 10_000)
    said = [(f"question {number}", f"answer {number}", AnswerState.COMPLETE) for number in range(600)]
    titles = Titles()
    file = await exported(tmp_path, said, ExportFormat.JSON, titles)
    assert file is not None
    assert file.path.name == "Roses-how-when.json.gz"
    assert file.messages == 1200
    messages = json.loads(gzip.decompress(file.path.read_bytes()))["messages"]
    assert [one["text"] for one in messages] == [text for question, answer, _ in said for text in (question, answer)]
    assert len(titles.asked[0]) <= 6, "a title is given by the beginning"


@pytest.mark.parametrize(
    ("first", "title"), [("How do roses\ngrow?", "How do roses"), ("…", "Conversation")], ids=["words", "none"]
)
async def test_without_a_model_the_title_is_made_of_the_first_words(tmp_path: Path, first: str, title: str):
    said = [(first, "Slowly", AnswerState.COMPLETE)]
    file = await exported(tmp_path, said, ExportFormat.MARKDOWN, Titles(""))
    assert file is not None
    assert file.title == title
    assert file.path.name == f"{title.replace(' ', '-')}.md"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("\n\n  # Почему   небо синее?  \nА море?", "Почему небо синее?"),
        ("> - quoted", "quoted"),
        ("```\ncode()\n```", "code()"),
        ("word " * 40, "word" + " word" * 11 + "…"),
        ("x" * 200, "x" * LONGEST_RULED_TITLE + "…"),
        ("😀 …", ""),
    ],
)
def test_a_title_by_rule_is_the_first_words(text: str, title: str):
    assert title_by_rule(text) == title


@given(st.text(max_size=300))
def test_a_title_by_rule_is_short_and_one_line_whatever_the_text(text: str):
    title = title_by_rule(text)
    assert len(title) <= LONGEST_RULED_TITLE + 1
    assert len(title.splitlines()) <= 1


@pytest.mark.parametrize("title", ["../../etc/passwd", "a/b\\c:d", "x" * 300, "***", ".hidden", "CON\x00\n"])
async def test_no_title_makes_a_file_elsewhere(tmp_path: Path, title: str):
    file = await exported(tmp_path, SAID[:1], ExportFormat.MARKDOWN, Titles(title))
    assert file is not None
    assert file.path.parent == tmp_path
    assert len(file.path.stem) <= LONGEST_NAME
    assert re.fullmatch(r"\w[\w-]*\.md", file.path.name)
