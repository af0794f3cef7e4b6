"""`domovoy init` as a command without a terminal: flags, a real server, a real Bot API, and what the doctor says."""

from __future__ import annotations

import stat
from pathlib import Path

from bot.playground.server import Playground
from bot.settings import load_settings
from llm.clock import SystemClock
from tests.e2e.test_terminal import domovoy
from tests.fakes import servers
from tests.fakes.model_server import ModelServer

TOKEN = "123456789:AAE" + "x" * 32


async def test_flags_make_a_file_with_which_the_doctor_finds_nothing_amiss(
    tmp_path: Path, model_server: ModelServer
) -> None:
    servers.llama_server(model_server, "tiny-1b", context=8192)
    file = tmp_path / ".env"
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        api = {"TELEGRAM_API_BASE": page.base_url}
        given = ("--env-file", str(file), "init", "--api-base", model_server.base)
        code, text, errors = await domovoy(tmp_path, *given, "--token", TOKEN, **api)
        assert (code, errors) == (0, "")
        assert "Telegram knows the token: @" in text
        assert TOKEN not in text
        settings = load_settings(file, {})
        assert (settings.llm_api_base, settings.llm_model) == (model_server.base, "tiny-1b")
        assert settings.bot_token.get_secret_value() == TOKEN
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        code, text, _ = await domovoy(tmp_path, "--env-file", str(file), "doctor", **api)
        assert (code, "All checks are well" in text) == (0, True), text

        before = file.read_bytes()
        code, text, _ = await domovoy(tmp_path, *given, "--model", "other", **api)
        assert (code, file.read_bytes()) == (1, before)
        assert "--yes overwrites" in text
        code, text, _ = await domovoy(tmp_path, *given, "--token", f"1{TOKEN}", "--yes", **api)
        assert (code, file.read_bytes()) == (2, before)
        assert "does not know this BOT_TOKEN" in text
    assert not model_server.chats
