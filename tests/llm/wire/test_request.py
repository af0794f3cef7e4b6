"""Chat requests as they go out."""

from __future__ import annotations

import base64
import json
from types import MappingProxyType
from typing import Any

import pytest

from llm.config import ModelConfig
from llm.types import ChatRequest, ImagePart, JsonOutput, Message, Role, TextPart
from llm.wire.request import encode_request, image_bytes

CONFIG = ModelConfig(name="m", api_base="http://host")
HELLO = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "hello"))


def sent(request: ChatRequest, config: ModelConfig = CONFIG, *, stream_options: bool = True) -> dict[str, Any]:
    value = json.loads(encode_request(request, config, stream_options=stream_options))
    assert isinstance(value, dict)
    return value


def test_what_nobody_asked_for_is_not_sent():
    assert sent(ChatRequest(HELLO)) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_token_counts_are_not_asked_for_where_they_are_refused():
    assert "stream_options" not in sent(ChatRequest(HELLO), stream_options=False)


def test_everything_that_is_asked_for_is_sent():
    body = sent(ChatRequest(HELLO, max_tokens=5, temperature=0.5, stop=("a", "b"), seed=0))
    assert (body["max_tokens"], body["temperature"], body["stop"], body["seed"]) == (5, 0.5, ["a", "b"], 0)


def test_the_limit_of_the_configuration_holds_where_the_request_has_none():
    config = ModelConfig(name="m", api_base="http://host", max_tokens=100)
    assert sent(ChatRequest(HELLO), config)["max_tokens"] == 100
    assert sent(ChatRequest(HELLO, max_tokens=7), config)["max_tokens"] == 7


@pytest.mark.parametrize(("asked", "expected"), [(0.0, 0.2), (0.5, 0.5), (2.0, 0.9)])
def test_the_temperature_stays_in_the_range_of_the_model(asked: float, expected: float):
    config = ModelConfig(name="m", api_base="http://host", temperature_range=(0.2, 0.9))
    assert sent(ChatRequest(HELLO, temperature=asked), config)["temperature"] == expected


def test_json_output_is_asked_for_with_and_without_a_schema():
    schema = {"type": "object", "properties": MappingProxyType({"name": {"type": "string"}})}
    assert sent(ChatRequest(HELLO, json=JsonOutput()))["response_format"] == {"type": "json_object"}
    assert sent(ChatRequest(HELLO, json=JsonOutput(MappingProxyType(schema))))["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "schema": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    }


def test_an_image_goes_as_a_data_url_beside_its_text():
    message = Message(Role.USER, (TextPart("What is it?"), ImagePart(b"\x89PNG", "image/png")))
    request = ChatRequest((message,))
    url = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    assert sent(request)["messages"][0]["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    assert image_bytes(request) == 4


def test_half_of_a_surrogate_pair_does_not_stop_the_message():
    assert sent(ChatRequest((Message(Role.USER, "a\ud83d b"),)))["messages"][0]["content"] == "a? b"
