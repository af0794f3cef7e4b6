"""Speech is written down by a server of its own; each way to fail has its name, and nothing said is logged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from llm.clock import SystemClock
from llm.http import HttpClient, make_client
from llm.transcription import Transcriber, TranscriptionConfig, TranscriptionFailed, TranscriptionProblem
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Reply, Request, Reset, Text

PATH = "/v1/audio/transcriptions"
SOUND = b"OggS\r\n--not the end--\r\n\x00\xff"
P = TranscriptionProblem


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as http:
        yield http


def fields_of(request: Request) -> dict[str, Message]:
    """The parts of a form, by their names."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + request.body).get_payload()
    return {str(part.get_param("name", header="content-disposition")): part for part in parts}


def transcriber(server: ModelServer, http: HttpClient, **more: Any) -> Transcriber:
    config = TranscriptionConfig(more.pop("base", server.base), "whisper-1", SecretStr("sk-secret"))
    return Transcriber(http, SystemClock(), config, **more)


async def heard(one: Transcriber) -> str:
    return await one.transcribe(SOUND, name="voice.ogg", mime="audio/ogg")


async def test_a_recording_goes_as_a_form_and_its_text_comes_back(server: ModelServer, http: HttpClient) -> None:
    server.post[PATH] = Json({"text": " Hello there. "})
    with capture_logs() as logs:
        assert await heard(transcriber(server, http)) == "Hello there."
    [request] = server.chats
    assert request.headers["authorization"] == "Bearer sk-secret"
    fields = fields_of(request)
    assert fields["model"].get_payload() == "whisper-1"
    assert fields["response_format"].get_payload() == "json"
    assert (fields["file"].get_filename(), fields["file"].get_content_type()) == ("voice.ogg", "audio/ogg")
    assert fields["file"].get_payload(decode=True) == SOUND
    assert [line["event"] for line in logs] == ["transcribed"]
    assert "Hello" not in str(logs)


@pytest.mark.parametrize("written", ["{base}/", "{base}/audio/transcriptions", "{url}"])
async def test_the_address_may_be_written_in_several_ways(server: ModelServer, http: HttpClient, written: str) -> None:
    server.post[PATH] = Text("plain words\n")
    base = written.format(base=server.base, url=server.url)
    assert await heard(transcriber(server, http, base=base)) == "plain words"


async def test_a_name_cannot_break_the_form(server: ModelServer, http: HttpClient) -> None:
    server.post[PATH] = Json({"text": "x"})
    await transcriber(server, http).transcribe(SOUND, name='a"\r\nX: y/../\u202eгolос.ogg', mime="audio/ogg")
    assert fields_of(server.chats[0])["file"].get_filename() == "aXy..ol.ogg"


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Json({}, status=401), P.KEY_REFUSED),
        (Json({}, status=404), P.NOT_THERE),
        (Json({}, status=413), P.TOO_LARGE),
        (Json({}, status=400), P.NOT_UNDERSTOOD),
        (Json({}, status=429), P.BUSY),
        (Json({}, status=500), P.BROKEN),
        (Json({}, status=302), P.BROKEN),
        (Json({"text": "  "}), P.NOTHING_SAID),
        (Json({"words": []}), P.BROKEN),
        (Text("<html>"), P.BROKEN),
        (Text("x" * (5 << 20)), P.BROKEN),
        (Reset(), P.BROKEN),
        (Hang(), P.TOO_SLOW),
    ],
)
async def test_each_way_to_fail_has_its_name(
    server: ModelServer, http: HttpClient, reply: Reply, problem: TranscriptionProblem
) -> None:
    server.post[PATH] = reply
    with pytest.raises(TranscriptionFailed) as failed, capture_logs() as logs:
        await heard(transcriber(server, http, longest_seconds=0.3))
    assert failed.value.problem is problem
    assert [(line["event"], line["problem"]) for line in logs] == [("not_transcribed", problem.value)]


async def test_a_server_that_is_not_there(server: ModelServer, http: HttpClient) -> None:
    await server.refuse()
    with pytest.raises(TranscriptionFailed) as failed:
        await heard(transcriber(server, http))
    assert failed.value.problem is P.UNREACHABLE


async def test_it_may_be_taken_away_and_given_back(server: ModelServer, http: HttpClient) -> None:
    server.post[PATH] = Json({"text": "x"})
    one = transcriber(server, http)
    one.work_by(None)
    assert not one.available
    with pytest.raises(TranscriptionFailed) as failed:
        await heard(one)
    assert failed.value.problem is P.NOT_CONFIGURED
    one.work_by(TranscriptionConfig(server.base, "other"))
    assert await heard(one) == "x"
    assert "authorization" not in server.chats[0].headers
