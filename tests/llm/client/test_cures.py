"""A request that a server refuses for its form is sent again in another one, and the form is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.errors import FailureKind
from llm.http import HttpClient
from llm.learned import Learned
from llm.preparation import ServedModel
from llm.servers.kinds import ServerKind
from llm.types import ChatRequest, JsonMode, JsonOutput, Message, Role, TextDelta
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request, Sse, Step, Stream, chunk, error, text_chunk
from tests.llm.client.talk import failed, heard

TOLD = ChatRequest((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "hello")))
Make = Callable[..., LLMClient]


@pytest.fixture
def learned() -> Learned:
    return Learned()


@pytest.fixture
def make(server: ModelServer, http: HttpClient, learned: Learned) -> Make:
    def make_client_of(
        kind: ServerKind = ServerKind.VLLM, context: int | None = 4096, name: str = "m", **config: object
    ) -> LLMClient:
        return LLMClient(
            ModelConfig.model_validate({"name": name, "api_base": server.url, **config}),
            http,
            clock=SystemClock(),
            timeouts=Timeouts(),
            served=ServedModel(kind, context),
            learned=learned,
        )

    return make_client_of


def roles(request: Request) -> list[str]:
    messages = request.json["messages"]
    assert isinstance(messages, list)
    return [message["role"] for message in messages]


REFUSALS = [
    (400, "System role not supported"),
    (500, "Jinja Exception: System role not supported"),
    (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    (400, "Only user and assistant roles are supported!"),
    (422, "template_error: System message must be at the beginning."),
]


@pytest.mark.parametrize(("status", "words"), REFUSALS)
async def test_a_refused_system_message_is_folded_at_once_and_for_good(
    make: Make, server: ModelServer, status: int, words: str
):
    def strict(request: Request) -> Reply:
        return error(words, status=status) if "system" in roles(request) else Stream("hi")

    server.otherwise(strict)
    client = make()
    assert (await client.chat(TOLD)).text == "hi"
    assert (await client.chat(TOLD)).text == "hi"
    assert [roles(request) for request in server.chats] == [["system", "user"], ["user"], ["user"]]
    messages = server.chats[1].json["messages"]
    assert messages == [{"role": "user", "content": "Be brief.\n\nhello"}]


async def test_a_model_without_a_chat_template_gets_a_text_of_ours(make: Make, server: ModelServer):
    """DialoGPT on vLLM (servers.md 2.2, 12.5)."""
    words = "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template"
    server.post["/v1/chat/completions"] = error(words, status=400, type_="BadRequestError", code=400)
    server.post["/v1/completions"] = Sse(({"choices": [{"index": 0, "text": "Hi!", "finish_reason": "stop"}]},))
    client = make(name="microsoft/DialoGPT-small", context=1024)
    assert (await client.chat(TOLD)).text == "Hi!"
    assert (await client.chat(TOLD)).text == "Hi!"
    paths = [request.path for request in server.chats]
    assert paths == ["/v1/chat/completions", "/v1/completions", "/v1/completions"]
    body = server.chats[2].json
    assert (body["prompt"], body["stop"]) == ("hello<|endoftext|>", ["<|endoftext|>"])
    assert isinstance(body["max_tokens"], int)


async def test_a_persons_own_template_goes_to_completions_from_the_start(make: Make, server: ModelServer):
    server.post["/v1/completions"] = Sse(({"choices": [{"index": 0, "text": "Hi!", "finish_reason": "stop"}]},))
    client = make(prompt_template="[INST] {system}\n{user} [/INST]")
    assert (await client.chat(TOLD)).text == "Hi!"
    assert [request.path for request in server.chats] == ["/v1/completions"]
    assert server.chats[0].json["prompt"] == "[INST] Be brief.\nhello [/INST]"


async def test_several_faults_of_one_request_are_cured_one_after_another(make: Make, server: ModelServer):
    def strict(request: Request) -> Reply:
        body = request.json
        if "stream_options" in body:
            return Json({"detail": "Unexpected fields in the request: {'stream_options'}"}, status=422)
        if "seed" in body:
            return error("Unrecognized request argument supplied: seed", status=400, type_="invalid_request_error")
        if "system" in roles(request):
            return error("System role not supported", status=400)
        return Stream("hi")

    server.otherwise(strict)
    client = make()
    asked = ChatRequest(TOLD.messages, seed=1)
    assert (await client.chat(asked)).text == "hi"
    assert len(server.chats) == 4
    await client.chat(asked)
    assert len(server.chats) == 5


async def test_openais_newer_name_of_the_limit_is_learned(make: Make, server: ModelServer):
    words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."

    def strict(request: Request) -> Reply:
        if "max_tokens" in request.json:
            return error(words, status=400, code="unsupported_parameter", param="max_tokens")
        return Stream("hi")

    server.otherwise(strict)
    await make(ServerKind.GENERIC).chat(ChatRequest(TOLD.messages, max_tokens=9))
    assert server.chats[1].json["max_completion_tokens"] == 9


async def test_a_refused_way_to_json_gives_way_to_the_next(make: Make, server: ModelServer, learned: Learned):
    words = "'response_format.type' must be 'json_schema' or 'text'"

    def picky(request: Request) -> Reply:
        return Json({"error": words}, status=400) if "response_format" in request.json else Stream('{"a": 1}')

    server.otherwise(picky)
    client = make()
    assert (await client.chat(ChatRequest(TOLD.messages, json=JsonOutput()))).text == '{"a": 1}'
    assert JsonMode.OBJECT in learned.adjustments.no_json


OVERFLOW = {
    "code": 400,
    "message": "request (4509 tokens) exceeds the available context size (512 tokens), try increasing it",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 4509,
    "n_ctx": 512,
}
TALK = ChatRequest(
    (
        Message(Role.SYSTEM, "Be brief."),
        *(Message(role, f"turn {n} " + "word " * 60) for n in range(20) for role in (Role.USER, Role.ASSISTANT)),
        Message(Role.USER, "and now?"),
    )
)


def size(request: Request) -> int:
    messages = request.json["messages"]
    assert isinstance(messages, list)
    return sum(len(message["content"]) for message in messages)


@pytest.mark.parametrize(
    "refusal",
    [
        Json({"error": OVERFLOW}, status=400),
        Sse((chunk({"role": "assistant", "content": ""}), {"error": {**OVERFLOW, "code": 400}})),
        Json({"error": OVERFLOW}, status=500),
    ],
    ids=["400", "event in a 200", "500"],
)
async def test_what_was_too_long_is_sent_once_more_strictly_shorter_and_the_limit_is_kept(
    make: Make, server: ModelServer, learned: Learned, refusal: Reply
):
    server.script(refusal)
    server.reply("hi")
    client = make(context=None)
    assert (await client.chat(TALK)).text == "hi"
    first, second = server.chats
    assert size(second) < size(first)
    messages = second.json["messages"]
    assert isinstance(messages, list)
    assert (messages[0]["content"], messages[-1]["content"]) == ("Be brief.", "and now?")
    assert learned.context == 512
    await client.chat(TALK)
    assert len(server.chats) == 3
    assert size(server.chats[2]) < 0.2 * size(first)


async def test_what_is_too_long_for_good_is_tried_twice_and_no_more(make: Make, server: ModelServer):
    server.otherwise(Json({"error": OVERFLOW}, status=400))
    failure = await failed(make(context=None), TALK)
    assert failure.failure.kind is FailureKind.CONTEXT_OVERFLOW
    assert len(server.chats) == 2


LONG_QUESTION = ChatRequest((Message(Role.USER, "Please correct this: " + "word " * 6000 + "That was all."),))


async def test_a_question_too_long_by_itself_is_answered_in_part_and_the_result_says_so(
    make: Make, server: ModelServer
):
    server.script(Json({"error": OVERFLOW}, status=400))
    server.otherwise(Stream("hi"))
    client = make(context=None)
    assert (await client.chat(LONG_QUESTION)).question_cut
    assert size(server.chats[1]) < size(server.chats[0])
    assert not (await client.chat(TALK)).question_cut


@pytest.mark.parametrize("kind", [ServerKind.TEXTGEN, ServerKind.KOBOLDCPP, ServerKind.LMSTUDIO])
async def test_a_server_that_would_cut_in_silence_gets_the_ends_of_a_long_question_at_once(
    make: Make, server: ModelServer, kind: ServerKind
):
    server.otherwise(Stream("hi"))
    assert (await make(kind, context=2048).chat(LONG_QUESTION)).question_cut
    [request] = server.chats
    assert size(request) < 10_000
    messages = request.json["messages"]
    assert isinstance(messages, list)
    said = messages[-1]["content"]
    assert said.startswith("Please correct this: word")
    assert said.endswith("That was all.")


async def test_an_empty_answer_to_a_nearly_full_context_counts_as_too_long(make: Make, server: ModelServer):
    """LM Studio may answer so (servers.md 3.2)."""
    server.script(Sse((chunk({"role": "assistant", "content": ""}), chunk({}, finish="stop"))))
    server.reply("hi")
    assert (await make(ServerKind.LMSTUDIO, context=1500).chat(TALK)).text == "hi"
    assert size(server.chats[1]) < size(server.chats[0])


async def test_an_empty_answer_to_a_short_question_is_just_empty(make: Make, server: ModelServer):
    server.otherwise(Sse((chunk({"role": "assistant", "content": ""}), chunk({}, finish="stop"))))
    assert (await failed(make(ServerKind.LMSTUDIO), TOLD)).failure.code == "empty_answer"
    assert len(server.chats) == 1


async def test_nothing_is_sent_again_once_text_was_seen(make: Make, server: ModelServer):
    server.script(Sse((text_chunk("Hello"), {"error": {"message": "System role not supported"}})))
    events, failure = await heard(make(), TOLD)
    assert [event for event in events if isinstance(event, TextDelta)] == [TextDelta("Hello")]
    assert failure is not None
    assert len(server.chats) == 1


@pytest.mark.parametrize("kind", [ServerKind.TEXTGEN, ServerKind.KOBOLDCPP, ServerKind.OLLAMA, ServerKind.LMSTUDIO])
async def test_a_prompt_that_was_cut_in_silence_is_noticed_at_the_first_answer(
    make: Make, server: ModelServer, learned: Learned, kind: ServerKind
):
    if kind is ServerKind.OLLAMA:
        done = {"done": True, "done_reason": "stop", "prompt_eval_count": 300, "eval_count": 3}
        server.otherwise(Sse((b'{"message":{"content":"hi"},"done":false}\n', _line(done))))
    else:
        server.reply("hi", prompt_tokens=300)
    client = make(kind, context=None)
    result = await client.chat(TALK)
    assert result.prompt_cut is not None
    assert result.prompt_cut.counted_tokens == 300
    assert result.prompt_cut.sent_tokens > 1000
    assert learned.context is not None
    before = server.chats[0]
    result = await client.chat(TALK)
    assert size(server.chats[1]) < size(before)


async def test_a_count_that_fits_is_learned_from_and_nothing_is_noted(
    make: Make, server: ModelServer, learned: Learned
):
    client = make()
    estimated = learned.tokens.estimate(TALK.messages)
    server.reply("hi", prompt_tokens=int(0.8 * estimated))
    for _ in range(3):
        assert (await client.chat(TALK)).prompt_cut is None
    assert learned.tokens.samples == 3


def _line(value: dict[str, object]) -> bytes:
    import json

    return json.dumps(value).encode() + b"\n"


async def test_a_cure_does_not_keep_a_failing_server_busy(make: Make, server: ModelServer):
    names = iter(["seed", "temperature", "stop", "max_tokens", "stream_options", "messages"])

    def never_content(request: Request) -> Reply:
        return error(f"Unrecognized request argument supplied: {next(names)}", status=400)

    server.otherwise(never_content)
    asked = ChatRequest(TOLD.messages, seed=1, temperature=0.1, stop=("x",), max_tokens=5)
    await failed(make(), asked)
    assert len(server.chats) == 5


async def test_a_stalled_second_try_is_still_cancelled_by_the_same_limit(server: ModelServer, http: HttpClient):
    server.script(error("System role not supported", status=400), Sse((Step.HANG,)))
    config = ModelConfig(name="m", api_base=server.url)
    client = LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts(first_token=0.2))
    failure = (await failed(client, TOLD)).failure
    assert failure.kind is FailureKind.FIRST_TOKEN_TIMEOUT
    assert failure.elapsed_seconds < 0.4
