"""Broken set-ups, each of which has to be named rightly, with what to do, and nothing else with it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from bot.checkup.checkup import Surroundings
from bot.checkup.finding import Level, Matter, Report, report_of
from bot.checkup.settings import wrong_settings
from bot.errors import SettingsError
from bot.i18n import LANGUAGES, Texts
from bot.playground.server import Playground
from bot.settings import load_settings
from bot.settings.env_file import read_env
from bot.terminal_checkup import look_at_all
from bot.views.checkup import finding_text, mend_text, report_values
from llm.clock import SystemClock
from llm.demo import demo_mounts
from llm.http import AsyncTransport, HttpClient, Request, Response, make_client
from llm.servers.kinds import FoundServer, ServerKind
from storage import open_database
from storage.migrations import REVISIONS
from storage.migrations.runner import migrate
from tests.e2e.conftest import ADMIN, OpenHouse, find_nothing
from tests.e2e.living import APPLIED, open_live, serving, told
from tests.e2e.talk import served_by, until
from tests.e2e.test_terminal import domovoy
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Text

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


# --- nothing is broken


async def test_a_good_set_up_has_nothing_amiss(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "tiny-1b", context=8192)
    async with (
        Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page,
        open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()),
    ):
        report = await doctor.finds(code=0, mend="", environ={**on(model_server), **telegram(page.base_url)})
    good = {Matter.SETTINGS_GOOD, Matter.TELEGRAM_GOOD, Matter.MODEL_GOOD, Matter.DATABASE_IN_USE, Matter.DISK_GOOD}
    assert {one.matter for one in report.findings} == {*good, Matter.CLOCK_GOOD}
    assert not model_server.chats  # no model is asked for an answer


# --- Telegram


async def test_a_wrong_token(doctor: Doctor) -> None:
    async with Playground("127.0.0.1", 0, f"1{TOKEN}", SystemClock()) as page:
        await doctor.finds(Matter.TELEGRAM_TOKEN, code=1, mend="@BotFather", environ=telegram(page.base_url))


async def test_telegram_out_of_reach(doctor: Doctor) -> None:
    environ = telegram(f"http://127.0.0.1:{free_port()}")
    await doctor.finds(Matter.TELEGRAM_AWAY, code=1, mend="internet", environ=environ)


async def test_a_name_that_nobody_knows(doctor: Doctor) -> None:
    environ = telegram("http://telegram.invalid")
    await doctor.finds(Matter.TELEGRAM_NO_NAME, code=1, mend="DNS", environ=environ)


async def test_a_login_page_in_the_place_of_telegram(doctor: Doctor, model_server: ModelServer) -> None:
    model_server.not_found = PAGE
    await doctor.finds(Matter.TELEGRAM_NOT_JSON, code=1, mend="proxy", environ=telegram(model_server.url))


async def test_telegram_with_troubles_of_its_own(doctor: Doctor) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        page.faults.not_json("getMe")
        await doctor.finds(Matter.TELEGRAM_TROUBLE, code=1, mend="try again", environ=telegram(page.base_url))


async def test_a_bot_api_server_that_never_answers(doctor: Doctor) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        page.faults.hang("getMe")
        environ = telegram(page.base_url)
        await doctor.finds(Matter.CHECK_LATE, code=0, mend="firewall", environ=environ, seconds=0.5)


async def test_an_old_bot_api_server(doctor: Doctor) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        page.faults.unknown("sendMessageDraft", "sendRichMessage")
        environ = telegram(page.base_url)
        await doctor.finds(Matter.TELEGRAM_OLD, code=0, mend="does not know sendMessageDraft", environ=environ)


@pytest.mark.parametrize("ours", [False, True])
async def test_a_webhook_that_is_in_the_way_or_fails(doctor: Doctor, model_server: ModelServer, ours: bool) -> None:
    def method(name: str, result: object) -> None:
        for methods in (model_server.get, model_server.post):
            methods[f"/bot{TOKEN}/{name}"] = Json({"ok": True, "result": result})

    method("getMe", {"username": "house_bot"})
    method("sendMessageDraft", {})
    method("sendRichMessage", {})
    failed = {"last_error_date": int(SystemClock().now().timestamp()) - 5, "last_error_message": "Connection refused"}
    method("getWebhookInfo", {"url": "https://other.example/hook", **failed})
    environ = telegram(model_server.url)
    if ours:
        environ |= {"WEBHOOK_URL": "https://me.example", "WEBHOOK_SECRET": SECRET, "WEBHOOK_PORT": str(free_port())}
        matters = [Matter.TELEGRAM_WEBHOOK_FAILS]
        await doctor.finds(*matters, code=0, mend="Connection refused", environ=environ)
    else:
        await doctor.finds(Matter.TELEGRAM_WEBHOOK_SET, code=0, mend="other.example", environ=environ)


@pytest.mark.parametrize(
    ("ahead", "matter", "code"),
    [(timedelta(minutes=5), Matter.CLOCK_OFF, 0), (timedelta(days=-400), Matter.CLOCK_FAR_OFF, 1)],
)
async def test_a_wrong_clock(doctor: Doctor, ahead: timedelta, matter: Matter, code: int) -> None:
    async with Playground("127.0.0.1", 0, TOKEN, SystemClock()) as page:
        environ, clock = telegram(page.base_url), OtherClock(ahead)
        await doctor.finds(matter, code=code, mend="timedatectl", environ=environ, clock=clock)


# --- settings


async def test_a_misspelt_variable(doctor: Doctor) -> None:
    doctor.env_file.write_text(f"# mine\nBOT_TOKN={TOKEN}\n")
    report = await doctor.finds(Matter.SETTINGS_WRONG, code=2, mend="did you mean BOT_TOKEN?")
    assert "(line 2)" in finding_text(Texts().translator("en"), report.findings[0])


async def test_a_line_that_nobody_reads(doctor: Doctor) -> None:
    doctor.env_file.write_text("HEDGE=true\n")
    await doctor.finds(Matter.SETTINGS_NO_SUCH, code=0, mend="HEDGING")


async def test_a_misspelt_name_in_the_environment(doctor: Doctor) -> None:
    environ = {"ADMIN_IDD": "1", "UNRELATED": "x"}
    await doctor.finds(Matter.SETTINGS_MISSPELT, code=0, mend="ADMIN_IDS", environ=environ)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of Unix")
async def test_secrets_that_others_can_read(doctor: Doctor) -> None:
    doctor.env_file.write_text(f"LLM_API_KEY={SECRET}\n")
    doctor.env_file.chmod(0o644)
    await doctor.finds(Matter.SETTINGS_OPEN_FILE, Matter.MODEL_NOT_FOUND, code=1, mend="chmod 600")
    doctor.env_file.chmod(0o600)
    await doctor.finds(Matter.MODEL_NOT_FOUND, code=1, mend="LLM_API_BASE")


async def test_a_fallback_that_is_the_primary_model_again(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "tiny-1b", context=8192)
    again = {"FALLBACK_MODELS__0__NAME": "tiny-1b", "FALLBACK_MODELS__0__API_BASE": f"{model_server.url}/"}
    environ = {**on(model_server), **again}
    await doctor.finds(Matter.SETTINGS_SAME_MODEL, code=0, mend="FALLBACK_MODELS__0", environ=environ)


async def test_a_webhook_without_https(doctor: Doctor) -> None:
    environ = {"WEBHOOK_URL": "http://me.example", "WEBHOOK_SECRET": SECRET, "WEBHOOK_PORT": str(free_port())}
    matters = [Matter.WEBHOOK_NO_HTTPS]
    await doctor.finds(*matters, code=1, mend="https://", environ=environ)


@pytest.mark.parametrize("variable", ["PLAYGROUND_PORT", "METRICS_PORT"])
async def test_a_port_that_is_taken(doctor: Doctor, variable: str) -> None:
    with taken_port() as port:
        await doctor.finds(Matter.PORT_TAKEN, code=1, mend=f"Set {variable}", environ={variable: str(port)})


# --- models


async def test_a_model_server_that_is_down(doctor: Doctor, model_server: ModelServer) -> None:
    await model_server.refuse()
    await doctor.finds(Matter.MODEL_AWAY, code=1, mend="Start the server", environ=on(model_server))


async def test_a_server_that_is_down_while_another_one_runs(doctor: Doctor, model_server: ModelServer) -> None:
    await model_server.refuse()

    async def find_one() -> tuple[FoundServer, ...]:
        return (FoundServer(ServerKind.OLLAMA, "http://127.0.0.1:11434/v1"),)

    matters = [Matter.MODEL_AWAY, Matter.MODEL_ELSEWHERE]
    mend = "LLM_API_BASE=http://127.0.0.1:11434/v1"
    await doctor.finds(*matters, code=1, mend=mend, environ=on(model_server), search=find_one)


async def test_a_server_whose_name_is_misspelt(doctor: Doctor) -> None:
    environ = {"LLM_API_BASE": "http://olama.invalid:11434/v1", "LLM_MODEL": "qwen3:8b"}
    await doctor.finds(Matter.MODEL_NO_NAME, code=1, mend="LLM_API_BASE is spelt right", environ=environ)


async def test_a_certificate_that_nobody_vouches_for(doctor: Doctor) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)
    async with ModelServer(tls) as server:
        await doctor.finds(Matter.MODEL_TLS, code=1, mend="http://", environ=on(server))


async def test_a_port_on_which_something_else_listens(doctor: Doctor, model_server: ModelServer) -> None:
    model_server.get["/"] = model_server.not_found = PAGE
    await doctor.finds(Matter.MODEL_NOT_A_SERVER, code=1, mend="LLM_API_BASE", environ=on(model_server))


async def test_a_model_that_is_missing(doctor: Doctor, model_server: ModelServer) -> None:
    servers.ollama(model_server, "llama3.2:3b", context=8192)
    environ = on(model_server, "qwen3:8b")
    await doctor.finds(Matter.MODEL_MISSING, code=1, mend="ollama pull qwen3:8b", environ=environ)


async def test_a_server_without_a_model(doctor: Doctor, model_server: ModelServer) -> None:
    servers.ollama_empty(model_server)
    await doctor.finds(Matter.MODEL_NONE, code=1, mend="ollama pull", environ=on(model_server))


async def test_a_model_that_is_called_otherwise(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "tiny-chat", context=8192)
    await doctor.finds(Matter.MODEL_OTHER_NAME, code=0, mend="LLM_MODEL=tiny-chat", environ=on(model_server))


async def test_a_server_that_is_still_loading(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server_loading(model_server)
    await doctor.finds(Matter.MODEL_LOADING, code=0, mend="Wait a little", environ=on(model_server))


async def test_a_key_that_is_refused(doctor: Doctor, model_server: ModelServer) -> None:
    model_server.get["/v1/models"] = Json({"error": {"message": "Incorrect API key"}}, status=401)
    environ = {"FALLBACK_MODELS__0__API_KEY": SECRET, "FALLBACK_MODELS__0__NAME": "m"}
    environ |= {"FALLBACK_MODELS__0__API_BASE": model_server.base}
    await doctor.finds(Matter.MODEL_KEY, code=1, mend="FALLBACK_MODELS__0__API_KEY", environ=environ)


@pytest.mark.parametrize(
    ("base", "page", "key", "matter", "code"),
    [
        ("https://api.openai.com/v1", "/v1/models", SECRET, Matter.MODEL_KEY, 1),
        ("https://openrouter.ai/api/v1", "/api/v1/key", SECRET, Matter.MODEL_KEY, 1),
        ("https://api.openai.com/v1", "", "", Matter.MODEL_KEY, 1),
        ("https://api.openai.com/v1", "", SECRET, Matter.MODEL_MISSING, 1),
    ],
)
async def test_a_cloud_that_refuses(
    doctor: Doctor, model_server: ModelServer, base: str, page: str, key: str, matter: Matter, code: int
) -> None:
    cloud = model_server
    cloud.get["/v1/models"] = Json({"object": "list", "data": [{"id": "gpt-small", "object": "model"}]})
    cloud.get["/api/v1/models"] = cloud.get["/v1/models"]
    if page:
        cloud.get[page] = Json({"error": {"message": "no"}}, status=401)
    async with make_client() as plain:
        environ = {"LLM_API_BASE": base, "LLM_MODEL": "gpt-large", "LLM_API_KEY": key}
        mounts = {"https://": Redirected(plain, cloud)}
        await doctor.finds(matter, code=code, mend="LLM_", environ=environ, mounts=mounts)
        if matter is Matter.MODEL_MISSING:
            report = await doctor.report(
                {**environ, "LLM_MODEL": "gpt-small"}, mounts={"https://": Redirected(plain, cloud)}
            )
            assert Matter.MODEL_CLOUD in {one.matter for one in report.findings}


async def test_a_context_that_holds_no_conversation(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "tiny-1b", context=512)
    await doctor.finds(Matter.MODEL_CONTEXT_SMALL, code=0, mend="-c 8192", environ=on(model_server))


async def test_a_context_that_is_configured_above_what_there_is(doctor: Doctor, model_server: ModelServer) -> None:
    servers.koboldcpp(model_server, "koboldcpp/tiny-chat", context=8192)
    environ = on(model_server, "koboldcpp/tiny-chat", PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT="32768")
    mend = "PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT=8192"
    report = await doctor.finds(Matter.MODEL_CONTEXT_ABOVE, code=0, mend=mend, environ=environ)
    [found] = [one for one in report.findings if one.matter is Matter.MODEL_CONTEXT_ABOVE]
    assert "without a word" in finding_text(Texts().translator("en"), found)


async def test_a_server_that_cuts_in_silence_and_tells_no_length(doctor: Doctor, model_server: ModelServer) -> None:
    servers.textgen(model_server, "tiny-chat.gguf")
    environ = on(model_server, "tiny-chat.gguf")
    await doctor.finds(Matter.MODEL_SILENT_CUT, code=0, mend="MAX_CONTEXT", environ=environ)
    told = {**environ, "PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT": "8192"}
    await doctor.finds(code=0, mend="", environ=told)


async def test_a_model_without_a_system_role(doctor: Doctor, model_server: ModelServer) -> None:
    servers.llama_server(model_server, "tiny-1b", context=8192, system_role=False)
    await doctor.finds(Matter.MODEL_NO_SYSTEM, code=0, mend="persona", environ=on(model_server))


async def test_a_model_server_that_never_answers(doctor: Doctor, model_server: ModelServer) -> None:
    model_server.not_found = Hang()
    await doctor.finds(Matter.CHECK_LATE, code=0, mend="firewall", environ=on(model_server), seconds=0.5)


async def test_a_server_for_speech_that_is_away_or_refuses_the_key(doctor: Doctor, model_server: ModelServer) -> None:
    environ = {"TRANSCRIPTION_API_BASE": model_server.base, "TRANSCRIPTION_API_KEY": SECRET}
    await doctor.finds(code=0, mend="", environ=environ)
    model_server.get["/v1/models"] = Json({"error": {"message": "no"}}, status=401)
    await doctor.finds(Matter.SPEECH_KEY, code=1, mend="TRANSCRIPTION_API_KEY", environ=environ)
    await model_server.refuse()
    await doctor.finds(Matter.SPEECH_AWAY, code=1, mend="TRANSCRIPTION_API_BASE", environ=environ)


# --- database and disk


async def test_a_database_that_another_program_holds(doctor: Doctor) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    with closing(sqlite3.connect(doctor.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await doctor.finds(Matter.DATABASE_LOCKED, code=1, mend="lsof")
        other.execute("ROLLBACK")
    await doctor.finds(code=0, mend="")
    # Nothing of ours is left beside it, which might belong to another user than the bot's.
    assert sorted(path.name for path in doctor.folder.iterdir()) == ["bot.db", "bot.db.lock"]


def overwritten(file: Path) -> None:
    """A page in its middle is not what it was."""
    with file.open("r+b") as writing:
        writing.seek(8192)
        writing.write(b"\xff" * 4096)


@pytest.mark.parametrize("damage", [lambda file: file.write_bytes(b"no database" * 500), overwritten])
async def test_a_damaged_database(doctor: Doctor, damage: Callable[[Path], None]) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    damage(doctor.database)
    await doctor.finds(Matter.DATABASE_BROKEN, code=1, mend="backup")


async def test_a_database_of_a_newer_version(doctor: Doctor) -> None:
    async with open_database(f"sqlite+aiosqlite:///{doctor.database}", SystemClock()):
        pass
    with closing(sqlite3.connect(doctor.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await doctor.finds(Matter.DATABASE_TOO_NEW, code=1, mend=REVISIONS[-1])


async def test_a_database_of_an_earlier_version(doctor: Doctor) -> None:
    url = make_url(f"sqlite+aiosqlite:///{doctor.database}")
    await asyncio.to_thread(migrate, url)
    await asyncio.to_thread(migrate, url, to=REVISIONS[0])
    await doctor.finds(Matter.DATABASE_OLDER, code=0, mend="next start")


async def test_a_folder_that_can_not_be_written(doctor: Doctor) -> None:
    given = {"can_write": lambda path: path != doctor.folder}
    await doctor.finds(Matter.DATABASE_READ_ONLY, code=1, mend="chown", **given)


@pytest.mark.skipif(os.name != "posix" or not os.getuid(), reason="root may write everywhere")
async def test_a_folder_without_the_right_to_write(doctor: Doctor) -> None:
    doctor.folder.chmod(0o500)
    await doctor.finds(Matter.DATABASE_READ_ONLY, code=1, mend="chown")


async def test_a_file_in_the_place_of_the_folder(doctor: Doctor) -> None:
    (doctor.folder / "data").write_text("")
    doctor.database = doctor.folder / "data" / "bot.db"
    await doctor.finds(Matter.DATABASE_UNUSABLE, code=1, mend="DATABASE_URL")


async def test_a_database_server_that_is_away_or_has_no_driver(doctor: Doctor) -> None:
    environ = {"DATABASE_URL": f"postgresql+asyncpg://me:{SECRET}@127.0.0.1:{free_port()}/bot"}
    await doctor.finds(Matter.DATABASE_UNUSABLE, code=1, mend="user and password", environ=environ)


@pytest.mark.parametrize(("free", "matter", "code"), [(10**8, Matter.DISK_LOW, 0), (10**6, Matter.DISK_FULL, 1)])
async def test_a_full_disk(doctor: Doctor, free: int, matter: Matter, code: int) -> None:
    await doctor.finds(matter, code=code, mend="Make room", free_of=lambda _: free)


# --- the command, and the bot about itself


async def test_the_command_tells_machines_and_people_with_its_exit_code(
    tmp_path: Path, model_server: ModelServer
) -> None:
    await model_server.refuse()
    code, text, errors = await domovoy(tmp_path, "doctor", "--json", **on(model_server), PLAYGROUND_PORT="0")
    values = json.loads(text)
    assert (code, values["exit_code"], values["level"], errors) == (1, 1, "broken", "")
    [broken] = [one for one in values["findings"] if one["level"] == "broken"]
    assert (broken["subject"], broken["key"]) == ("models", "model-away")
    assert broken["mend"]
    assert SECRET not in text
    code, text, _ = await domovoy(tmp_path, "doctor", PLAYGROUND_PORT="0", **on(model_server))
    assert code == 1
    assert "Broken: 1" in text
    code, text, _ = await domovoy(tmp_path, "doctor", ACCESS="everybody")
    assert code == 2
    assert "ACCESS" in text
    code, text, _ = await domovoy(tmp_path, "doctor", "--json", PLAYGROUND_PORT="no port")
    assert (code, json.loads(text)["level"]) == (2, "settings")


async def test_a_bot_that_is_at_work_is_left_at_work(
    house: OpenHouse, model_server: ModelServer, tmp_path: Path
) -> None:
    settings = served_by(model_server)
    async with house(**settings) as home:
        port = str(home.page.base_url.rpartition(":")[2])
        code, text, _ = await domovoy(tmp_path, "doctor", "--json", **{**settings, "PLAYGROUND_PORT": port})
        keys = {one["key"] for one in json.loads(text)["findings"]}
        assert (code, "database-in-use" in keys, "port-taken" in keys) == (0, True, False)
        await home.say(ADMIN, "Hello")


async def test_health_says_what_is_amiss_and_what_to_do(house: OpenHouse, model_server: ModelServer) -> None:
    servers.textgen(model_server, "tiny-chat.gguf")
    async with house(**on(model_server, "tiny-chat.gguf")) as home:
        [text] = await home.say(ADMIN, "/health")
        assert "To be looked at: 1" in text
        assert "PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT" in text
    async with house(**on(model_server, "tiny-chat.gguf"), PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT="8192") as home:
        [text] = await home.say(ADMIN, "/health")
        assert "All checks are well" in text


async def test_the_log_of_the_start_says_the_same(house: OpenHouse, model_server: ModelServer) -> None:
    servers.textgen(model_server, "tiny-chat.gguf")
    with capture_logs() as logs:
        async with house(**on(model_server, "tiny-chat.gguf")):

            async def logged() -> bool:
                return any(event["event"] == "checkup" for event in logs)

            await until(logged)
    [found] = [event for event in logs if event["event"] == "checkup"]
    assert (found["log_level"], found["about"]) == ("warning", "model-silent-cut")
    assert "PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT" in found["mend"]


async def test_health_is_about_the_settings_that_are_in_force_now(tmp_path: Path, model_server: ModelServer) -> None:
    values = serving(model_server, "tiny-1b", "Hello")
    async with open_live(tmp_path, values) as (home, editor):
        editor.path.chmod(0o600)
        [text] = await home.say(ADMIN, "/health")
        assert "All checks are well" in text
        editor.set(FALLBACK_MODELS__0__NAME="tiny-1b", FALLBACK_MODELS__0__API_BASE=model_server.base)
        await told(home, APPLIED)
        [text] = await home.say(ADMIN, "/health")
        assert "FALLBACK_MODELS__0 is the same model" in text
