"""The language-model layer asks a real llama-server directly: JSON, discovery, streams."""

from __future__ import annotations

import json

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient
from llm.preparation import ServedModel
from llm.routing.continuation import Continuation
from llm.servers.discover import choose, discover
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.types import ChatRequest, Finished, FinishReason, JsonOutput, Message, Role, TextDelta, UsageReport
from tests.engine.engine import CONTEXT, MODEL, Engine, free_port

pytestmark = pytest.mark.engine

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def asking(text: str, output: JsonOutput | None = None) -> ChatRequest:
    return ChatRequest((Message(Role.USER, text),), json=output, max_tokens=200)


async def test_json_mode_gives_an_object(client: LLMClient):
    result = await client.chat(asking("hello", JsonOutput()))
    assert isinstance(json.loads(result.text), dict)


async def test_json_schema_is_kept_to(client: LLMClient):
    result = await client.chat(asking("Extract name and age as JSON: Oleg is 57 years old.", JsonOutput(PERSON)))
    assert json.loads(result.text) == {"name": "Oleg", "age": 57}


async def test_system_message_is_followed(client: LLMClient):
    system = Message(Role.SYSTEM, "Always answer in uppercase.")
    result = await client.chat(ChatRequest((system, Message(Role.USER, "hello"))))
    assert result.text
    assert result.text == result.text.upper()


async def test_stream_is_the_whole_answer_in_pieces(client: LLMClient):
    events = [event async for event in client.stream(asking("Count from 1 to 12"))]
    pieces = [event.text for event in events if isinstance(event, TextDelta)]
    [usage] = [event.usage for event in events if isinstance(event, UsageReport)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert len(pieces) > 3
    assert last.result.text == "".join(pieces)
    assert last.result.finish_reason is FinishReason.STOP
    assert 0 < usage.completion_tokens < 200


async def test_limit_of_tokens_is_kept(client: LLMClient):
    result = await client.chat(ChatRequest((Message(Role.USER, "Say banana forever"),), max_tokens=5))
    assert result.finish_reason is FinishReason.LENGTH
    assert result.usage is not None
    assert result.usage.completion_tokens == 5


async def test_discovery_recognises_it_and_its_context(engine: Engine, http: HttpClient):
    [found] = await discover(http, ports={engine.port, free_port()})
    assert (found.kind, found.api_base, found.state) == (ServerKind.LLAMACPP, engine.base, ServerState.UP)
    [model] = found.models
    assert (model.name, model.context) == (MODEL, CONTEXT)
    assert choose([found]) == (found, model)


async def test_discovery_tells_that_it_wants_a_key(locked_engine: Engine, http: HttpClient):
    [found] = await discover(http, ports={locked_engine.port})
    assert found == FoundServer(ServerKind.LLAMACPP, locked_engine.base, state=ServerState.NEEDS_KEY)


async def test_an_answer_is_gone_on_with(engine: Engine, http: HttpClient):
    """This build repeats the beginning in what it sends, which llm/routing/continuation.py takes out."""
    config = ModelConfig(name=MODEL, api_base=engine.base)
    served = ServedModel(ServerKind.LLAMACPP, CONTEXT)
    client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts(), served=served)
    request = ChatRequest((Message(Role.USER, "hello"),), continue_from="Hello! How can")
    continuation = Continuation("Hello! How can")
    pieces = [continuation.feed(event.text) async for event in client.stream(request) if isinstance(event, TextDelta)]
    assert "".join(pieces) + continuation.finish() == " I help you?"
