"""Simulated servers with a mind behind them, and with habits of their own: what they honour, ignore, refuse."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request
from tests.fakes.simulated.base import Answer, Asked, Simulated, openai_error
from tests.fakes.simulated.brain import Said, cost
from tests.fakes.simulated.clouds import Generic
from tests.fakes.simulated.desktop import LMStudio, Textgen
from tests.fakes.simulated.engines import KoboldCpp, LlamaServer, Vllm
from tests.fakes.simulated.ollama import Ollama
from tests.fakes.zoo.mind import Mind, Prompt, Thought, honest

_TOKEN = re.compile(r"\s*\S+|\s+$")


BUSY = openai_error("The server is overloaded, try again later.", 503, "server_error")


class Wish(Enum):
    """What a server does about something that it is asked for."""

    HONOURS = "honours"
    IGNORES = "ignores"
    REFUSES = "refuses"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a server differs from the usual one of its kind.

    `counts`: it tells how many tokens were used. `streams`: an answer comes piece by piece. `tells_vision`: its pages
    say that the model sees. `busy` are the numbers of requests, from 1, that it refuses with `busy_reply`.
    """

    json: Wish = Wish.HONOURS
    tools: Wish = Wish.HONOURS
    pictures: Wish = Wish.REFUSES
    stop: bool = True
    counts: bool = True
    streams: bool = True
    tells_vision: bool = False
    first_seconds: float = 0.0
    token_seconds: float = 0.002
    busy: frozenset[int] = frozenset()
    busy_reply: Reply = BUSY


USUAL = Habits()


class Housed(Simulated):
    """A simulated server whose model has a mind; `told` is the context that it tells, `context` what it holds.

    `chats` counts the requests for an answer that have come.
    """

    images_refused = "This model does not support image input."
    tools_refused = "This model does not support tools."
    """In the words of the kind."""

    def __init__(
        self,
        server: ModelServer,
        mind: Mind = honest,
        habits: Habits = USUAL,
        *,
        context: int = 4096,
        told: int | None = None,
        refuses_system: bool = False,
    ) -> None:
        self.mind = mind
        self.habits = habits
        self.chats = 0
        self.told = context if told is None else told
        super().__init__(server, context=context, refuses_system=refuses_system)
        self.first_seconds = habits.first_seconds
        self.token_seconds = habits.token_seconds

    def chat(self, request: Request) -> Reply:
        self.chats += 1
        if self.chats in self.habits.busy:
            return self.habits.busy_reply
        return super().chat(request)

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if asked.body.get("tools") and self.habits.tools is Wish.REFUSES:
            return openai_error(self.tools_refused, 400, "BadRequestError", 400)
        if any(message.images for message in asked.messages) and self.habits.pictures is Wish.REFUSES:
            return self.pictures_refused()
        return super().refusal(request, asked)

    def pictures_refused(self) -> Reply:
        """The refusal of a picture."""
        return openai_error(self.images_refused, 400, "BadRequestError", 400)

    def answer(self, asked: Asked, kept: Sequence[Said]) -> Answer:
        held, schema = self.held_to_json(asked.body) if self.habits.json is Wish.HONOURS else (False, None)
        blind = self.habits.pictures is not Wish.HONOURS
        tools = asked.body.get("tools") if self.habits.tools is Wish.HONOURS else None
        prompt = Prompt(
            [replace(message, images=()) for message in kept] if blind else kept,
            tools=tools if isinstance(tools, list) else (),
            held=held,
            schema=schema,
            continued=self.continues(asked),
            thinking=self.told_to_think(asked.body),
        )
        return self.limited(self.mind(prompt), asked, kept)

    def limited(self, thought: Thought, asked: Asked, kept: Sequence[Said]) -> Answer:
        """What is left of an answer by its stop strings and the most tokens that it may have."""
        text = thought.text
        for stop in self.stops(asked.body) if self.habits.stop else ():
            text = text.partition(stop)[0]
        limit = asked.max_tokens if asked.max_tokens is not None else self.context
        thinking = tuple(_TOKEN.findall(thought.thinking))[:limit]
        pieces = tuple(_TOKEN.findall(text))
        left = limit - len(thinking)
        finish = "length" if len(pieces) > left else "tool_calls" if thought.calls else "stop"
        pieces = pieces[:left]
        count = len(thinking) + len(pieces) + len(thought.calls)
        if not self.habits.streams and pieces:
            pieces = ("".join(pieces),)
        return Answer(pieces, cost(kept), finish, thinking=thinking, calls=thought.calls, tokens=count)

    def counts(self, asked: Asked) -> bool:
        return self.habits.counts and super().counts(asked)

    def stops(self, body: Mapping[str, object]) -> Sequence[str]:
        """The strings at which the answer is to end."""
        stop = body.get("stop")
        return [stop] if isinstance(stop, str) else stop if isinstance(stop, list) else []

    def continues(self, asked: Asked) -> bool:
        """Whether the last message is the beginning of the answer."""
        return False

    def told_to_think(self, body: Mapping[str, object]) -> bool | None:
        """Whether the model is asked to reason; None: nothing is said about it, or the kind has no word for it."""
        return None


def _in_template(body: Mapping[str, object]) -> bool | None:
    more = body.get("chat_template_kwargs")
    value = more.get("enable_thinking") if isinstance(more, dict) else None
    return value if isinstance(value, bool) else None


class HousedOllama(Housed, Ollama):
    """Ollama; `can` is what it tells of its model."""

    can: Sequence[str] = ("completion", "tools")
    build = 0

    def install(self) -> None:
        super().install()
        self.put_up(self.build, *self.can)

    def put_up(self, build: int, *can: str) -> None:
        """Tell of another edition of the model's file, and of what it can do."""
        servers.ollama(self.server, self.model, context=self.told, loaded=False, capabilities=can, build=build)

    def stops(self, body: Mapping[str, object]) -> Sequence[str]:
        return super().stops(self._options(body))

    def told_to_think(self, body: Mapping[str, object]) -> bool | None:
        value = body.get("think")
        return value if isinstance(value, bool) else None


class ThinkingOllama(HousedOllama):
    """Ollama with a model that reasons."""

    model = "qwen3:8b"
    can = ("completion", "tools", "thinking")


class HousedVllm(Housed, Vllm):
    """vLLM."""

    images_refused = "Qwen/Qwen2.5-7B-Instruct is not a multimodal model"
    tools_refused = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'

    def continues(self, asked: Asked) -> bool:
        return asked.body.get("continue_final_message") is True

    def told_to_think(self, body: Mapping[str, object]) -> bool | None:
        return _in_template(body)


class BaseVllm(HousedVllm):
    """vLLM with a model that was never taught to talk."""

    model = "meta-llama/Llama-3.1-8B"


class ThinkingVllm(HousedVllm):
    """vLLM with a model that reasons."""

    model = "Qwen/Qwen3-8B"


class HousedLMStudio(Housed, LMStudio):
    """LM Studio."""

    def install(self) -> None:
        servers.lm_studio(self.server, self.model, context=self.told, vision=self.habits.tells_vision)

    def pictures_refused(self) -> Reply:
        return Json({"error": "Model does not support images. Please use a model that does."}, status=400)


class HousedLlamaServer(Housed, LlamaServer):
    """llama-server; goes on with an answer that was begun."""

    def install(self) -> None:
        servers.llama_server(
            self.server,
            self.model,
            context=self.told,
            vision=self.habits.tells_vision,
            tools=self.habits.tools is Wish.HONOURS,
            system_role=not self.refuses_system,
        )

    def pictures_refused(self) -> Reply:
        words = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
        return self._error(words, "server_error", 500)

    def continues(self, asked: Asked) -> bool:
        return asked.messages[-1].role == "assistant"

    def told_to_think(self, body: Mapping[str, object]) -> bool | None:
        return _in_template(body)


class LoadingLlamaServer(HousedLlamaServer):
    """llama-server that loads its model when it is first asked, and refuses everybody until then."""

    loads_seconds = 1.0

    def install(self) -> None:
        super().install()
        self._loaded_at: float | None = None
        self.server.get["/health"] = self._health

    def chat(self, request: Request) -> Reply:
        if self._loaded_at is None:
            self._loaded_at = asyncio.get_running_loop().time() + self.loads_seconds
        if self._loading:
            self.chats += 1
            return self._error("Loading model", "unavailable_error", 503)
        return super().chat(request)

    @property
    def _loading(self) -> bool:
        return self._loaded_at is not None and asyncio.get_running_loop().time() < self._loaded_at

    def _health(self, request: Request) -> Reply:
        return self._error("Loading model", "unavailable_error", 503) if self._loading else Json({"status": "ok"})


class ReasoningLlamaServer(HousedLlamaServer):
    """llama-server with a model that always reasons."""

    model = "DeepSeek-R1-Distill-Qwen-7B"


class HousedKoboldCpp(Housed, KoboldCpp):
    """KoboldCpp."""

    def install(self) -> None:
        servers.koboldcpp(self.server, self.model, context=self.told, vision=self.habits.tells_vision)


class HousedTextgen(Housed, Textgen):
    """text-generation-webui."""

    def told_to_think(self, body: Mapping[str, object]) -> bool | None:
        value = body.get("enable_thinking")
        return value if isinstance(value, bool) else None


class HousedGeneric(Housed, Generic):
    """Any compatible server; takes `response_format` unless it is its habit to refuse it."""

    def refusal(self, request: Request, asked: Asked) -> Reply | None:
        if self.habits.json is Wish.REFUSES or "response_format" not in asked.body:
            return super().refusal(request, asked)
        body = {name: value for name, value in asked.body.items() if name != "response_format"}
        return super().refusal(request, replace(asked, body=body))
