"""The clients that ours is measured beside: each is made on an address and asks one short streamed question."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp

MODEL = "bench"
AskOne = Callable[[], Awaitable[str]]
"""Asks and gives the text of the answer."""
MakePeer = Callable[[str, AsyncExitStack], Awaitable[AskOne]]
"""From the root of an OpenAI-compatible interface; what has to be closed goes onto the stack."""


class NotInstalled(Exception):
    """A peer that is not there: it comes with the dependency group `peers`."""


def installed(name: str) -> Any:
    """The module of a peer; raises NotInstalled."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise NotInstalled from error


def body() -> dict[str, Any]:
    """The request; with the count of tokens, as ours asks for it, so that the server's work is the same for all."""
    options = {"stream_options": {"include_usage": True}}
    return {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "stream": True, **options}


async def text_of(lines: AsyncIterator[str]) -> str:
    """The least that reads a streamed answer: every line parsed, texts joined, nothing checked."""
    pieces = []
    async for line in lines:
        if not line.startswith("data: ") or line.startswith("data: [DONE]"):
            continue
        choices = json.loads(line[6:])["choices"]
        pieces.append(choices[0]["delta"].get("content") or "" if choices else "")
    return "".join(pieces)


async def bare_aiohttp(base: str, stack: AsyncExitStack) -> AskOne:
    """aiohttp and json, connections used again."""
    session = await stack.enter_async_context(aiohttp.ClientSession())

    async def ask() -> str:
        async with session.post(f"{base}/chat/completions", json=body()) as response:
            return await text_of(line.decode().rstrip() async for line in response.content)

    return ask


async def bare_httpx(base: str, stack: AsyncExitStack) -> AskOne:
    """The library most clients are built on."""
    client = await stack.enter_async_context(installed("httpx").AsyncClient(trust_env=False))

    async def ask() -> str:
        async with client.stream("POST", f"{base}/chat/completions", json=body()) as response:
            return await text_of(response.aiter_lines())

    return ask


async def openai_sdk(base: str, stack: AsyncExitStack) -> AskOne:
    """OpenAI's own client."""
    client = installed("openai").AsyncOpenAI(base_url=base, api_key="none", max_retries=0)
    stack.push_async_callback(client.close)

    async def ask() -> str:
        return await _joined(await client.chat.completions.create(**body()))

    return ask


async def litellm_sdk(base: str, stack: AsyncExitStack) -> AskOne:
    """litellm without its router."""
    litellm = _litellm()

    async def ask() -> str:
        where = {"model": f"openai/{MODEL}", "api_base": base, "api_key": "none"}
        return await _joined(await litellm.acompletion(**{**body(), **where}))

    return ask


async def litellm_router(base: str, stack: AsyncExitStack) -> AskOne:
    """litellm's Router over one deployment."""
    parameters = {"model": f"openai/{MODEL}", "api_base": base, "api_key": "none"}
    router = _litellm().Router(model_list=[{"model_name": MODEL, "litellm_params": parameters}])

    async def ask() -> str:
        return await _joined(await router.acompletion(**body()))

    return ask


def _litellm() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would ask the internet for its prices
    litellm = installed("litellm")
    litellm.suppress_debug_info = True
    return litellm


async def _joined(chunks: Any) -> str:
    pieces = []
    async for chunk in chunks:
        pieces.append((chunk.choices[0].delta.content or "") if chunk.choices else "")  # noqa: PERF401 - as it is used
    return "".join(pieces)
