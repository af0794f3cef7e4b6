"""What our templates render is what the real engine renders; its own reasoning and role rules work through the bot."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient
from llm.prompts.families.base import RenderOptions
from llm.prompts.families.registry import FAMILIES
from llm.prompts.recognise import family_of_template
from llm.types import ChatRequest, Message, Role, TextDelta, ThinkingDelta
from storage import AnswerState
from tests.e2e.conftest import ME
from tests.e2e.talk import nothing_left
from tests.engine.conftest import OpenBot
from tests.engine.engine import MODEL, Engine
from tests.engine.stored import answers

pytestmark = pytest.mark.engine

TEMPLATES = Path(__file__).parents[1] / "data" / "templates"
WORDS = ("hello", "Привет, дом!", "two\nlines", "- a list\n- of things", "what is 2 < 3?", "{braces} and %s", "你好 😀")
# The engine's names of the templates that are built into it, and ours. Left out are those that differ from what the
# publishers have (servers.md 12.1): llama2 (no `<s>` between turns), mistral-v3-tekken (the system text in the first
# turn, not in the last), deepseek3 (a blank line after the system text), chatglm4 (a line break after the last mark),
# zephyr (`<|endoftext|>` of another model) and gpt-oss (the person's system text as the model's own).
BUILT_IN = {
    "chatml": "chatml",
    "llama3": "llama3",
    "llama4": "llama4",
    "mistral-v1": "mistral-v1",
    "mistral-v3": "mistral-v3",
    "mistral-v7": "mistral-v7",
    "mistral-v7-tekken": "mistral-v7-tekken",
    "gemma": "gemma2",
    "phi3": "phi3",
    "phi4": "phi4",
    "command-r": "command-r",
    "granite": "granite",
    "kimi-k2": "kimi-k2",
    "vicuna": "vicuna",
}


def dialogues(seed: int, count: int = 12) -> list[list[Message]]:
    """Canonical dialogues, with and without a system message."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        said = [Message(Role.SYSTEM, chance.choice(WORDS))] if chance.random() < 0.5 else []
        for turn in range(chance.randrange(4)):
            said += [
                Message(Role.USER, f"{turn} {chance.choice(WORDS)}"),
                Message(Role.ASSISTANT, chance.choice(WORDS)),
            ]
        made.append([*said, Message(Role.USER, chance.choice(WORDS))])
    return made


async def rendered(engine: Engine, messages: list[Message]) -> str:
    body = {"messages": [{"role": message.role.value, "content": message.text} for message in messages]}
    status, answer = await engine.post("/apply-template", body)
    assert status == 200, answer
    return str(answer["prompt"])


@pytest.mark.parametrize(("built_in", "family"), BUILT_IN.items())
async def test_a_built_in_template_renders_as_ours(program: Path, tmp_path: Path, built_in: str, family: str):
    more = ["--no-jinja", "--chat-template", built_in]
    with Engine(program, tmp_path / "log", more=more) as engine:
        for messages in dialogues(7):
            assert FAMILIES[family].render(messages, RenderOptions()) == await rendered(engine, messages)


@pytest.mark.parametrize(
    ("template", "family"), [("chatml", "chatml"), ("llama3", "llama3"), ("mistral", "mistral-v7")]
)
async def test_a_models_own_template_renders_as_ours_and_is_recognised(
    program: Path, tmp_path: Path, template: str, family: str
):
    """The template comes with the model, as Jinja; the engine shows it, and we tell the family by it."""
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / f"{template}.jinja")]
    with Engine(program, tmp_path / "log", more=more) as engine:
        for messages in dialogues(11):
            assert FAMILIES[family].render(messages, RenderOptions()) == await rendered(engine, messages)
        status, props = await engine.get("/props")
        assert status == 200
        recognised = family_of_template(props["chat_template"])
        assert recognised is not None
        assert recognised.name == family


def client_of(engine: Engine, http: HttpClient) -> LLMClient:
    config = ModelConfig(name=MODEL, api_base=engine.base)
    return LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts())


def hello(thinking: bool | None = None) -> ChatRequest:
    return ChatRequest((Message(Role.USER, "hello"),), thinking=thinking)


async def test_reasoning_comes_apart_from_the_answer(program: Path, tmp_path: Path, http: HttpClient):
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / "thinking.jinja")]
    with Engine(program, tmp_path / "log", more=more) as engine:
        events = [event async for event in client_of(engine, http).stream(hello())]
        thoughts = "".join(event.text for event in events if isinstance(event, ThinkingDelta))
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert thoughts.startswith("The user says")
    assert text == "Hello! How can I help you?"


async def test_reasoning_that_the_engine_leaves_in_the_text_comes_apart_too(
    program: Path, tmp_path: Path, http: HttpClient
):
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / "thinking.jinja"), "--reasoning-format", "none"]
    with Engine(program, tmp_path / "log", more=more) as engine:
        result = await client_of(engine, http).chat(hello())
    assert result.text == "Hello! How can I help you?"
    assert result.thinking.startswith("The user says")


async def test_reasoning_is_switched_off_by_the_template(program: Path, tmp_path: Path, bot: OpenBot):
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / "thinking.jinja")]
    with Engine(program, tmp_path / "log", more=more) as engine:
        async with bot(engine) as house:
            client = house.app.models.client()
            assert (await client.chat(hello(thinking=False))).thinking == ""
            assert (await client.chat(hello())).thinking


async def test_a_person_never_sees_reasoning(program: Path, tmp_path: Path, bot: OpenBot):
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / "thinking.jinja"), "--reasoning-format", "none"]
    with Engine(program, tmp_path / "log", more=more) as engine:
        async with bot(engine) as house:
            assert await house.say(ME, "hello") == ["Hello! How can I help you?"]
            await nothing_left(house)
            [row] = await answers(house)
            assert (row.state, row.text) == (AnswerState.COMPLETE, "Hello! How can I help you?")
            await house.say(ME, "What is 2+2?")


async def test_a_refused_system_role_reaches_the_model_all_the_same(program: Path, tmp_path: Path, bot: OpenBot):
    more = ["--jinja", "--chat-template-file", str(TEMPLATES / "no_system.jinja")]
    told = (Message(Role.SYSTEM, "Always answer in uppercase."), Message(Role.USER, "hello"))
    with Engine(program, tmp_path / "log", more=more) as engine:
        async with bot(engine) as house:
            client = house.app.models.client()
            assert client.served.found is not None
            assert client.served.found.system_role is False
            result = await client.chat(ChatRequest(told))
            assert result.text
            assert "not supported" not in result.text
