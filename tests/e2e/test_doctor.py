"""Broken set-ups, each of which has to be named rightly, with what to do, and nothing else with it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.checkup.finding import Matter
from bot.i18n import Texts
from bot.playground.server import Playground
from bot.views.checkup import finding_text
from llm.clock import SystemClock
from storage import open_database
from tests.e2e.conftest import ADMIN, OpenHouse
from tests.e2e.diagnosing import (
    PAGE,
    SECRET,
    TOKEN,
    Doctor,
    OtherClock,
    doctor,
    free_port,
    on,
    taken_port,
    telegram,
)
from tests.e2e.living import APPLIED, open_live, serving, told
from tests.e2e.talk import served_by, until
from tests.e2e.test_terminal import domovoy
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json

__all__ = ["doctor"]


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
