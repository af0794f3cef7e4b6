"""Messages in OpenAI's form, and requests as JSON."""

from __future__ import annotations

import base64
import json
from types import MappingProxyType

import pytest

from llm.types import ImagePart, Message, Role, TextPart
from llm.wire.request import encode, image_bytes, openai_message


def test_a_message_has_its_role_and_its_text():
    assert openai_message(Message(Role.SYSTEM, "Be brief.")) == {"role": "system", "content": "Be brief."}


def test_an_image_goes_as_a_data_url_beside_its_text():
    message = Message(Role.USER, (TextPart("What is it?"), ImagePart(b"\x89PNG", "image/png")))
    url = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    assert openai_message(message)["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    assert image_bytes([message, Message(Role.USER, "no image")]) == 4


def test_half_of_a_surrogate_pair_does_not_stop_the_message():
    assert openai_message(Message(Role.USER, "a\ud83d b"))["content"] == "a? b"


def test_any_mapping_becomes_a_json_object():
    schema = {"type": "object", "properties": MappingProxyType({"name": MappingProxyType({"type": "string"})})}
    written = {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
    assert json.loads(encode({"schema": schema})) == written


def test_what_is_no_json_is_a_fault_of_ours():
    with pytest.raises(TypeError):
        encode({"value": object()})
