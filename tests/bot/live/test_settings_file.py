"""The settings file is taken when it has changed and nobody is writing it, in whatever way it is written."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import bot.live.settings_file
from bot.live.settings_file import SettingsFile, Unreadable

FIRST, SECOND = b"LLM_MODEL=first\n", b"LLM_MODEL=second\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_bytes(FIRST)
    return path


@pytest.fixture
async def file(path: Path) -> AsyncIterator[SettingsFile]:
    """A file that is watched and has been taken as it was."""
    async with SettingsFile(path, {}) as watched:
        await taken(watched, FIRST)
        yield watched


def put(path: Path, content: bytes) -> None:
    """Write into the file itself."""
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


def touch(path: Path) -> None:
    path.touch()


async def taken(file: SettingsFile, content: bytes | None) -> None:
    """The next thing to be done something about is this content, and it has been done."""
    async with asyncio.timeout(20):
        seen = await file.next()
    assert (seen.content, seen.asked) == (content, False)
    file.take(seen.content)


async def nothing_new(file: SettingsFile, seconds: float = 0.8) -> None:
    """Nothing has to be done about the file as it is."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await file.next()


async def test_another_file_in_its_place_is_taken(file: SettingsFile, path: Path) -> None:
    for content in (SECOND, FIRST, SECOND):
        other = path.with_name("other")
        other.write_bytes(content)
        other.replace(path)
        await taken(file, content)


async def test_a_file_that_is_emptied_and_written_in_parts_is_taken_when_it_is_whole(
    file: SettingsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.live.settings_file, "QUIET_SECONDS", 1.0)  # parts come sooner on the slowest machine
    waiting = asyncio.create_task(taken(file, SECOND))
    with path.open("wb", buffering=0) as writing:
        for part in (SECOND[:1], SECOND[1:6], SECOND[6:]):
            await asyncio.sleep(0.1)
            writing.write(part)
    await waiting


async def test_a_file_that_is_empty_for_a_moment_is_not_taken_for_one(file: SettingsFile, path: Path) -> None:
    put(path, b"")
    await nothing_new(file)
    put(path, SECOND)
    await taken(file, SECOND)


async def test_a_file_that_is_gone_for_a_moment_is_not_missed_and_one_that_stays_away_is(
    file: SettingsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(path)
    await nothing_new(file)
    put(path, FIRST)
    await nothing_new(file)
    monkeypatch.setattr(bot.live.settings_file, "EMPTY_SECONDS", 0.1)
    remove(path)
    await taken(file, None)
    await nothing_new(file)
    put(path, SECOND)
    await taken(file, SECOND)


async def test_what_is_written_again_as_it_was_is_no_news(file: SettingsFile, path: Path) -> None:
    put(path, FIRST)
    touch(path)
    await nothing_new(file)


async def test_a_file_that_comes_later_is_taken_also_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder" / ".env"
    async with SettingsFile(path, {}) as file:
        await nothing_new(file)
        path.parent.mkdir()
        put(path, FIRST)
        await taken(file, FIRST)


async def test_a_link_is_followed_wherever_it_leads_to_now(tmp_path: Path) -> None:
    for name, content in (("one", FIRST), ("two", SECOND)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settings").write_bytes(content)
    # As a cluster mounts its settings: a link to a link, of which the inner one is exchanged.
    current, path = tmp_path / "current", tmp_path / ".env"
    current.symlink_to("one")
    path.symlink_to("current/settings")
    async with SettingsFile(path, {}) as file:
        await taken(file, FIRST)
        (tmp_path / "one" / "settings").write_bytes(SECOND)
        await taken(file, SECOND)
        (tmp_path / "one" / "settings").write_bytes(FIRST)
        await taken(file, FIRST)
        (tmp_path / "next").symlink_to("two")
        (tmp_path / "next").replace(current)
        await taken(file, SECOND)


async def test_changes_are_noticed_where_no_system_tells_of_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> AsyncIterator[None]:
        raise OSError("OS file watch limit reached")
        yield

    monkeypatch.setattr(bot.live.settings_file, "awatch", full)
    async with SettingsFile(path, {}) as file:
        await taken(file, FIRST)
        put(path, SECOND)
        await taken(file, SECOND)


async def test_whoever_asks_gets_it_at_once_changed_or_not(file: SettingsFile, path: Path) -> None:
    file.ask()
    seen = await file.next()
    assert (seen.content, seen.asked) == (FIRST, True)
    put(path, b"")
    waiting = asyncio.create_task(file.stays(b"", 3600))
    await asyncio.sleep(0)
    file.ask()
    assert await waiting
    seen = await file.next()
    assert (seen.content, seen.asked) == (b"", True)


async def test_a_file_that_may_not_be_read_is_a_wrong_one(
    file: SettingsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: Path) -> bytes:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(bot.live.settings_file, "EMPTY_SECONDS", 0.1)
        patched.setattr(Path, "read_bytes", forbidden)
        seen = await file.next()
    assert seen.content == Unreadable("PermissionError")
    [problem] = file.parse(seen.content).problems
    assert problem.allowed == "cannot be read as a text file: PermissionError"
    assert problem.variable == str(path)


async def test_a_pipe_is_nobody_s_to_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    os.mkfifo(path)
    async with SettingsFile(path, {}) as file:
        await nothing_new(file, 0.5)
