"""Asks a model for an answer of a given type: as JSON, checked, repaired once, or with the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from llm.errors import LLMError
from llm.json_schema import answer_schema, member_names
from llm.json_text import json_object
from llm.types import ChatRequest, ChatResult, FinishReason, JsonOutput, Message, Role

AnswerType = TypeVar("AnswerType", bound=BaseModel)

MOST_PROBLEMS = 8
MOST_SHOWN = 4000
"""So many characters of a faulty answer are shown to the model again."""

_INSTRUCTION = (
    "Answer with one JSON object and nothing else: no words before or after it, no code block. "
    "It has to match this JSON Schema:\n{schema}"
)
_REPAIR = "This is not the JSON that was asked for:\n{problems}\nAnswer with the corrected JSON object only."


class Ask(Protocol):
    """Gets the whole answer to a request: `LLMClient.chat`, or anything that puts more care around it."""

    async def __call__(self, request: ChatRequest) -> ChatResult:
        """Give the whole answer or raise an LLMError."""


class JsonFault(StrEnum):
    """Why an answer is of no use."""

    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    CUT_OFF = "cut_off"
    """It reached the limit of its length before its end."""


class JsonAnswerFailed(LLMError):
    """The model answered, twice where that could help, and not with what was asked for.

    `problems` say where and of what kind, never what was written. `result` is the last answer.
    """

    def __init__(self, fault: JsonFault, problems: tuple[str, ...], result: ChatResult) -> None:
        self.fault = fault
        self.problems = problems
        self.result = result
        super().__init__(f"{result.model}: {fault}" + (f" ({'; '.join(problems)})" if problems else ""))


@dataclass(frozen=True, slots=True)
class JsonAnswer(Generic[AnswerType]):
    """A checked answer; `repaired` when the first try was faulty, `result` is the answer it was read from."""

    value: AnswerType
    result: ChatResult
    repaired: bool


@dataclass(frozen=True, slots=True)
class _Faulty:
    fault: JsonFault
    problems: tuple[str, ...]
    explained: str
    """The problems in words for the model, which may repeat what it has written."""


async def chat_json(ask: Ask, request: ChatRequest, answer_type: type[AnswerType]) -> JsonAnswer[AnswerType]:
    """Get an answer of a type.

    The server holds the model to the type's schema as well as it can: by the schema, by any object, by a grammar
    (`LLMClient` picks, and passes on to the next way what a server refuses). The words of the request ask for it as
    well, since a server may ignore what it does not know, and what comes is checked here. A faulty answer goes back
    to the model once with what is wrong. Without other wishes in the request the temperature is 0 and the model is
    told not to reason. Raises JsonAnswerFailed, and what `ask` raises.
    """
    schema = answer_schema(answer_type)
    first = replace(
        request,
        messages=_told(request.messages, schema),
        json=JsonOutput(schema, request.json.mode if request.json is not None else None),
        temperature=0.0 if request.temperature is None else request.temperature,
        thinking=False if request.thinking is None else request.thinking,
    )
    result = await ask(first)
    read = _read(result, answer_type)
    if not isinstance(read, _Faulty):
        return JsonAnswer(read, result, repaired=False)
    if read.fault is JsonFault.CUT_OFF:  # the same limit would cut off the next one
        raise JsonAnswerFailed(read.fault, read.problems, result)
    result = await ask(replace(first, messages=_with_repair(first.messages, result.text, read)))
    read = _read(result, answer_type)
    if isinstance(read, _Faulty):
        raise JsonAnswerFailed(read.fault, read.problems, result)
    return JsonAnswer(read, result, repaired=True)


def _told(messages: Sequence[Message], schema: dict[str, object]) -> tuple[Message, ...]:
    """The messages with the wish for JSON at the end of the system text."""
    wish = _INSTRUCTION.format(schema=json.dumps(schema, ensure_ascii=False, separators=(",", ":")))
    system = [message for message in messages if message.role is Role.SYSTEM]
    others = [message for message in messages if message.role is not Role.SYSTEM]
    text = "\n\n".join([*(message.text for message in system), wish])
    return (Message(Role.SYSTEM, text), *others)


def _with_repair(messages: tuple[Message, ...], faulty: str, read: _Faulty) -> tuple[Message, ...]:
    words = _REPAIR.format(problems=read.explained)
    return (*messages, Message(Role.ASSISTANT, faulty[:MOST_SHOWN]), Message(Role.USER, words))


def _read(result: ChatResult, answer_type: type[AnswerType]) -> AnswerType | _Faulty:
    found = json_object(result.text)
    cut = result.finish_reason is FinishReason.LENGTH
    if found is None:
        fault = JsonFault.CUT_OFF if cut else JsonFault.NOT_JSON
        return _Faulty(fault, (), "- there is no JSON object in it, or a faulty one")
    try:
        return answer_type.model_validate(found)
    except ValidationError as error:
        return _faulty(error, JsonFault.CUT_OFF if cut else JsonFault.WRONG_SHAPE, member_names(answer_type))


def _faulty(error: ValidationError, fault: JsonFault, names: Set[str]) -> _Faulty:
    found = error.errors(include_url=False, include_input=False, include_context=False)[:MOST_PROBLEMS]
    # A step may be a name that the model has made up: only the model is told that one.
    known = tuple(f"{_place(step if step in names else '*' for step in one['loc'])}: {one['type']}" for one in found)
    explained = "\n".join(f"- {_place(one['loc'])}: {one['msg']}" for one in found)
    return _Faulty(fault, known, explained)


def _place(steps: Iterable[int | str]) -> str:
    return ".".join(str(step) for step in steps) or "the object"
