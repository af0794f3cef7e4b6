"""What is known of a family of models: how its prompts are written, where they end, what may not stand in a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from llm.types import Message, Role


class SystemRole(StrEnum):
    """What a family does with a system message (servers.md 12.2)."""

    NATIVE = "native"
    IN_FIRST_USER = "in_first_user"
    IN_LAST_USER = "in_last_user"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ThinkingTags:
    """How a family marks its reasoning; `opens_in_prompt`: the prompt itself ends with the opening tag."""

    opening: str
    closing: str
    opens_in_prompt: bool = False


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a prompt is written.

    `thinking` switches reasoning where the family's template can, None: as the template has it. `today` is for
    families that tell the model the date; None leaves that out. With `continue_last` the last message is the model's
    and is to be continued.
    """

    thinking: bool | None = None
    today: date | None = None
    continue_last: bool = False


Render = Callable[[Sequence[Message], RenderOptions], str]


@dataclass(frozen=True, slots=True)
class Family:
    """One family in one version.

    `render` writes canonical messages as the text that the model was trained on, without the token that begins a
    text: servers add it (servers.md 12). `stop` are its end marks, `control_tokens` all that may not stand in what
    people write. `alternates`: its publisher's template refuses the same role twice in a row. `max_context` is where
    its positions end for good, in tokens.
    """

    name: str
    render: Render
    stop: tuple[str, ...]
    control_tokens: tuple[str, ...]
    system: SystemRole = SystemRole.NATIVE
    alternates: bool = False
    thinking: ThinkingTags | None = None
    max_context: int | None = None
    follows_instructions: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """A format in which each message stands between two marks, and the answer begins after one.

    `before_first` and `after_last` are the marks of the messages of each role.
    """

    system: tuple[str, str]
    user: tuple[str, str]
    assistant: tuple[str, str]
    generation: str
    strip: bool = False

    def render(self, messages: Sequence[Message], options: RenderOptions) -> str:
        """Write messages so."""
        return self.turns(messages, options) + ("" if options.continue_last else self.generation)

    def turns(self, messages: Sequence[Message], options: RenderOptions) -> str:
        """Write messages without the mark after which the answer begins."""
        marks = {Role.SYSTEM: self.system, Role.USER: self.user, Role.ASSISTANT: self.assistant}
        written: list[str] = []
        for message in messages:
            before, after = marks[message.role]
            text = message.text.strip() if self.strip else message.text
            written += (before, text, after)
        if options.continue_last and written:
            written.pop()
        return "".join(written)


def system_text(messages: Sequence[Message]) -> str:
    """The text of the system message, or an empty one."""
    return messages[0].text if messages and messages[0].role is Role.SYSTEM else ""


def dialogue(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Messages without the system message."""
    return tuple(message for message in messages if message.role is not Role.SYSTEM)
