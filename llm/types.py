"""Frozen values that the whole language-model layer speaks in: messages, requests, stream events, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who said a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Task(StrEnum):
    """What a request is for; each task may have its own model."""

    CHAT = "chat"
    CLASSIFICATION = "classification"
    AUGMENTATION = "augmentation"
    PROBE = "probe"
    """Nobody waits for it: it finds out how a model does."""


class Why(StrEnum):
    """Why a target was asked at this moment."""

    FIRST_CHOICE = "first_choice"
    """It is the first of those that are thought well."""
    SOONEST = "soonest"
    """Of several servers with the same model it would be done first."""
    OF_TASK = "of_task"
    """It is set for the task, or for messages of this kind."""
    SAME_AGAIN = "same_again"
    """It failed in a way that passes."""
    NEXT = "next"
    """The one before it failed, or is not thought well."""
    LARGER_CONTEXT = "larger_context"
    """The conversation was too long for the one before it."""
    TRIAL = "trial"
    """It failed some time ago: this request finds out whether it is well again."""
    HEDGE = "hedge"
    """The one before it took unusually long to begin."""


class FinishReason(StrEnum):
    """Why a model ended its answer."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text inside a message that has several parts."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image inside a message; `media_type` as in `image/jpeg`."""

    data: bytes = field(repr=False)
    media_type: str


Content = str | tuple[TextPart | ImagePart, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, as a model gets it; a `pinned` one stays when older ones are left out."""

    role: Role
    content: Content = field(repr=False)
    pinned: bool = False

    @property
    def text(self) -> str:
        """The words of the message without its images."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content if isinstance(part, TextPart))


class JsonMode(StrEnum):
    """How a model is held to JSON, the surest first."""

    SCHEMA = "schema"
    """The server holds the answer to a JSON Schema."""
    OBJECT = "object"
    """The server holds the answer to some JSON object."""
    GRAMMAR = "grammar"
    """The server holds the answer to a grammar (GBNF) that we write from the schema."""
    PROMPT = "prompt"
    """Only the words of the request ask for JSON."""


@dataclass(frozen=True, slots=True)
class JsonOutput:
    """Asks for an answer that is one JSON object.

    `schema` is a JSON Schema, or None for any object; `mode` how the model is held to it; None, or
    one that the server has refused: as the server does it best.
    """

    schema: Mapping[str, object] | None = None
    mode: JsonMode | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may call; `parameters` is a JSON Schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model. None means: as the model's configuration or the server has it.

    `thinking` switches the reasoning of a model on or off where the server can. `continue_from` is the beginning of
    the answer, with which the model is to go on; only servers that can (`ServerProfile.continues`) are told of it.
    `request_id` is the number under which the attempts are to be found in the figures; None: any. With `whole` nothing
    is left out to make it fit: it is sent as it is, and fails where it is too long. `kind` is what the message of a
    person asks for, as far as that is known: a kind may have a model of its own. Requests of one `conversation` begin
    alike, so that a server may have that in its cache; those of one `person` take turns with other people's, and
    `own_choice` is the model that they have chosen: it is asked first, the others protect it. With `at_home` it goes to
    no cloud, whatever becomes of it.
    """

    messages: tuple[Message, ...]
    task: Task = Task.CHAT
    max_tokens: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    json: JsonOutput | None = None
    thinking: bool | None = None
    continue_from: str = field(default="", repr=False)
    request_id: int | None = None
    tools: tuple[Tool, ...] = ()
    whole: bool = False
    kind: str = ""
    conversation: str | None = None
    person: str | None = None
    own_choice: str | None = None
    at_home: bool = False

    @property
    def model_of(self) -> str:
        """The name under which a model of its own may be set for it: the kind of an answer, else the task."""
        return self.kind if self.task is Task.CHAT else self.task.value


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; `cached_tokens` are the part of the prompt that it had in its cache."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ServerTimings:
    """What the server says of its own work, in seconds; None: it did not tell.

    `load` is the loading of the model, `prefill` the reading of the part of the prompt that was not cached
    (`prefill_tokens` of it), `decode` the writing of the answer.
    """

    load_seconds: float | None = None
    prefill_seconds: float | None = None
    prefill_tokens: int | None = None
    decode_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TextRetracted:
    """All text given so far was reasoning whose opening tag the server left out: the answer begins anew."""


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """A piece of reasoning; never a part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call; pieces with the same `index` belong together, `arguments` are to be joined."""

    index: int
    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The server told how many tokens were used."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole tool call; `arguments` is the JSON text that the model wrote, unchecked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PromptCut:
    """The server has left out a part of the prompt and did not say so: it counted far fewer tokens than were sent."""

    sent_tokens: int
    counted_tokens: int


@dataclass(frozen=True, slots=True)
class ContextUse:
    """How much of a model's context a prompt took: of `prompt_limit` tokens about `prompt_tokens`.

    It was to have `messages`, of which the oldest `left_out` did not fit.
    """

    prompt_tokens: int
    prompt_limit: int
    messages: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A whole answer. Times are seconds from the start of the request; `ttft_seconds` ends at the first token.

    `question_cut`: the newest message was too long for the model, which was given its beginning and its end only.
    `context_use` is for who wants to know how long the conversation can go on.
    """

    text: str = field(repr=False)
    finish_reason: FinishReason
    model: str
    elapsed_seconds: float
    ttft_seconds: float | None = None
    usage: Usage | None = None
    thinking: str = field(default="", repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    timings: ServerTimings | None = None
    prompt_cut: PromptCut | None = None
    question_cut: bool = False
    context_use: ContextUse | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete; always the last event of a stream."""

    result: ChatResult


StreamEvent = TextDelta | TextRetracted | ThinkingDelta | ToolCallDelta | UsageReport | Finished


@dataclass(frozen=True, slots=True)
class ModelCapabilities:
    """What a model on its server can do. None means: not known.

    `system_role`: a system message has an effect. `json_mode`: the surest way to hold it to JSON that works;
    `supports_json` is False where none does. `thinking_switch`: it can be told not to reason. `prefill`: it goes on
    with an answer that was begun. `silent_truncation`: too long a prompt is cut with a good status.
    `instruction_following` is 0 to 1.
    """

    max_context: int | None = None
    supports_json: bool | None = None
    system_role: bool | None = None
    vision: bool | None = None
    instruction_following: float | None = None
    json_mode: JsonMode | None = None
    thinking_switch: bool | None = None
    prefill: bool | None = None
    silent_truncation: bool | None = None
