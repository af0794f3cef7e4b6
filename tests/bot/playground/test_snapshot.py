"""What has been said is still there after a restart."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, InputRichMessage

from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, PNG, STRANGER, TOKEN, Client, ManualClock


def start(clock: ManualClock, state_path: Path) -> Playground:
    return Playground("127.0.0.1", 0, TOKEN, clock, state_path=state_path)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def written(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def aside(path: Path) -> bytes:
    return path.with_name(path.name + ".unreadable").read_bytes()


def contents(path: Path) -> list[Path]:
    return list(path.with_name(path.name + ".files").iterdir())


def modes(*paths: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in paths]


async def test_everything_that_lasts_is_there_after_a_restart(clock: ManualClock, state_path: Path) -> None:
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    async with start(clock, state_path) as playground:
        bot = Client(playground)
        said = playground.say(ME, "hello")
        [update] = await bot.get_updates()
        await bot.get_updates(offset=update.update_id + 1)
        sent = await bot.send_message(ME, "<b>choose</b>", parse_mode="HTML", reply_markup=markup)
        await bot.send_rich_message(ME, InputRichMessage(markdown="# rich"))
        photo = playground.upload(ME, "a.png", PNG, caption="mine").photo
        query_id = playground.press(ME, sent.message_id, "go")
        playground.speak(ME, "ru")
        before = playground.messages(ME)
        await bot.aclose()
    assert photo is not None
    async with start(clock, state_path) as playground:
        bot = Client(playground)
        assert playground.messages(ME) == before
        assert playground.messages(ME)[0] == said
        assert playground.world.people[ME].language_code == "ru"
        again, pressed = await bot.get_updates()
        assert again.message is not None
        assert again.message.photo is not None
        assert again.update_id == update.update_id + 1
        content = await bot.download(photo.file_id)
        assert content is not None
        assert content.read() == PNG
        assert pressed.callback_query is not None
        assert await bot.answer_callback_query(query_id)
        assert playground.say(ME, "next").message_id == before[-1].message_id + 1
        assert not playground.world.people[STRANGER].started
        await bot.aclose()


async def test_ids_of_updates_never_come_again_even_without_a_state(clock: ManualClock) -> None:
    ids = []
    for _ in range(2):
        async with Playground("127.0.0.1", 0, TOKEN, clock) as playground:
            playground.say(ME, "hello")
            ids += [update["update_id"] for update in playground.world.updates.pending]
        clock.seconds += 1
    assert ids[0] < ids[1]


async def test_what_changes_is_written_while_it_runs(clock: ManualClock, state_path: Path) -> None:
    async with start(clock, state_path) as playground:
        playground.say(ME, "kept in a crash")
        clock.seconds += 3
        async with asyncio.timeout(3):
            while "kept in a crash" not in written(state_path):  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.02)


async def test_what_people_wrote_can_be_read_by_the_owner_only(clock: ManualClock, state_path: Path) -> None:
    async with start(clock, state_path) as playground:
        playground.upload(ME, "a.txt", b"private")
    assert modes(state_path, *contents(state_path)) == [0o600, 0o600]


async def test_contents_that_nobody_knows_any_more_are_deleted(clock: ManualClock, state_path: Path) -> None:
    put(state_path.with_name(state_path.name + ".files") / "forgotten", b"old")
    async with start(clock, state_path) as playground:
        kept = playground.upload(ME, "a.txt", b"new").document
    assert kept is not None
    assert [path.name for path in contents(state_path)] == [kept.file_id]


@pytest.mark.parametrize("content", [b"", b"{broken", b"[]", b'{"format": 99}', b'{"format": 1}', b"\xff\xfe"])
async def test_a_state_that_cannot_be_read_is_put_aside(clock: ManualClock, state_path: Path, content: bytes) -> None:
    put(state_path, content)
    async with start(clock, state_path) as playground:
        playground.say(ME, "a new start")
    assert aside(state_path) == content
    async with start(clock, state_path) as playground:
        assert [message.text for message in playground.messages(ME)] == ["a new start"]


async def test_a_disk_that_cannot_be_written_does_not_stop_the_chat(clock: ManualClock, tmp_path: Path) -> None:
    put(tmp_path / "file", b"")
    async with start(clock, tmp_path / "file" / "state.json") as playground:
        playground.say(ME, "still works")
        clock.seconds += 3
        await asyncio.sleep(0.6)
        assert len(playground.messages(ME)) == 1
