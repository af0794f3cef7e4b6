"""Answers of a type: asked for, read from whatever a model writes, checked, repaired once, or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.errors import AttemptFailed, FailureKind
from llm.http import make_client
from llm.json_answers import JsonAnswer, JsonAnswerFailed, JsonFault, chat_json
from llm.json_schema import answer_schema
from llm.json_text import json_object
from llm.preparation import ServedModel
from llm.servers.kinds import ServerKind
from llm.types import ChatRequest, ChatResult, FinishReason, JsonMode, JsonOutput, Message, Role
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Reply, Request, Stream, error


class Owner(BaseModel):
    """Who an animal belongs to."""

    title: str
    phone: str | None = None


class Animal(BaseModel):
    name: str = Field(min_length=1)
    legs: int
    kind: Literal["cat", "dog"]
    owners: list[Owner] = []
    marks: dict[str, int] = {}


MURKA = {"name": "Murka", "legs": 4, "kind": "cat", "owners": [{"title": "Ms", "phone": None}], "marks": {"ear": 1}}
ASKED = ChatRequest((Message(Role.SYSTEM, "Be exact."), Message(Role.USER, "Murka is a cat.")))


class Model:
    """Says what it is told to and remembers what it was asked."""

    def __init__(self, *answers: str, reason: FinishReason = FinishReason.STOP) -> None:
        self._answers = list(answers)
        self._reason = reason
        self.asked: list[ChatRequest] = []

    async def __call__(self, request: ChatRequest) -> ChatResult:
        self.asked.append(request)
        return ChatResult(self._answers.pop(0), self._reason, "m", 0.1)


async def test_an_answer_of_the_type_is_given_at_once():
    model = Model(json.dumps(MURKA))
    answer = await chat_json(model, ASKED, Animal)
    assert answer.value == Animal.model_validate(MURKA)
    assert not answer.repaired
    [request] = model.asked
    assert (request.temperature, request.thinking) == (0, False)
    assert request.json == JsonOutput(answer_schema(Animal))
    system, user = request.messages
    assert system.text.startswith("Be exact.\n\n")
    assert "JSON" in system.text
    assert json.dumps(answer_schema(Animal), separators=(",", ":")) in system.text
    assert user == ASKED.messages[1]


async def test_wishes_of_the_request_are_kept():
    model = Model(json.dumps(MURKA))
    wishes = ChatRequest(ASKED.messages[1:], temperature=0.7, thinking=True, json=JsonOutput(mode=JsonMode.PROMPT))
    await chat_json(model, wishes, Animal)
    [request] = model.asked
    assert (request.temperature, request.thinking) == (0.7, True)
    assert request.json is not None
    assert request.json.mode is JsonMode.PROMPT
    assert [message.role for message in request.messages] == [Role.SYSTEM, Role.USER]


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        ("I would rather not.", "no JSON object"),
        ('{"name": "Murka"}', "legs: Field required"),
        (json.dumps({**MURKA, "kind": "bird"}), "kind: Input should be 'cat' or 'dog'"),
        (json.dumps({**MURKA, "marks": {"tail": "long"}}), "marks.tail: Input should be a valid integer"),
        (json.dumps([MURKA, MURKA])[:-2], "legs"),
    ],
)
async def test_a_faulty_answer_goes_back_once_with_what_is_wrong(faulty: str, told: str):
    model = Model(faulty, json.dumps(MURKA))
    if faulty.startswith("["):  # the first of two objects is whole
        assert not (await chat_json(model, ASKED, Animal)).repaired
        return
    answer = await chat_json(model, ASKED, Animal)
    assert answer.repaired
    assert answer.value.name == "Murka"
    first, second = model.asked
    assert second.messages[:2] == first.messages
    assert second.messages[2] == Message(Role.ASSISTANT, faulty)
    assert told in second.messages[3].text


async def test_what_stays_faulty_is_refused_with_places_and_never_with_values():
    secret = "swordfish"
    faulty = json.dumps({**MURKA, "legs": secret, "marks": {secret: secret}})
    model = Model(faulty, faulty)
    with pytest.raises(JsonAnswerFailed) as failed:
        await chat_json(model, ASKED, Animal)
    assert failed.value.fault is JsonFault.WRONG_SHAPE
    assert failed.value.problems == ("legs: int_parsing", "marks.*: int_parsing")
    assert secret not in str(failed.value)
    assert len(model.asked) == 2


async def test_words_alone_are_refused():
    with pytest.raises(JsonAnswerFailed) as failed:
        await chat_json(Model("No.", "No!"), ASKED, Animal)
    assert failed.value.fault is JsonFault.NOT_JSON
    assert failed.value.result.text == "No!"


async def test_an_answer_that_was_cut_off_is_not_asked_for_again_under_the_same_limit():
    model = Model('{"name": "Mur', reason=FinishReason.LENGTH)
    with pytest.raises(JsonAnswerFailed) as failed:
        await chat_json(model, ASKED, Animal)
    assert failed.value.fault is JsonFault.CUT_OFF
    assert len(model.asked) == 1


async def test_a_whole_object_before_the_limit_is_taken():
    model = Model(json.dumps(MURKA) + " and so on and so", reason=FinishReason.LENGTH)
    assert (await chat_json(model, ASKED, Animal)).value.legs == 4


# The schema.


def test_all_members_are_asked_for_and_no_others():
    schema = answer_schema(Animal)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "legs", "kind", "owners", "marks"]
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    assert definitions["Owner"]["required"] == ["title", "phone"]
    assert definitions["Owner"]["properties"]["title"] == {"type": "string"}
    written = json.dumps(schema)
    assert '"default"' not in written
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert properties["marks"] == {"type": "object", "additionalProperties": {"type": "integer"}}


# Reading.

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)
WORDS = st.text(alphabet=st.characters(exclude_characters="{}`"), max_size=40)


@given(OBJECTS, WORDS, WORDS, st.sampled_from(["{}", "```json\n{}\n```", "```\n{}```", "{}\n"]), st.booleans())
def test_an_object_is_found_whatever_stands_around_it(
    value: dict[str, object], before: str, after: str, form: str, ascii_only: bool
):
    written = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    if "```" in written:
        form = "{}"
    assert json_object(before + form.replace("{}", written) + after) == value


@given(st.text(alphabet='{}[]":,a1 `\n', max_size=200) | st.text())
def test_any_text_is_read_or_is_none(text: str):
    assert json_object(text) is None or isinstance(json_object(text), dict)


@pytest.mark.parametrize("hard", ["{" * 100_000, '{"a":' * 50_000, "[" * 100_000, "```" * 30_000, '{"a' * 40_000])
def test_no_text_is_too_much(hard: str):
    assert json_object(hard) is None


def test_the_largest_object_counts_and_a_code_block_counts_more():
    assert json_object('{} is empty, {"a": 1} is not') == {"a": 1}
    assert json_object('From {"a": 1, "b": 2, "c": 3} comes\n```json\n{"a": 1}\n```') == {"a": 1}
    assert json_object("[1, 2]") is None


# Over the wire.


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


async def ask(server: ModelServer, kind: ServerKind) -> JsonAnswer[Animal]:
    async with make_client() as http:
        config = ModelConfig(name="m", api_base=server.url)
        client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts(), served=ServedModel(kind, 4096))
        return await chat_json(client.chat, ASKED, Animal)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (ServerKind.VLLM, "response_format"),
        (ServerKind.LMSTUDIO, "response_format"),
        (ServerKind.TEXTGEN, "grammar_string"),
        (ServerKind.KOBOLDCPP, "grammar"),
        (ServerKind.GENERIC, "response_format"),
    ],
)
async def test_each_kind_is_held_to_the_type_in_its_own_way(server: ModelServer, kind: ServerKind, field: str):
    server.reply(json.dumps(MURKA))
    assert (await ask(server, kind)).value.name == "Murka"
    assert server.chats[0].json[field]


async def test_a_server_that_knows_no_way_is_asked_in_words(server: ModelServer):
    def old(request: Request) -> Reply:
        if "response_format" in request.json:
            return error("Unrecognized request argument supplied: response_format", status=400)
        return Stream(f"Here you are:\n```json\n{json.dumps(MURKA)}\n```\nAnything else?")

    server.otherwise(old)
    assert (await ask(server, ServerKind.GENERIC)).value.name == "Murka"
    forms = [request.json.get("response_format") for request in server.chats]
    kinds = [form["type"] if isinstance(form, dict) else None for form in forms]
    assert kinds == ["json_schema", "json_object", None]


async def test_a_failing_server_is_no_fault_of_the_answer(server: ModelServer):
    server.otherwise(error("busy", status=503))
    with pytest.raises(AttemptFailed) as failed:
        await ask(server, ServerKind.VLLM)
    assert failed.value.failure.kind is FailureKind.OVERLOAD
