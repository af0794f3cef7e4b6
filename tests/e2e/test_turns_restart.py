"""The program killed while it answers a burst, answers again, or answers an edit: each is answered exactly once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.e2e.conftest import ME
from tests.e2e.talk import asked, kept_updates, stored_messages, until
from tests.e2e.test_restart import PART, STUCK, WHOLE, Program, program
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream

__all__ = ["program"]

pytestmark = pytest.mark.timeout(150)  # programs are started, on a machine that may be busy


async def do(program: Program, act: str, **body: object) -> None:
    async with program.page.post(f"/playground/{act}", json={"person_id": ME, **body}) as reply:
        assert reply.status == 200, await reply.text()


async def messages(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await program.chat())["messages"]
    return found


async def answers(program: Program, *texts: str) -> None:
    """Wait until the bot has said just this."""

    async def said() -> bool:
        return await program.bot_texts() == list(texts)

    await until(said, within=40)


async def shows_a_part(program: Program, said: str, *, in_place: bool = False) -> None:
    """Wait until a beginning shows and the page has written down what was said."""

    async def shows() -> bool:
        chat = await program.chat()
        shown = chat["messages"] if in_place else chat["drafts"]
        return any(PART in one["text"] for one in shown)

    await until(shows, within=40)

    async def kept() -> bool:
        file = program.folder / "data" / "playground.json"
        written = file.read_text() if file.exists() else ""
        return said in written and (PART in written or not in_place)

    await until(kept, within=40)


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def all_done(program: Program) -> None:
    async with program.database() as database:
        assert {state for state, _ in await kept_updates(database)} == {"done"}


async def test_a_burst_is_answered_once_after_a_kill(program: Program, model_server: ModelServer) -> None:
    model_server.script(STUCK, Stream(WHOLE))
    async with program.started() as process:
        for text in ("one", "two", "three"):
            await program.say(text)
        await shows_a_part(program, "three")
        await kill(process)
    async with program.started():
        await answers(program, WHOLE)
        await asyncio.sleep(0.7)
        await answers(program, WHOLE)
    assert [asked(request) for request in model_server.chats] == [[("user", "one\n\ntwo\n\nthree")]] * 2
    await all_done(program)


async def test_another_answer_is_given_once_after_a_kill(program: Program, model_server: ModelServer) -> None:
    model_server.script(Stream("Once upon a time"), STUCK, Stream(WHOLE))
    async with program.started() as process:
        await program.say("Tell me a story")
        await answers(program, "Once upon a time")
        last = (await messages(program))[-1]
        await do(program, "press", message_id=last["id"], data=last["buttons"][0][0]["data"])
        await shows_a_part(program, "Once upon a time")
        await kill(process)
    async with program.started():
        await answers(program, "Once upon a time", WHOLE)
        await asyncio.sleep(0.7)
        await answers(program, "Once upon a time", WHOLE)
    await all_done(program)
    async with program.database() as database:
        texts = [text for _, _, text in await stored_messages(database)]
        assert texts == ["Tell me a story", "Once upon a time", WHOLE]


async def test_what_was_edited_is_answered_once_after_a_kill(program: Program, model_server: ModelServer) -> None:
    model_server.script(Stream("Once upon a time"), STUCK, Stream(WHOLE))
    async with program.started() as process:
        await program.say("Tell me a storry")
        await answers(program, "Once upon a time")
        await do(program, "edit", message_id=(await messages(program))[0]["id"], text="Tell me a story")
        await shows_a_part(program, "Tell me a story", in_place=True)
        await kill(process)
    async with program.started():
        await answers(program, WHOLE)
        await asyncio.sleep(0.7)
        await answers(program, WHOLE)
    assert [asked(request)[-1] for request in model_server.chats][1:] == [("user", "Tell me a story")] * 2
    await all_done(program)
