"""What is decided about a request before it is sent: what fits, how long the answer may be, how JSON is asked for."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from llm.config import ModelConfig
from llm.learned import Adjustments, Learned
from llm.preparation import SMALLEST_ANSWER, UNTOLD_CLOUD_CONTEXT, Preparation, Prepared, ServedModel
from llm.prompts.adapter import ModelPromptAdapter
from llm.servers.kinds import FoundModel, ServerKind
from llm.types import ChatRequest, JsonMode, JsonOutput, Message, ModelCapabilities, Role

HELLO = ChatRequest((Message(Role.USER, "hello"),))
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
LONG_TALK = ChatRequest(
    (
        Message(Role.SYSTEM, "Be brief."),
        *(
            Message(role, f"{role} says number {number}: " + "many words about nothing at all " * 20)
            for number in range(60)
            for role in (Role.USER, Role.ASSISTANT)
        ),
        Message(Role.USER, "and now?"),
    )
)


def preparation(
    kind: ServerKind = ServerKind.VLLM,
    context: int | None = 4096,
    learned: Learned | None = None,
    found: FoundModel | None = None,
    local: bool = True,
    seen: ModelCapabilities = ModelCapabilities(),  # noqa: B008 - frozen
    **config: object,
) -> Preparation:
    fields = {"name": "m", "api_base": "http://host", **config}
    served = ServedModel(kind, context, found, local=local, capabilities=seen)
    return Preparation(ModelConfig.model_validate(fields), served, learned or Learned(), ModelPromptAdapter())


def prepared(request: ChatRequest = HELLO, **options: object) -> Prepared:
    return preparation(**options).prepare(request)  # type: ignore[arg-type]


def test_a_long_conversation_is_fitted_and_keeps_its_ends():
    ready = prepared(LONG_TALK)
    assert 1000 < ready.prompt_tokens <= ready.budget.prompt < 4096
    assert ready.asking.messages[0] == Message(Role.SYSTEM, "Be brief.")
    assert ready.asking.messages[-1].text == "and now?"
    assert ready.asking.messages[1].role is Role.USER


def test_a_smaller_context_takes_less_of_the_same_conversation():
    assert prepared(LONG_TALK, context=1024).prompt_tokens < prepared(LONG_TALK).prompt_tokens


@pytest.mark.parametrize(
    ("options", "context"),
    [
        ({"context": 2048}, 2048),
        ({"context": None}, 4096),
        ({"context": None, "local": False}, UNTOLD_CLOUD_CONTEXT),
        ({"context": None, "kind": ServerKind.OPENROUTER}, UNTOLD_CLOUD_CONTEXT),
        ({"context": None, "kind": ServerKind.OPENAI, "name": "gpt-4"}, 8192),
    ],
)
def test_the_context_is_what_was_told_or_a_careful_guess(options: dict[str, object], context: int):
    assert preparation(**options).context == context  # type: ignore[arg-type]


def test_a_limit_that_was_met_counts_more_than_what_the_server_says():
    learned = Learned()
    learned.limit_context(1000)
    assert preparation(context=4096, learned=learned).context == 1000
    assert preparation(context=None, local=False, learned=learned).context == 1000
    assert preparation(context=None, learned=learned).context == 1000


@pytest.mark.parametrize("kind", [ServerKind.OLLAMA, ServerKind.TEXTGEN, ServerKind.KOBOLDCPP])
def test_a_server_that_runs_over_its_context_in_silence_is_told_what_is_left(kind: ServerKind):
    ready = prepared(kind=kind)
    assert ready.asking.max_tokens == 4096 - math.ceil(1.08 * ready.prompt_tokens)


def test_a_server_that_stops_by_itself_is_not():
    assert prepared(kind=ServerKind.VLLM).asking.max_tokens is None


def test_where_nobody_knows_the_context_the_answer_gets_what_was_kept_for_it():
    ready = prepared(kind=ServerKind.TEXTGEN, context=None)
    assert ready.asking.max_tokens == ready.budget.reserve


def test_a_wanted_length_is_never_more_than_what_is_left():
    assert prepared(replace(HELLO, max_tokens=100)).asking.max_tokens == 100
    ready = prepared(replace(HELLO, max_tokens=100_000))
    assert ready.asking.max_tokens == 4096 - math.ceil(1.08 * ready.prompt_tokens)
    assert prepared(max_tokens=77).asking.max_tokens == 77
    too_long = ChatRequest((Message(Role.USER, "word " * 9000),))
    assert prepared(replace(too_long, max_tokens=500)).asking.max_tokens == SMALLEST_ANSWER


def test_the_temperature_stays_in_the_range_of_the_model():
    asked = replace(HELLO, temperature=2.0)
    assert prepared(asked, temperature_range=(0.2, 0.9)).asking.temperature == 0.9
    assert prepared(replace(HELLO, temperature=0.0), temperature_range=(0.2, 0.9)).asking.temperature == 0.2
    assert prepared().asking.temperature is None


@pytest.mark.parametrize(
    ("kind", "output", "mode"),
    [
        (ServerKind.VLLM, JsonOutput(SCHEMA), JsonMode.SCHEMA),
        (ServerKind.VLLM, JsonOutput(), JsonMode.OBJECT),
        (ServerKind.LMSTUDIO, JsonOutput(), JsonMode.SCHEMA),
        (ServerKind.TEXTGEN, JsonOutput(SCHEMA), JsonMode.GRAMMAR),
        (ServerKind.VLLM, JsonOutput(SCHEMA, JsonMode.PROMPT), JsonMode.PROMPT),
    ],
)
def test_json_is_asked_for_in_the_surest_way_of_the_server(kind: ServerKind, output: JsonOutput, mode: JsonMode):
    assert prepared(replace(HELLO, json=output), kind=kind).asking.json_mode is mode


def test_a_way_to_json_that_was_refused_is_not_tried_again():
    learned = Learned()
    learned.adjustments = Adjustments(no_json=frozenset({JsonMode.SCHEMA}))
    assert preparation(learned=learned).json_modes == (JsonMode.OBJECT, JsonMode.PROMPT)
    learned.adjustments = Adjustments(no_json=frozenset(JsonMode))
    assert preparation(learned=learned).json_modes == (JsonMode.PROMPT,)


def test_what_was_learned_shapes_the_next_request():
    learned = Learned()
    learned.adjustments = Adjustments(
        fold_system=True, own_template=True, no_thinking_switch=True, without=frozenset({"seed"})
    )
    asked = ChatRequest(LONG_TALK.messages[:2], thinking=False)
    ready = prepared(asked, learned=learned, name="qwen2.5")
    assert ready.asking.prompt is not None
    assert ready.asking.thinking is None
    assert ready.asking.without == {"seed"}


@pytest.mark.parametrize(
    ("found", "configured", "folded"),
    [(None, None, False), (False, None, True), (True, None, False), (False, True, False), (True, False, True)],
)
def test_a_system_message_is_folded_where_the_server_or_the_configuration_says_so(
    found: bool | None, configured: bool | None, folded: bool
):
    ready = prepared(
        ChatRequest(LONG_TALK.messages[:2]),
        found=FoundModel("m", system_role=found),
        capabilities=ModelCapabilities(system_role=configured),
    )
    assert (ready.asking.messages[0].role is Role.USER) is folded


def test_only_a_known_context_is_told_to_the_server():
    assert prepared(kind=ServerKind.OLLAMA, context=8192).asking.context == 8192
    assert prepared(kind=ServerKind.TEXTGEN, context=None).asking.context is None


def test_after_an_overflow_strictly_less_is_sent_and_only_once():
    learned = Learned()
    preparing = preparation(learned=learned)
    first = preparing.prepare(LONG_TALK)
    learned.limit_context(600)
    second = preparing.smaller(LONG_TALK, first)
    assert second is not None
    assert second.prompt_tokens < first.prompt_tokens
    assert second.asking.messages[-1].text == "and now?"
    assert preparing.smaller(LONG_TALK, second) is None


def test_an_answer_is_gone_on_with_only_where_the_server_can():
    begun = replace(HELLO, continue_from="Half of")
    ready = prepared(begun, kind=ServerKind.LLAMACPP)
    assert ready.asking.messages[-1] == Message(Role.ASSISTANT, "Half of")
    assert (ready.asking.continued, ready.asking.thinking) == (True, False)
    other = prepared(begun, kind=ServerKind.OLLAMA)
    assert (other.asking.continued, other.asking.messages[-1].role) == (False, Role.USER)


def test_the_way_to_json_that_was_seen_to_hold_is_taken_and_none_surer():
    assert preparation().json_modes[0] is JsonMode.SCHEMA
    seen = ModelCapabilities(json_mode=JsonMode.PROMPT)
    assert preparation(seen=seen).json_modes == (JsonMode.PROMPT,)
    # A way that this kind of server does not have was seen on another one.
    assert preparation(seen=ModelCapabilities(json_mode=JsonMode.GRAMMAR)).json_modes[0] is JsonMode.SCHEMA


@pytest.mark.parametrize(("heeded", "roles"), [(True, "system"), (False, "user"), (None, "system")])
def test_a_system_text_that_was_seen_to_be_ignored_goes_into_the_question(heeded: bool | None, roles: str):
    talk = ChatRequest((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "hello")))
    ready = prepared(talk, seen=ModelCapabilities(system_role=heeded), found=FoundModel("m", system_role=True))
    assert ready.asking.messages[0].role == roles
    assert "Be brief." in ready.asking.messages[0].text


def test_a_server_that_was_seen_to_cut_in_silence_is_never_sent_too_long_a_question():
    question = ChatRequest((Message(Role.USER, "word " * 9000),))
    assert not prepared(question).question_cut
    assert prepared(question, seen=ModelCapabilities(silent_truncation=True)).question_cut
    assert not prepared(question, kind=ServerKind.OLLAMA, seen=ModelCapabilities(silent_truncation=False)).question_cut


def test_a_model_that_was_seen_to_begin_anew_is_not_told_to_go_on():
    begun = ChatRequest(HELLO.messages, continue_from="Well,")
    assert prepared(begun).asking.continued
    assert not prepared(begun, seen=ModelCapabilities(prefill=False)).asking.continued


def test_what_is_sent_whole_is_not_made_to_fit_and_not_made_smaller():
    whole = replace(LONG_TALK, whole=True)
    ready = prepared(whole, context=512)
    assert [one.text for one in ready.asking.messages][-1] == "and now?"
    assert len(ready.asking.messages) == len(LONG_TALK.messages)
    assert preparation(context=512).smaller(whole, ready) is None
