"""What examines set-ups that are broken in some way: one doctor for each test, in a folder of its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.checkup.checkup import Surroundings
from bot.checkup.finding import Level, Matter, Report, report_of
from bot.checkup.settings import wrong_settings
from bot.errors import SettingsError
from bot.i18n import LANGUAGES, Texts
from bot.settings import load_settings
from bot.settings.env_file import read_env
from bot.terminal_checkup import look_at_all
from bot.views.checkup import finding_text, mend_text, report_values
from llm.clock import SystemClock
from llm.demo import demo_mounts
from llm.http import AsyncTransport, HttpClient, Request, Response, make_client
from tests.e2e.conftest import find_nothing
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Text

TOKEN = "123456789:AAE" + "x" * 32
SECRET = "sk-never-to-be-seen"
CERTIFICATE = Path(__file__).parents[1] / "data" / "localhost.pem"
PAGE = Text("<html>Please log in</html>", content_type="text/html")


class OtherClock(SystemClock):
    """Is ahead of the true time."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


class Redirected(AsyncTransport):
    """Leads what goes to a cloud to a server of this machine."""

    def __init__(self, http: HttpClient, server: ModelServer) -> None:
        self._http = http
        self._server = server

    async def handle_async_request(self, request: Request) -> Response:
        return await self._http.request(
            request.method,
            self._server.url + request.url.path,
            headers={"Authorization": request.headers["authorization"]},
        )


class Doctor:
    """Examines a set-up in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "bot.db"
        self.env_file = folder / ".env"

    async def report(
        self, environ: Mapping[str, str] | None = None, *, clock: SystemClock | None = None, **around: Any
    ) -> Report:
        """All that is found with this environment, and the file as it is there."""
        own = {"PLAYGROUND_PORT": "0", "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}", **(environ or {})}
        clock = clock or SystemClock()
        try:
            settings = load_settings(self.env_file, own)
        except SettingsError as error:
            return report_of(wrong_settings(error.problems))
        mounts = {**demo_mounts(clock), **around.pop("mounts", {})}
        async with make_client(mounts=mounts) as http:
            seen = Surroundings(http, clock, find_nothing, read_env(self.env_file), self.env_file, own)
            return await look_at_all(settings, replace(seen, **around))

    async def finds(self, *matters: Matter, code: int, mend: str, **given: Any) -> Report:
        """Nothing but these is amiss or noted; what to do says this; no secret is shown in any language."""
        report = await self.report(**given)
        amiss = [one for one in report.findings if one.level > Level.GOOD and one.matter is not Matter.MODEL_DEMO]
        assert {one.matter for one in amiss} == set(matters)
        assert report.exit_code == code
        for language in LANGUAGES:
            t = Texts().translator(language)
            assert all(finding_text(t, one) and mend_text(t, one) for one in amiss)
            shown = json.dumps(report_values(t, report, "1"), default=str)
            assert TOKEN not in shown
            assert TOKEN[10:] not in shown
            assert SECRET not in shown
        words = Texts().translator("en")
        assert mend in " ".join(f"{finding_text(words, one)} {mend_text(words, one)}" for one in amiss)
        return report


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    return Doctor(tmp_path)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def on(server: ModelServer, model: str = "tiny-1b", **more: str) -> dict[str, str]:
    """The three lines for a model of this server."""
    return {"LLM_API_BASE": server.base, "LLM_MODEL": model, "LLM_API_KEY": SECRET, **more}


def telegram(base: str, **more: str) -> dict[str, str]:
    return {"BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": base, **more}
