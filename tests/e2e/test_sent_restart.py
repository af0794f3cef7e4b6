"""Albums and voice messages of a program that is killed: answered exactly once, heard again only where needed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from storage.tables import attachments, messages
from tests.bot.playground.test_files import opus
from tests.bot.reading.papers import picture
from tests.e2e.conftest import ME
from tests.e2e.talk import kept_updates, served_by, stored_messages, until
from tests.e2e.test_restart import STUCK, WHOLE, Program
from tests.fakes.model_server import TRANSCRIPTIONS, ModelServer
from tests.fakes.replies import Hang, Stream

pytestmark = pytest.mark.timeout(60)

ALBUM = [(f"{n}.jpg", picture("JPEG", (40, 30 + n))) for n in range(3)]


@pytest.fixture
def program(tmp_path: Path, model_server: ModelServer) -> Program:
    sees = {"PRIMARY_MODEL__CAPABILITIES": '{"vision": true}', "REDETECT_EVERY": "0"}
    settings = served_by(model_server, LOG_FORMAT="json", TRANSCRIPTION_API_BASE=model_server.base, **sees)
    return Program(tmp_path, settings)


async def send(program: Program, files: list[tuple[str, bytes]]) -> None:
    form = aiohttp.FormData({"person_id": str(ME), "caption": "Tell me"}, quote_fields=False)
    for name, content in files:
        form.add_field("file", content, filename=name)
    async with program.page.post("/playground/upload", data=form) as reply:
        assert reply.status == 200


async def killed(
    program: Program, files: list[tuple[str, bytes]], reached: Callable[[], Any], *, kept: str = "Tell me"
) -> None:
    """Start, send, and kill at a moment, once the page has kept so much."""
    async with program.started() as process:
        await send(program, files)

        async def now() -> bool:
            state = program.folder / "data" / "playground.json"
            return bool(reached()) and state.exists() and kept in state.read_text()

        await until(now, within=15)
        process.kill()
        await process.wait()


async def answered(program: Program, shown: list[str]) -> None:
    """Start again: the bot has said this and nothing else."""
    async with program.started() as process:

        async def said() -> bool:
            return WHOLE in await program.bot_texts()

        await until(said, within=15)
        assert await program.bot_texts() == shown
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_an_album_that_was_being_answered_is_answered_as_a_whole(
    program: Program, model_server: ModelServer
) -> None:
    model_server.script(STUCK, Stream(WHOLE))
    await killed(program, ALBUM, lambda: model_server.chats)
    await answered(program, [WHOLE])
    assert [len(request.pictures) for request in model_server.chats] == [3, 3]
    async with program.database() as database:
        assert await stored_messages(database) == [("user", "complete", "Tell me"), ("assistant", "complete", WHOLE)]
        assert [state for state, _ in await kept_updates(database)] == ["done"] * 3
        rows = await database.rows("test", select(attachments.c.number).order_by(attachments.c.number))
        assert [row.number for row in rows] == [0, 1, 2]


async def test_a_recording_that_was_being_written_down_is_written_down_again(
    program: Program, model_server: ModelServer
) -> None:
    model_server.post[f"/v1{TRANSCRIPTIONS}"] = Hang()
    await killed(program, [("voice.oga", opus(3))], lambda: model_server.chats)
    model_server.hear("What time is it?")
    model_server.reply(WHOLE)
    await answered(program, ["🎤 What time is it?", WHOLE])


async def test_a_recording_whose_answer_was_cut_off_is_neither_written_down_nor_shown_again(
    program: Program, model_server: ModelServer
) -> None:
    model_server.hear("What time is it?")
    model_server.script(STUCK, Stream(WHOLE))
    await killed(program, [("voice.oga", opus(3))], lambda: len(model_server.chats) == 2, kept="What time")
    await answered(program, ["🎤 What time is it?", WHOLE])
    assert len(model_server.recordings) == 1
    async with program.database() as database:
        rows = await database.rows("test", select(messages.c.text).order_by(messages.c.id))
        assert [row.text for row in rows] == ["Tell me\n\nWhat time is it?", WHOLE]
