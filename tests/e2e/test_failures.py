"""What people are told when a model fails: a sentence in their language, details for admins only."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.i18n import Texts
from llm.errors import FailureKind
from tests.e2e.conftest import ADMIN, ME, STRANGER, OpenHouse
from tests.e2e.talk import MODEL, kept_attempts, served_by, settled, stored_messages
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Reply, Reset, Sse, Step, Stream, chunk, error, text_chunk

OPENED = chunk({"role": "assistant", "content": ""})
FAULTS: dict[str, tuple[FailureKind, Reply]] = {
    "failure-transport": (FailureKind.TRANSPORT, Reset()),
    "failure-first-token-timeout": (FailureKind.FIRST_TOKEN_TIMEOUT, Hang(after_headers=True)),
    "failure-stream-cut": (FailureKind.TRANSPORT, Sse((OPENED, text_chunk("Half"), 0.05, Step.CLOSE), chunked=False)),
    "failure-rate-limit": (FailureKind.RATE_LIMIT, error("Rate limit reached", status=429)),
    "failure-quota": (
        FailureKind.QUOTA,
        error("You exceeded your current quota", status=429, type_="insufficient_quota", code="insufficient_quota"),
    ),
    "failure-overload": (FailureKind.OVERLOAD, error("busy", status=503)),
    "failure-server-error": (FailureKind.SERVER_ERROR, error("boom", status=500)),
    "failure-auth": (FailureKind.AUTH, error("Incorrect API key provided", status=401)),
    "failure-model-missing": (
        FailureKind.MODEL_MISSING,
        error("The model does not exist", status=404, code="model_not_found"),
    ),
    "failure-model-loading": (
        FailureKind.MODEL_LOADING,
        error("Loading model", status=503, type_="unavailable_error", code=503),
    ),
    "failure-context-overflow": (
        FailureKind.CONTEXT_OVERFLOW,
        error("This model's maximum context length is 512 tokens", status=400, code="context_length_exceeded"),
    ),
    "failure-content-filter": (FailureKind.CONTENT_FILTER, error("filtered", status=400, code="content_filter")),
    "failure-bad-request": (FailureKind.BAD_REQUEST, error("something is wrong", status=400)),
    "failure-invalid-output": (FailureKind.INVALID_OUTPUT, Stream("", tokens=())),
}


@pytest.mark.parametrize("key", FAULTS)
async def test_every_kind_of_failure_has_its_words_and_only_admins_see_details(
    house: OpenHouse, model_server: ModelServer, key: str
) -> None:
    english, russian = (Texts().translator(language) for language in ("en", "ru"))
    kind, reply = FAULTS[key]
    async with house(**served_by(model_server, TIMEOUT_SECONDS="0.3", MAX_RETRIES="0")) as home:
        home.page.speak(STRANGER, "ru")
        home.page.speak(ADMIN, "ru")
        model_server.otherwise(reply)
        said = await asyncio.gather(*(home.say(person_id, "Hello") for person_id in (ME, STRANGER, ADMIN)))
        part = "Half\n\n" if key == "failure-stream-cut" else ""
        assert [said[0][0][: len(part + english(key))]] == [part + english(key)]
        assert [said[1][0][: len(part + russian(key))]] == [part + russian(key)]
        # An admin may also be told which setting to mend.
        await home.page.wait_for(lambda: any(kind.value in text for text in home.texts(ADMIN)))
        (details,) = (text for text in home.texts(ADMIN) if kind.value in text)
        assert details.startswith(part + russian(key))
        assert f"127.0.0.1:{model_server.port}" in details
        rows = await kept_attempts(home.app.database, 1)
        assert {row.failure for row in rows} == {kind}
        told = {text for role, _, text in await stored_messages(home.app.database) if role == "assistant"}
        assert told <= {"Half"}, "words about a failure are no part of the conversation"


async def test_a_server_that_is_away_at_the_start_is_told_of_and_used_when_it_comes(
    house: OpenHouse, model_server: ModelServer
) -> None:
    settings = served_by(model_server)
    await model_server.refuse()
    async with house(**settings) as home:
        (said,) = await home.say(ME, "Hello?")
        assert said.startswith("The model server does not answer")
        await model_server.listen()
        assert await home.say(ME, "And now?") == ["Hello there!"]


async def test_a_model_that_is_not_named_is_found_when_the_server_comes(
    house: OpenHouse, model_server: ModelServer
) -> None:
    base = served_by(model_server)["LLM_API_BASE"]
    await model_server.refuse()
    async with house(LLM_API_BASE=base) as home:
        (said,) = await home.say(ME, "Hello?")
        assert said.startswith("The model server does not answer")
        (start,) = await home.say(ME, "/start")
        assert "No model can answer right now" in start
        await model_server.listen()
        await home.app.models.refresh()
        assert await home.say(ME, "And now?") == ["Hello there!"]


async def test_a_fault_of_the_bot_itself_gives_a_number_and_no_silence(
    house: OpenHouse, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(**served_by(model_server)) as home:

        async def broken(*_: Any) -> None:
            raise RuntimeError("a fault")

        monkeypatch.setattr(home.app.running, "stop", broken)
        (said,) = await home.say(ME, "/stop")
        assert said.startswith("Something broke on my side.")
        home.page.speak(STRANGER, "ru")
        (words,) = await home.say(STRANGER, "/new")
        assert words.startswith("У меня что-то сломалось.")
        for _ in range(3):
            home.page.say(ME, "/stop")
        await settled(home)
        assert home.texts(ME) == [said], "once a minute in each chat"
        monkeypatch.undo()
        await settled(home)
        assert await home.say(ME, "Hello") == ["Hello there!"]


async def test_who_blocks_the_bot_is_left_alone_and_answered_when_back(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.say(ME, "Hello")
        home.page.block(ME)
        await settled(home)
        assert home.texts(ME) == []
        home.page.block(ME, blocked=False)
        assert await home.say(ME, "I am back") == ["Hello there!"]


async def test_the_start_shows_each_server_that_is_asked_and_whether_it_is_there(
    house: OpenHouse, model_server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    served_by(model_server)
    dead = {"PRIMARY_MODEL__NAME": "big[red]", "PRIMARY_MODEL__API_BASE": "http://127.0.0.1:9/v1"}
    backed = {"FALLBACK_MODELS__0__NAME": MODEL, "FALLBACK_MODELS__0__API_BASE": model_server.base}
    async with house(**dead, **backed):
        rows = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert rows == [
        ["Server", "Kind", "Model", "Context", "Note"],
        ["→", "127.0.0.1:9", "generic", "big[red]", "?", "does", "not", "answer"],
        ["+", f"127.0.0.1:{model_server.port}", "localai", MODEL, "?"],
    ]
