"""The same figures in a terminal, beside a bot that is at work, and for Prometheus."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.errors import StartError
from tests.e2e.conftest import ME, OpenHouse
from tests.e2e.talk import kept_attempts, nothing_left, served_by
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream, error


async def domovoy(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command."""
    environ = {"PATH": "/usr/bin:/bin", "COLUMNS": "160", **settings}
    environ.setdefault("DATABASE_URL", f"sqlite+aiosqlite:///{folder}/bot.db")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=Path(__file__).parent.parent.parent,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


async def test_the_terminal_shows_the_figures_while_the_bot_runs(
    house: OpenHouse, model_server: ModelServer, tmp_path: Path
) -> None:
    settings = served_by(model_server, MAX_RETRIES="0")
    async with house(**settings) as home:
        model_server.script(Stream("a b c", prompt_tokens=1000), error("boom", status=500))
        await home.say(ME, "Hello")
        await home.say(ME, "Hello")
        await kept_attempts(home.app.database, 2)
        code, table, errors = await domovoy(tmp_path, "stats", "--period", "7d")
        assert (code, errors) == (0, "")
        assert "The last 7 days" in table
        assert "tiny-1b 2 50.0%" in " ".join(table.split())
        code, text, _ = await domovoy(tmp_path, "stats", "tiny-1b", "--json")
        [stats] = json.loads(text)
        assert (stats["requests_count"], stats["total_tokens"], stats["failures"]) == (2, 1003, {"server_error": 1})
        code, text, _ = await domovoy(tmp_path, "stats", "--task", "augmentation", "--json")
        assert json.loads(text) == []
        code, text, _ = await domovoy(tmp_path, "errors", "--json")
        [group] = json.loads(text)
        assert (group["kind"], group["count"], group["status"]) == ("server_error", 1, 500)
        assert "fault of the server" in (await domovoy(tmp_path, "errors"))[1]
        code, text, _ = await domovoy(tmp_path, "models", **settings)
        assert f"→ {model_server.base.split('/')[2]} localai tiny-1b" in " ".join(text.split())
        code, text, _ = await domovoy(tmp_path, "models", "--json", **settings)
        assert [(row["model"], row["state"], row["chosen"]) for row in json.loads(text)] == [("tiny-1b", "up", True)]


async def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    for question in ("stats", "errors"):
        code, output, errors = await domovoy(tmp_path, question)
        assert (code, output) == (1, "")
        assert "there is no database yet" in errors
        assert not (tmp_path / "bot.db").exists()


async def test_prometheus_finds_the_figures(house: OpenHouse, model_server: ModelServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with house(**served_by(model_server, MAX_RETRIES="0", METRICS_PORT=str(port))) as home:
        model_server.script(Stream("a b c", prompt_tokens=1000), error("boom", status=500))
        await home.say(ME, "Hello")
        await home.say(ME, "Hello")
        await nothing_left(home)
        page = await asyncio.to_thread(
            lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        )
        server = model_server.base.split("/")[2]
        labels = f'gen_ai_operation_name="chat",gen_ai_request_model="tiny-1b",server_address="{server}"'
        for line in (
            f'gen_ai_client_operation_duration_seconds_count{{error_type="",{labels}}} 1.0',
            f'gen_ai_client_operation_duration_seconds_count{{error_type="server_error",{labels}}} 1.0',
            f"gen_ai_server_time_to_first_token_seconds_count{{{labels}}} 1.0",
            f"gen_ai_client_token_usage_sum{{{labels.replace(',gen_ai_request', ',gen_ai_request')}"
            f',gen_ai_token_type="input"}} 1000.0',
            f'domovoy_model_state{{gen_ai_request_model="tiny-1b",server_address="{server}",state="closed"}} 1.0',
            "domovoy_updates_waiting 0.0",
        ):
            assert sorted(line) in [sorted(one) for one in page.splitlines()], line
        well = json.loads(
            await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read())
        )
        assert (well["ok"], well["ills"]) == (True, [])
        assert "process_resident_memory_bytes" in page or sys.platform != "linux"
        with pytest.raises(StartError, match="METRICS_PORT"):
            async with house(DATABASE_URL=f"sqlite+aiosqlite:///{home.app.database.file}2", METRICS_PORT=str(port)):
                pass
