"""The systems that are compared, each with at most two retries, thirty seconds and one fallback."""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import time
from contextlib import AsyncExitStack, aclosing
from typing import Any

from bench.failover.scenarios import FALLBACK, FIRST_TOKEN_SECONDS, PRIMARY, Outcome, System
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import make_client
from llm.routing.attempts import Answered, NoAnswer, Restarted
from llm.routing.fallback import LLMFallbackManager
from llm.routing.limits import CallLimits
from llm.routing.recovery import RecoveryWatch
from llm.routing.serving_model import ServingModel
from llm.routing.target import Target
from llm.types import ChatRequest, Message, Role, TextDelta

RETRIES = 2
SECONDS = 30.0
QUESTION = "Tell me."
HUNG_SECONDS = 130.0


class Ours:
    """`LLMFallbackManager` with everything that goes with it."""

    def __init__(self, manager: LLMFallbackManager, stack: AsyncExitStack) -> None:
        self._manager = manager
        self._stack = stack

    @classmethod
    async def make(cls, primary: str, fallback: str) -> System:
        """Two targets, looked at once, and the watch over their recovery."""
        stack, clock, chance = AsyncExitStack(), SystemClock(), random.Random()
        http = await stack.enter_async_context(make_client())
        targets = []
        for name, base in ((PRIMARY, primary), (FALLBACK, fallback)):
            config = ModelConfig(name=name, api_base=base)
            model = ServingModel(http=http, clock=clock, timeouts=Timeouts(), configured=config)
            await model.refresh()
            targets.append(Target(model, setting=name, monotonic=clock.monotonic, randomness=chance))
        limits = CallLimits(begin=SECONDS, total=SECONDS, stall=FIRST_TOKEN_SECONDS, max_retries=RETRIES)
        await stack.enter_async_context(RecoveryWatch(lambda: targets, clock))
        return cls(LLMFallbackManager(targets, clock=clock, randomness=chance, limits=limits), stack)

    async def ask(self) -> Outcome:
        """One streamed request, its text as a person sees it."""
        began, text = time.monotonic(), ""
        stream = self._manager.stream_with_fallback(ChatRequest((Message(Role.USER, QUESTION),)))
        try:
            async with aclosing(stream):
                async for event in stream:
                    if isinstance(event, Restarted):
                        text = ""
                    elif isinstance(event, TextDelta):
                        text += event.text
                    elif isinstance(event, Answered):
                        usage = event.result.usage
                        tokens = usage.prompt_tokens if usage else None
                        return Outcome(text, event.result.model, tokens, "", time.monotonic() - began)
        except NoAnswer as error:
            return Outcome(text, "", None, error.failure.kind.value, time.monotonic() - began)
        raise AssertionError("a stream ends with Answered or an error")

    async def close(self) -> None:
        """Close the client."""
        await self._stack.aclose()


class OpenAISdk:
    """OpenAI's own client: retries, no fallback."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @classmethod
    async def make(cls, primary: str, fallback: str) -> System:
        """With its own retries."""
        openai = importlib.import_module("openai")
        return cls(openai.AsyncOpenAI(base_url=primary, api_key="none", max_retries=RETRIES, timeout=SECONDS))

    async def ask(self) -> Outcome:
        """One streamed request."""
        return await _through_openai_chunks(
            lambda: self._client.chat.completions.create(
                model=PRIMARY,
                messages=[{"role": "user", "content": QUESTION}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()


class LiteLLM:
    """litellm's Router with a fallback group."""

    def __init__(self, router: Any) -> None:
        self._router = router

    @classmethod
    async def make(cls, primary: str, fallback: str) -> System:
        """Two groups of one deployment each."""
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
        litellm: Any = importlib.import_module("litellm")
        litellm.suppress_debug_info = True

        def group(name: str, base: str) -> dict[str, Any]:
            return {
                "model_name": name,
                "litellm_params": {"model": f"openai/{name}", "api_base": base, "api_key": "none"},
            }

        router = litellm.Router(
            model_list=[group(PRIMARY, primary), group(FALLBACK, fallback)],
            fallbacks=[{PRIMARY: [FALLBACK]}],
            num_retries=RETRIES,
            timeout=SECONDS,
        )
        return cls(router)

    async def ask(self) -> Outcome:
        """One streamed request."""
        return await _through_openai_chunks(
            lambda: self._router.acompletion(
                model=PRIMARY,
                messages=[{"role": "user", "content": QUESTION}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )

    async def close(self) -> None:
        """It has nothing to give back."""


async def _through_openai_chunks(send: Any) -> Outcome:
    began, text, model, tokens = time.monotonic(), "", "", None
    try:
        async with asyncio.timeout(HUNG_SECONDS):
            finished = False
            async for piece in await send():
                model = piece.model or model
                if getattr(piece, "usage", None):
                    tokens = piece.usage.prompt_tokens
                if piece.choices:
                    text += piece.choices[0].delta.content or ""
                    finished = finished or piece.choices[0].finish_reason is not None
        # A caller who looks sees that the end is missing; that counts for the client.
        error = "" if finished else "ended without a finish_reason"
    except TimeoutError:
        error = "hung"
    except Exception as raised:  # noqa: BLE001 - whatever it raises is what its caller gets
        error = type(raised).__name__
    return Outcome(text, model, tokens, error, time.monotonic() - began)


SYSTEMS = {"ours": Ours.make, "litellm.Router": LiteLLM.make, "openai": OpenAISdk.make}
