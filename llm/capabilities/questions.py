"""The questions that a model is asked to see what it can do: short, checked by program, hard to pass by luck."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from llm.capabilities.needles import CODE, needle_messages, size_of
from llm.capabilities.observation import Verdict
from llm.capabilities.picture import COLOURS, picture
from llm.json_text import json_object
from llm.learned import Adjustments
from llm.types import (
    ChatRequest,
    ChatResult,
    FinishReason,
    ImagePart,
    JsonMode,
    JsonOutput,
    Message,
    Role,
    Task,
    TextPart,
    Tool,
)

WORD = "word"
WORD_AGAIN = "word_again"
COUNT = "count"
LIST = "list"
RUSSIAN = "russian"
RUSSIAN_AGAIN = "russian_again"
CONFLICT = "system_conflict"
CODE_IN_SYSTEM = "system_code"
CONTROL = "system_control"
JSON = {
    JsonMode.SCHEMA: "json_schema",
    JsonMode.OBJECT: "json_object",
    JsonMode.GRAMMAR: "json_grammar",
    JsonMode.PROMPT: "json_prompt",
}
JSON_AGAIN = "json_prompt_again"
TOOLS = "tools"
VISION = "vision"
PREFILL = "prefill"

INSTRUCTIONS = frozenset({WORD, WORD_AGAIN, COUNT, LIST, CONFLICT, JSON[JsonMode.PROMPT], JSON_AGAIN})
"""In these the model is told exactly what to do."""

SEED = 48151
SHORT_ANSWER = 48
JSON_ANSWER = 96
FIRST_ANSWER = 256
"""The first answer shows whether the model reasons, which takes more room than a word."""
THINKING_ROOM = 1024

_WHO, _LATER = "person", "age_in_5_years"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {_WHO: {"type": "string"}, _LATER: {"type": "integer"}},
    "required": [_WHO, _LATER],
    "additionalProperties": False,
}
"""Its names stand nowhere in the question: who gives them has been held to it. One value has to be computed."""
WEATHER = Tool(
    "get_weather",
    "Tells the weather of a city",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
_BANANA = "Whatever the user says, answer only with the word BANANA."
_SECRET = f"You are a test bot. The secret code is {CODE}."
_PERSON = "Oleg is 57 years old."
_YEARS = 57
_YEARS_LATER = 62
_NAME = "Oleg"
_CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")
_FIRST_NAME = re.compile(rf'\{{\s*"({_WHO}|{_LATER})"\s*:')
_AN_OBJECT = re.compile(r"\{\s*\"")
_STOP_AT = 9
_MOSTLY = 0.6
_FRUITS = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: the answer, and what the client had to change to get it."""

    result: ChatResult
    adjustments: Adjustments

    @property
    def text(self) -> str:
        """The answer without spaces around it."""
        return self.result.text.strip()


@dataclass(frozen=True, slots=True)
class Question:
    """One probe: what is sent, and how the answer is judged.

    What the server refuses of one that is `cured` is left out, and it is sent again; else the refusal is its answer.
    """

    name: str
    request: ChatRequest = field(repr=False)
    judge: Callable[[Heard], Verdict] = field(repr=False)
    cured: bool = True


def question(name: str, *, reasons: bool = False) -> Question:
    """The probe of this name; one that `reasons` gets room for it."""
    if (size := size_of(name)) is not None:
        request = _request(*needle_messages(size), reasons=reasons, whole=True)
        return Question(name, request, _has_code)
    make = _QUESTIONS[name]
    return make(name, reasons)


def _request(
    *messages: Message,
    reasons: bool,
    thinking: bool | None = False,
    max_tokens: int = SHORT_ANSWER,
    stop: tuple[str, ...] = (),
    output: JsonOutput | None = None,
    continue_from: str = "",
    tools: tuple[Tool, ...] = (),
    whole: bool = False,
) -> ChatRequest:
    return ChatRequest(
        messages,
        Task.PROBE,
        max_tokens=max_tokens + (THINKING_ROOM if reasons else 0),
        temperature=0.0,
        seed=SEED,
        stop=stop,
        json=output,
        thinking=thinking,
        continue_from=continue_from,
        tools=tools,
        whole=whole,
    )


def _user(text: str) -> Message:
    return Message(Role.USER, text)


def _word(name: str, reasons: bool) -> Question:
    # What the model does by itself shows once: afterwards it is asked not to reason.
    first = name == WORD
    wanted = "pong" if first else "zorvak"
    request = _request(
        _user(f"Reply with exactly the word {wanted.upper()}"),
        reasons=reasons,
        thinking=None if first else False,
        max_tokens=FIRST_ANSWER if first else SHORT_ANSWER,
    )
    return Question(name, request, lambda heard: _verdict(_bare(heard.text) == wanted))


def _count(name: str, reasons: bool) -> Question:
    request = _request(_user("Count from 1 to 12."), reasons=reasons, stop=(str(_STOP_AT),))
    return Question(name, request, lambda heard: _verdict(_numbers(heard.text)[:8] == list(range(1, _STOP_AT))))


def stopped(heard: Heard) -> bool | None:
    """Whether counting ended at the stop string; None: it did not get so far."""
    numbers = _numbers(heard.text)
    if numbers[:8] != list(range(1, _STOP_AT)):
        return None
    return "stop" not in heard.adjustments.without and _STOP_AT not in numbers


def _list(name: str, reasons: bool) -> Question:
    request = _request(_user("List exactly three fruits, one per line."), reasons=reasons)

    def judge(heard: Heard) -> Verdict:
        lines = [line for line in heard.text.splitlines() if line.strip()]
        return _verdict(
            len(lines) == _FRUITS and all(_LETTER.search(line) and len(line) <= SHORT_ANSWER for line in lines)
        )

    return Question(name, request, judge)


def _russian(name: str, reasons: bool) -> Question:
    asked = "Как дела?" if name == RUSSIAN else "Привет! Как тебя зовут?"

    def judge(heard: Heard) -> Verdict:
        return _verdict(cyrillic_share(heard.text) >= _MOSTLY and asked not in heard.text)

    return Question(name, _request(_user(asked), reasons=reasons), judge)


def _conflict(name: str, reasons: bool) -> Question:
    request = _request(Message(Role.SYSTEM, _BANANA), _user("What is 2+2?"), reasons=reasons)
    return Question(name, request, lambda heard: _verdict(_bare(heard.text) == "banana"))


def _code(name: str, reasons: bool) -> Question:
    asked = "What is the secret code?"
    control = (_user(f"{_SECRET}\n\n{asked}"),)
    messages = control if name == CONTROL else (Message(Role.SYSTEM, _SECRET), _user(asked))
    return Question(name, _request(*messages, reasons=reasons), _has_code)


def _has_code(heard: Heard) -> Verdict:
    # Who repeats what was said has the code in it too.
    said = heard.text.lower()
    repeats = "what is the secret code" in said or "remember it" in said or "test bot" in said
    return _verdict(CODE in _NUMBER.findall(said) and not repeats)


def _held_json(name: str, reasons: bool) -> Question:
    mode = next(mode for mode, question_name in JSON.items() if question_name == name)
    asked = f"Extract name and age as JSON: {_PERSON}"
    request = _request(_user(asked), reasons=reasons, max_tokens=JSON_ANSWER, output=JsonOutput(SCHEMA, mode))

    def judge(heard: Heard) -> Verdict:
        return _verdict(_held(heard) is not None or _runs_on(heard, _FIRST_NAME))

    return Question(name, request, judge, cured=False)


def _held(heard: Heard) -> dict[str, object] | None:
    """The answer when it has the form that was wanted, whatever its values are."""
    value = _strict(heard.text)
    if value is None or set(value) != {_WHO, _LATER}:
        return None
    years = value[_LATER]
    right = isinstance(value[_WHO], str) and isinstance(years, int) and not isinstance(years, bool)
    return value if right else None


def _runs_on(heard: Heard, begins: re.Pattern[str]) -> bool:
    """Whether the answer was held to its form and cut for its length: a weak model may find no end within it."""
    return heard.result.finish_reason is FinishReason.LENGTH and begins.match(heard.text) is not None


def reckoned(heard: Heard) -> bool | None:
    """Whether the values of an answer in the wanted form are right, one of which is not in the question."""
    value = _held(heard)
    return None if value is None else value == {_WHO: _NAME, _LATER: _YEARS_LATER}


def _any_object(name: str, reasons: bool) -> Question:
    # The word has to be there for OpenAI, and the wish must not be: who answers with JSON was held to it.
    asked = "Say hello in plain words, not as JSON."
    output = JsonOutput(None, JsonMode.OBJECT)
    request = _request(_user(asked), reasons=reasons, max_tokens=JSON_ANSWER, output=output)

    def judge(heard: Heard) -> Verdict:
        return _verdict(_strict(heard.text) is not None or _runs_on(heard, _AN_OBJECT))

    return Question(name, request, judge, cured=False)


def _asked_json(name: str, reasons: bool) -> Question:
    asked = (
        "Extract name and age as JSON: " if name == JSON[JsonMode.PROMPT] else "Write name and age as a JSON object: "
    )

    def judge(heard: Heard) -> Verdict:
        found = json_object(heard.text)
        return _verdict(found is not None and found.get("name") == _NAME and str(found.get("age")) == str(_YEARS))

    return Question(name, _request(_user(asked + _PERSON), reasons=reasons), judge)


def _tools(name: str, reasons: bool) -> Question:
    request = _request(_user("What is the weather in Paris now?"), reasons=reasons, max_tokens=128, tools=(WEATHER,))

    def judge(heard: Heard) -> Verdict:
        calls = heard.result.tool_calls
        return _verdict(any(one.name == WEATHER.name and "paris" in one.arguments.lower() for one in calls))

    return Question(name, request, judge, cured=False)


def _vision(name: str, reasons: bool) -> Question:
    asked = "Which two colours has this picture, from left to right? Answer with two words."
    content = (TextPart(asked), ImagePart(picture(), "image/png"))
    left, right = COLOURS

    def judge(heard: Heard) -> Verdict:
        words = re.findall(r"[a-z]+", heard.text.lower())
        return _verdict(words[:2] == [left, right] or _in_order(heard.text.lower(), left, right))

    return Question(name, _request(Message(Role.USER, content), reasons=reasons), judge, cured=False)


def _prefill(name: str, reasons: bool) -> Question:
    # Nobody who begins anew writes two spaces there. Some servers repeat the beginning (see `Continuation`).
    begun, following = "1  2 3 4 5 6", 7
    request = _request(_user("Count from 1 to 12."), reasons=False, max_tokens=16, continue_from=begun)

    def judge(heard: Heard) -> Verdict:
        return _verdict(_numbers(heard.text.removeprefix(begun))[:1] == [following])

    return Question(name, request, judge)


_QUESTIONS: dict[str, Callable[[str, bool], Question]] = {
    WORD: _word,
    WORD_AGAIN: _word,
    COUNT: _count,
    LIST: _list,
    RUSSIAN: _russian,
    RUSSIAN_AGAIN: _russian,
    CONFLICT: _conflict,
    CODE_IN_SYSTEM: _code,
    CONTROL: _code,
    JSON[JsonMode.SCHEMA]: _held_json,
    JSON[JsonMode.GRAMMAR]: _held_json,
    JSON[JsonMode.OBJECT]: _any_object,
    JSON[JsonMode.PROMPT]: _asked_json,
    JSON_AGAIN: _asked_json,
    TOOLS: _tools,
    VISION: _vision,
    PREFILL: _prefill,
}


def cyrillic_share(text: str) -> float:
    """Which share of the letters of a text are Cyrillic; 0 without letters."""
    letters = _LETTER.findall(text)
    return len(_CYRILLIC.findall(text)) / len(letters) if letters else 0.0


def latin_share(text: str) -> float:
    """Which share of the letters of a text are those of English; 0 without letters."""
    letters = _LETTER.findall(text)
    return sum(letter.isascii() for letter in letters) / len(letters) if letters else 0.0


def _verdict(right: bool) -> Verdict:
    return Verdict.PASSED if right else Verdict.FAILED


def _bare(text: str) -> str:
    return text.strip(" \n.!\"'`*").lower()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(text) if len(number) <= len(CODE)]


def _strict(text: str) -> dict[str, object] | None:
    """A text that is one JSON object and nothing else; llama-server's grammar permits a code fence around it."""
    bare = text.removeprefix("```json").removesuffix("```").strip() if text.startswith("```json") else text
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _in_order(text: str, first: str, second: str) -> bool:
    """Whether both words stand in a text in this order, each once, so that a list of all colours is none."""
    return text.count(first) == 1 and text.count(second) == 1 and text.index(first) < text.index(second)
