"""Writes a chat request in OpenAI's form."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import orjson

from llm.config import ModelConfig
from llm.types import ChatRequest, Content, ImagePart, JsonOutput, Message, TextPart


def encode_request(request: ChatRequest, config: ModelConfig, *, stream_options: bool) -> bytes:
    """The body of a streamed chat request, as JSON.

    What the request leaves open is taken from the model's configuration or left out. `stream_options` asks for the
    token counts at the end; some servers refuse the field.
    """
    body: dict[str, object] = {
        "model": config.name,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
    }
    if stream_options:
        body["stream_options"] = {"include_usage": True}
    max_tokens = request.max_tokens if request.max_tokens is not None else config.max_tokens
    if max_tokens is not None:
        body["max_tokens"] = max_tokens
    if request.temperature is not None:
        low, high = config.temperature_range
        body["temperature"] = min(max(request.temperature, low), high)
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json is not None:
        body["response_format"] = _response_format(request.json)
    return orjson.dumps(body, default=_plain)


def image_bytes(request: ChatRequest) -> int:
    """How many bytes of images a request carries."""
    return sum(
        len(part.data)
        for message in request.messages
        if not isinstance(message.content, str)
        for part in message.content
        if isinstance(part, ImagePart)
    )


def _message(message: Message) -> dict[str, object]:
    return {"role": message.role.value, "content": _content(message.content)}


def _content(content: Content) -> object:
    if isinstance(content, str):
        return _clean(content)
    return [_part(part) for part in content]


def _part(part: TextPart | ImagePart) -> dict[str, object]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": _clean(part.text)}
    # A data URL is what every server reads; Ollama and others refuse the address of a picture (servers.md 1.4).
    url = f"data:{part.media_type};base64,{base64.b64encode(part.data).decode('ascii')}"
    return {"type": "image_url", "image_url": {"url": url}}


def _response_format(output: JsonOutput) -> dict[str, object]:
    if output.schema is None:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": output.schema}}


def _clean(text: str) -> str:
    """Half of a surrogate pair can't be sent as UTF-8: it becomes a question mark."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def _plain(value: object) -> object:
    """What orjson does not know by itself: mappings that are no dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
