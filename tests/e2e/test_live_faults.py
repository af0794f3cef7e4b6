"""A settings file with a fault changes nothing, and the admins hear of each fault once."""

from __future__ import annotations

import asyncio
import io
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

import bot.live.live_settings
import bot.live.settings_file
from bot.live.settings_file import SettingsFile
from bot.log import Log, set_up_logging
from tests.e2e.breaking import Breaker
from tests.e2e.conftest import ADMIN, ME
from tests.e2e.living import APPLIED, WRONG, open_live, serving, told, unlimited_messages
from tests.fakes.model_server import ModelServer

EDITS = 200
RIGHT_AGAIN = "The settings file is right again. Nothing has changed."
KEY, NEXT_KEY = "sekret-key-0123456789", "another-key-9876543210"


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are taken as they are, and Telegram permits as many messages as anybody likes."""
    monkeypatch.setattr(bot.live.settings_file, "QUIET_SECONDS", 0.02)
    monkeypatch.setattr(bot.live.live_settings, "WRONG_SECONDS", 0.02)
    with unlimited_messages():
        yield


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Log, io.StringIO]]:
    """The log of the program, and what was written to it."""
    lines = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    kept = structlog.get_config()
    quiet = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", lines)
        log = set_up_logging(level="DEBUG", form="json", secrets=[])
    yield log, lines
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    structlog.configure(**kept)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("in_a_hurry")
async def test_two_hundred_broken_edits_are_told_once_each_and_the_bot_goes_on(
    tmp_path: Path, model_server: ModelServer, written: tuple[Log, io.StringIO]
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - to be run again with
    chance = random.Random(seed)
    values = {
        **serving(model_server, "m", "Hello there!"),
        "MAX_RETRIES": "2",
        "LLM_API_KEY": KEY,
        "LOG_FORMAT": "json",
    }
    log, lines = written
    async with open_live(tmp_path, values, log=log) as (home, editor):
        breaker = Breaker(editor.text, chance)
        secrets = []
        for number in range(EDITS):
            broken = breaker.next(editor.path)
            secrets.append(broken.secret)
            if chance.random() < 0.5:
                editor.replace(broken.content)
            else:
                editor.path.write_bytes(broken.content)
            words = await told(home, WRONG, number + 1)
            if broken.line is not None:
                assert f"line {broken.line}, " in words, (number, broken.content.decode(errors="replace"), words)
            if number % 20 == 0:
                assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.replace(editor.text)
        await told(home, RIGHT_AGAIN)
        said = home.texts(ADMIN)
        assert sum(WRONG in text for text in said) == EDITS
        assert not any(APPLIED in text for text in said)
        assert await home.say(ME, "Hello") == ["Hello there!"]
    for shown in (*said, *lines.getvalue().splitlines()):
        for secret in (KEY, *secrets):
            assert secret.lower() not in shown.lower(), shown
    assert {chat.headers["authorization"] for chat in model_server.chats} == {f"Bearer {KEY}"}
    assert lines.getvalue().count('"settings_wrong"') >= EDITS


@pytest.mark.usefixtures("in_a_hurry")
async def test_the_same_fault_is_told_again_only_after_it_was_mended(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_live(tmp_path, serving(model_server, "m", "Hello there!")) as (home, editor):
        wrong, other = f"{editor.text}MAX_RETRIES=many\n", f"{editor.text}MAX_RETRIES=few\n"
        editor.replace(wrong)
        await told(home, WRONG)
        editor.replace(other)
        await told(home, WRONG, 2)
        editor.replace(wrong)
        await asyncio.sleep(0.5)  # nothing is to come
        assert sum(WRONG in text for text in home.texts(ADMIN)) == 2
        editor.set(MAX_RETRIES="1")
        assert "MAX_RETRIES: 3 → 1" in await told(home, APPLIED)
        editor.replace(wrong)
        await told(home, WRONG, 3)


@pytest.mark.usefixtures("in_a_hurry")
async def test_each_admin_reads_of_it_in_their_language(tmp_path: Path, model_server: ModelServer) -> None:
    async with open_live(tmp_path, serving(model_server, "m", "Hello there!")) as (home, editor):
        home.page.speak(ADMIN, "ru")
        await home.say(ADMIN, "/help")
        editor.replace(f"{editor.text}\nMAX_RETRIES=many\n")
        assert "строка 4, MAX_RETRIES:" in await told(home, "В файле настроек ошибка.")
        editor.set(MAX_RETRIES="4", ACCESS="approve")
        words = await told(home, "Настройки изменились.")
        assert "MAX_RETRIES: 3 → 4" in words
        assert "решает администратор" in words


@pytest.mark.usefixtures("in_a_hurry")
async def test_a_file_that_is_gone_changes_nothing_and_is_told(
    tmp_path: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.live.settings_file, "EMPTY_SECONDS", 0.1)
    async with open_live(tmp_path, serving(model_server, "m", "Hello there!")) as (home, editor):
        editor.set(MAX_RETRIES="1")
        await told(home, APPLIED)
        editor.path.unlink()
        await told(home, "The settings file is gone.")
        assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.replace(editor.text)
        await told(home, RIGHT_AGAIN)


async def test_a_new_key_is_hidden_in_the_log_from_the_moment_that_it_is_known(
    tmp_path: Path, model_server: ModelServer, written: tuple[Log, io.StringIO]
) -> None:
    log, lines = written
    values = {**serving(model_server, "m", "Hello there!"), "LLM_API_KEY": KEY, "LOG_FORMAT": "json"}
    async with open_live(tmp_path, values, log=log) as (home, editor):
        editor.set(LLM_API_KEY=NEXT_KEY)
        await told(home, APPLIED)
        await home.say(ME, "Hello")
        assert model_server.chats[-1].headers["authorization"] == f"Bearer {NEXT_KEY}"
        structlog.get_logger().info("somebody_tells", old=KEY, new=f"<{NEXT_KEY}>")
        logging.getLogger("library").error("failed with %s and %s", KEY, NEXT_KEY)
    assert "somebody_tells" in lines.getvalue()
    assert "failed with" in lines.getvalue()
    assert KEY not in lines.getvalue()
    assert NEXT_KEY not in lines.getvalue()


async def test_the_level_and_the_form_of_the_log_change_at_once(
    tmp_path: Path, model_server: ModelServer, written: tuple[Log, io.StringIO]
) -> None:
    log, lines = written
    values = {**serving(model_server, "m", "x"), "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}
    async with open_live(tmp_path, values, log=log) as (home, editor):
        editor.set(LOG_LEVEL="WARNING", LOG_FORMAT="console")
        assert "LOG_LEVEL: DEBUG → WARNING" in await told(home, APPLIED)
        structlog.get_logger().info("small")
        structlog.get_logger().warning("large")
    assert "small" not in lines.getvalue()
    [line] = [line for line in lines.getvalue().splitlines() if "large" in line]
    assert not line.startswith("{")


async def test_what_only_the_next_start_can_change_is_named_once_and_opens_no_door(
    tmp_path: Path, model_server: ModelServer
) -> None:
    values = {**serving(model_server, "m", "Hello there!"), "ACCESS": "allowlist", "ALLOWED_IDS": str(ME)}
    async with open_live(tmp_path, values, environ={}) as (home, editor):
        editor.set(BOT_TOKEN="123456789:AAE" + "x" * 32, METRICS_PORT="9464")
        words = await told(home, "next start")
        assert words == "BOT_TOKEN, METRICS_PORT: takes effect at the next start."
        editor.set(MAX_RETRIES="1")
        await told(home, APPLIED)
        assert await home.say(ME, "Hello") == ["Hello there!"]
        editor.set(METRICS_PORT="9465")
        assert (await told(home, "next start", 2)).startswith("METRICS_PORT:")


async def test_a_line_that_the_environment_hides_is_told_to_have_no_effect(
    tmp_path: Path, model_server: ModelServer
) -> None:
    values = serving(model_server, "m", "Hello there!")
    async with open_live(tmp_path, values, environ={"LLM_MODEL": "of-the-environment"}) as (home, editor):
        editor.set(MAX_RETRIES="1")
        await told(home, APPLIED)
        editor.set(LLM_MODEL="other")
        assert (await told(home, "stands in the environment")).startswith("LLM_MODEL:")
        await home.say(ME, "Hello")
        assert model_server.chats[-1].json["model"] == "of-the-environment"
        assert sum(APPLIED in text for text in home.texts(ADMIN)) == 1


def test_a_settings_file_may_be_asked_for_before_anybody_watches_it(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / ".env", {})
    file.ask()
    assert asyncio.run(file.next()).asked
