"""Model servers that are away, strange or too small for it: each is named rightly, with what to do."""

from __future__ import annotations

import ssl

import pytest

from bot.checkup.finding import Matter
from bot.i18n import Texts
from bot.views.checkup import finding_text
from llm.http import make_client
from llm.servers.kinds import FoundServer, ServerKind
from tests.e2e.diagnosing import (
    CERTIFICATE,
    PAGE,
    SECRET,
    Doctor,
    Redirected,
    doctor,
    on,
)
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json

__all__ = ["doctor"]


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
