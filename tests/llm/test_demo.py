"""The demo model behaves like any server of its interface, and never pretends to be a real model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.client import LLMClient
from llm.config import ModelConfig, Timeouts
from llm.demo import DEMO_BASE, DEMO_MODEL, demo_mounts, english, russian
from llm.demo.speech import Said, answer_to, words_of
from llm.demo.topics import Language, Topic, language_of, topic_of
from llm.demo.transport import LONGEST_SECONDS
from llm.http import HttpClient, make_client
from llm.types import ChatRequest, Finished, FinishReason, Message, Role, TextDelta


class RunningClock:
    """Time that passes only by sleeping, and at once."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock()


@pytest.fixture
async def http(clock: RunningClock) -> AsyncIterator[HttpClient]:
    async with make_client(mounts=demo_mounts(clock)) as client:
        yield client


def asked(text: str, **more: object) -> dict[str, object]:
    return {"model": DEMO_MODEL, "messages": [{"role": "user", "content": text}], **more}


async def chat(http: HttpClient, body: object) -> tuple[int, dict[str, object]]:
    response = await http.post(f"{DEMO_BASE}/chat/completions", json=body)
    return response.status_code, response.json()


async def test_it_lists_itself_like_any_server(http: HttpClient) -> None:
    listing = (await http.get(f"{DEMO_BASE}/models")).json()
    assert [card["id"] for card in listing["data"]] == [DEMO_MODEL]


async def test_the_ordinary_client_streams_its_answer_word_by_word(http: HttpClient, clock: RunningClock) -> None:
    client = LLMClient(ModelConfig(name=DEMO_MODEL, api_base=DEMO_BASE), http, clock=clock, timeouts=Timeouts())
    events = [event async for event in client.stream(ChatRequest((Message(Role.USER, "Why is the sky blue?"),)))]
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert len(deltas) > 20
    assert finished.result.text == "".join(deltas)
    assert "demo" in finished.result.text
    assert finished.result.finish_reason is FinishReason.STOP
    assert finished.result.usage is not None
    assert finished.result.usage.completion_tokens == len(words_of(finished.result.text))
    assert clock.seconds > 0.5


async def test_even_a_long_answer_is_written_in_bearable_time(http: HttpClient, clock: RunningClock) -> None:
    response = await http.post(f"{DEMO_BASE}/chat/completions", json=asked("long", stream=True))
    assert response.text.endswith("data: [DONE]\n\n")
    assert 1 < clock.seconds < LONGEST_SECONDS + 1


async def test_an_answer_at_once_is_the_same_as_the_streamed_one(http: HttpClient) -> None:
    _, whole = await chat(http, asked("table"))
    streamed = await http.post(f"{DEMO_BASE}/chat/completions", json=asked("table", stream=True))
    events = [json.loads(line[6:]) for line in streamed.text.split("\n\n") if line.startswith("data: {")]
    pieces = [event["choices"][0]["delta"].get("content", "") for event in events]
    assert whole["choices"][0]["message"]["content"] == "".join(pieces)  # type: ignore[index]
    assert all("usage" not in event for event in events), "usage only when it is asked for"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_limit_of_tokens_cuts_the_answer(http: HttpClient, name: str) -> None:
    _, short = await chat(http, asked("long", **{name: 5}))
    assert short["choices"][0]["finish_reason"] == "length"  # type: ignore[index]
    assert short["usage"]["completion_tokens"] == 5  # type: ignore[index]
    _, whole = await chat(http, asked("thanks", **{name: 5000}))
    assert whole["choices"][0]["finish_reason"] == "stop"  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "gpt-5", "messages": [{"role": "user", "content": "x"}]}, 404, "model"),
        ({"messages": [{"role": "user", "content": "x"}]}, 404, "model"),
        ({"model": DEMO_MODEL}, 400, "messages"),
        ({"model": DEMO_MODEL, "messages": []}, 400, "messages"),
        ({"model": DEMO_MODEL, "messages": ["x"]}, 400, "messages"),
        (asked("x", max_tokens=0), 400, "max_tokens"),
        (asked("x", max_tokens="5"), 400, "max_tokens"),
        (asked("x", response_format={"type": "json_object"}), 400, "response_format"),
        ([], 400, None),
    ],
)
async def test_what_it_cannot_do_is_refused_as_openai_refuses_it(
    http: HttpClient, body: object, status: int, param: str | None
) -> None:
    got, answer = await chat(http, body)
    error = answer["error"]
    assert isinstance(error, dict)
    assert (got, error["type"], error["param"]) == (status, "invalid_request_error", param)
    assert error["message"]


async def test_unknown_pages_and_broken_bodies_are_errors(http: HttpClient) -> None:
    assert (await http.get(f"{DEMO_BASE}/embeddings")).status_code == 404
    assert (await http.get("http://demo.domovoy.internal/")).status_code == 404
    assert (await http.get(f"{DEMO_BASE}/chat/completions")).status_code == 405
    broken = await http.post(f"{DEMO_BASE}/chat/completions", content=b"{")
    assert broken.status_code == 400
    assert "JSON" in broken.json()["error"]["message"]


async def test_who_stops_reading_stops_the_writing(http: HttpClient, clock: RunningClock) -> None:
    async with http.stream("POST", f"{DEMO_BASE}/chat/completions", json=asked("long", stream=True)) as response:
        pieces = response.aiter_bytes()
        for _ in range(5):
            await anext(pieces)
    spent = clock.seconds
    await asyncio.sleep(0.01)
    assert clock.seconds == spent < 1


class StandingClock(RunningClock):
    """Time that stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asleep.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("stream", [True, False])
async def test_cancelling_a_task_that_waits_for_a_word_ends_it(stream: bool) -> None:
    clock = StandingClock()
    async with make_client(mounts=demo_mounts(clock)) as http:
        task = asyncio.create_task(http.post(f"{DEMO_BASE}/chat/completions", json=asked("long", stream=stream)))
        await clock.asleep.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Hello!", Topic.GREETING),
        ("Привет", Topic.GREETING),
        ("Добрый вечер!", Topic.GREETING),
        ("Thanks a lot", Topic.THANKS),
        ("спасибо!", Topic.THANKS),
        ("пока", Topic.FAREWELL),
        ("Good night", Topic.FAREWELL),
        ("Who are you?", Topic.ABOUT),
        ("Что ты умеешь?", Topic.ABOUT),
        ("formatting", Topic.FORMATTING),
        ("форматирование", Topic.FORMATTING),
        ("Show me some Markdown please", Topic.FORMATTING),
        ("yes", Topic.FORMATTING),
        ("да, покажи", Topic.FORMATTING),
        ("table", Topic.TABLE),
        ("Нарисуй таблицу городов", Topic.TABLE),
        ("code", Topic.CODE),
        ("Напиши код на питоне", Topic.CODE),
        ("formula", Topic.FORMULA),
        ("формула", Topic.FORMULA),
        ("long", Topic.LONG),
        ("длинный ответ", Topic.LONG),
        ("connect", Topic.CONNECT),
        ("Как подключить модель?", Topic.CONNECT),
        ("How do I set up Ollama?", Topic.CONNECT),
        ("2+2?", Topic.SUM),
        ("сколько будет дважды два", Topic.SUM),
        ("Why is the sky blue?", Topic.OTHER),
        ("Why is the sky blue", Topic.OTHER),
        ("Почему небо голубое?", Topic.OTHER),
        ("How long does it take to get there?", Topic.OTHER),
        ("Give me information on information science", Topic.OTHER),
        ("У меня плохое настроение", Topic.OTHER),
        ("We are open 24/7", Topic.OTHER),
        ("", Topic.OTHER),
    ],
)
def test_what_a_message_is_about_is_told_by_its_words(text: str, topic: Topic) -> None:
    assert topic_of(text) is topic


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Привет, how are you? Как дела?"], Language.RUSSIAN),
        (["Hello"], Language.ENGLISH),
        (["👍", "Привет"], Language.RUSSIAN),
        (["42", "Hello", "Привет"], Language.ENGLISH),
        ([], Language.ENGLISH),
    ],
)
def test_the_language_is_that_of_the_last_message_with_letters(texts: list[str], language: Language) -> None:
    assert language_of(texts) is language


def test_every_topic_has_texts_in_both_languages_in_equal_number() -> None:
    for topic in Topic:
        assert english.TEXTS[topic]
        assert len(english.TEXTS[topic]) == len(russian.TEXTS[topic])


def test_texts_are_written_in_their_language() -> None:
    for topic in Topic:
        assert all(language_of([_prose(text)]) is Language.ENGLISH for text in english.TEXTS[topic])
        assert all(language_of([_prose(text)]) is Language.RUSSIAN for text in russian.TEXTS[topic])


def _prose(text: str) -> str:
    return re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$", "", text, flags=re.DOTALL)


def test_each_word_that_the_texts_offer_leads_somewhere() -> None:
    for texts in (english.TEXTS, russian.TEXTS):
        menu = texts[Topic.GREETING][0]
        offered = re.findall(r"`([^`]+)`", menu[menu.index("- `") :])
        assert len(offered) == 6
        topics = [topic_of(word) for word in offered]
        assert len(set(topics)) == 6
        assert Topic.OTHER not in topics


@pytest.mark.parametrize("hello", ["Hello!", "Привет!", "Why?", "Почему?"])
def test_the_first_answer_says_that_it_is_a_demo_and_offers_to_connect_a_model(hello: str) -> None:
    text = answer_to([Said(hello)])
    assert "**" in text
    assert re.search("demo|демо", text)
    assert "`connect`" in text or "`подключить`" in text


def test_the_guide_names_the_three_lines_and_the_commands() -> None:
    for word in ("connect", "подключить"):
        text = answer_to([Said(word)])
        for needed in ("LLM_API_BASE=", "LLM_MODEL=", "LLM_API_KEY=", "ollama pull qwen3:8b", "ollama serve", "lms"):
            assert needed in text


def test_the_showcase_has_each_kind_of_formatting() -> None:
    for word in ("formatting", "форматирование"):
        text = answer_to([Said(word)])
        for mark in ("## ", "**", "*", "~~", "\n1. ", "\n   - ", "\n> ", "|:--", "```python", "$$"):
            assert mark in text
        assert text.count("```") % 2 == 0


def test_the_long_answer_does_not_fit_into_one_telegram_message() -> None:
    for word in ("long", "длинный ответ"):
        assert len(answer_to([Said(word)])) > 4096


def test_the_same_question_gets_another_answer_in_the_next_turn_and_the_same_in_the_same() -> None:
    said = [Said("Why is the sky blue?")]
    answers = [answer_to(said * turn) for turn in range(1, 5)]
    assert len(set(answers)) == 4
    assert answers == [answer_to(said * turn) for turn in range(1, 5)]


async def test_a_picture_without_words_is_not_pretended_to_be_seen(http: HttpClient) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [
        {"role": "user", "content": "Привет"},
        {"role": "assistant", "content": "..."},
        {"role": "user", "content": [picture]},
    ]
    _, answer = await chat(http, {"model": DEMO_MODEL, "messages": messages})
    assert "нет глаз" in answer["choices"][0]["message"]["content"]  # type: ignore[index]


ALL_TEXTS = {text for texts in (english.TEXTS, russian.TEXTS) for several in texts.values() for text in several}


@given(st.lists(st.builds(Said, st.text(max_size=200), st.booleans()), max_size=5))
def test_whatever_is_said_the_answer_is_a_prepared_text_that_repeats_none_of_it(said: list[Said]) -> None:
    answer = answer_to(said)
    assert answer in ALL_TEXTS
    assert "".join(words_of(answer)) == answer


@given(st.text())
def test_cutting_into_words_loses_nothing(text: str) -> None:
    assert "".join(words_of(text)) == text
