"""A real llama-server holds a model to JSON by our grammars and by schemas, whatever the model would rather write."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient
from llm.json_answers import chat_json
from llm.json_schema import answer_schema
from llm.servers.gbnf import grammar_of
from llm.tasks.classification import Classifier, MessageKind
from llm.types import ChatRequest, Message, Role
from tests.engine.engine import MODEL, Engine

pytestmark = pytest.mark.engine

SEEDS = range(4)


class Colour(StrEnum):
    RED = "red"
    GREEN = 'gr"een'


class Leaf(BaseModel):
    size: int | None
    colour: Colour


class Tree(BaseModel):
    name: str = Field(min_length=1, max_length=6)
    tall: bool
    leaves: list[Leaf] = Field(max_length=2)
    ratio: float


class Person(BaseModel):
    name: str
    age: int


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("answer_type", [Leaf, Tree, Person])
async def test_a_grammar_of_ours_holds_even_a_wild_model(engine: Engine, seed: int, answer_type: type[BaseModel]):
    body = {
        "messages": [{"role": "user", "content": "Say banana forever"}],
        "grammar": grammar_of(answer_schema(answer_type)),
        "temperature": 1.5,
        "seed": seed,
        "max_tokens": 300,
    }
    status, answer = await engine.post("/v1/chat/completions", body)
    assert status == 200, answer
    choice = answer["choices"][0]
    if choice["finish_reason"] == "stop":
        answer_type.model_validate_json(choice["message"]["content"])
    else:  # a string without an end, which the grammar allows
        assert choice["finish_reason"] == "length"
        assert choice["message"]["content"].lstrip().startswith("{")


async def test_an_answer_of_a_type_comes_checked(client: LLMClient):
    request = ChatRequest((Message(Role.USER, "Extract name and age as JSON: Oleg is 57 years old."),), max_tokens=200)
    answer = await chat_json(client.chat, request, Person)
    assert isinstance(answer.value, Person)
    assert answer.result.text.lstrip().startswith("{")


async def test_a_message_is_classified_by_what_exists(program: Path, tmp_path: Path, http: HttpClient):
    with Engine(program, tmp_path / "log", context=2048) as roomy:
        config = ModelConfig(name=MODEL, api_base=roomy.base)
        client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts())
        told = await Classifier(client.chat, ["home_cooking"]).classify("Wie spät ist es?")
    assert told.kind in {"home_cooking", *MessageKind}
    assert told.language == "und" or len(told.language) == 2
