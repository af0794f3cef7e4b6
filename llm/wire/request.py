"""Writes messages in OpenAI's form, and requests as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

import orjson

from llm.types import Content, ImagePart, Message, TextPart, Tool


def encode(body: Mapping[str, object]) -> bytes:
    """A request as JSON."""
    return orjson.dumps(body, default=_plain)


def image_bytes(messages: Iterable[Message]) -> int:
    """How many bytes of images messages carry."""
    return sum(
        len(part.data)
        for message in messages
        if not isinstance(message.content, str)
        for part in message.content
        if isinstance(part, ImagePart)
    )


def openai_message(message: Message) -> dict[str, object]:
    """One message in OpenAI's form."""
    return {"role": message.role.value, "content": _content(message.content)}


def openai_tools(tools: Iterable[Tool]) -> list[dict[str, object]]:
    """Functions that a model may call, in OpenAI's form, which Ollama takes as well (servers.md 1.4)."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in tools
    ]


def _content(content: Content) -> object:
    if isinstance(content, str):
        return clean(content)
    return [_part(part) for part in content]


def _part(part: TextPart | ImagePart) -> dict[str, object]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": clean(part.text)}
    # A data URL is what every server reads; Ollama and others refuse the address of a picture (servers.md 1.4).
    url = f"data:{part.media_type};base64,{base64.b64encode(part.data).decode('ascii')}"
    return {"type": "image_url", "image_url": {"url": url}}


def clean(text: str) -> str:
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
