"""Mistral's five formats; they differ by spaces and by where the system text goes (servers.md 12.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm.prompts.families.base import Family, RenderOptions, SystemRole, ThinkingTags, dialogue, system_text
from llm.types import Message, Role

_TOKENS = ("<s>", "</s>", "[INST]", "[/INST]")
_SYSTEM_TOKENS = ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]")
_THINK = ("[THINK]", "[/THINK]")
_TOOLS = ("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]")


@dataclass(frozen=True, slots=True)
class _Format:
    """`opening`, `closing`: around a question; `answer`: before an answer; `system`: a block of its own, if any."""

    opening: str
    closing: str
    answer: str
    system: tuple[str, str] | None = None
    system_in_last: bool = False

    def render(self, messages: Sequence[Message], options: RenderOptions) -> str:
        told, said = system_text(messages), dialogue(messages)
        last = max((number for number, message in enumerate(said) if message.role is Role.USER), default=0)
        written = [self.system[0] + told + self.system[1]] if self.system and told else []
        for number, message in enumerate(said):
            text = message.text
            if message.role is Role.USER:
                if told and self.system is None and number == (last if self.system_in_last else 0):
                    text = f"{told}\n\n{text}"
                written.append(self.opening + text + self.closing)
            else:
                written.append(self.answer + text + "</s>")
        if options.continue_last:
            written[-1] = written[-1].removesuffix("</s>")
        return "".join(written)


# Between two turns of the first format stands a space: the one before `[INST]`, which begins the whole text as well.
MISTRAL_V1 = Family(
    "mistral-v1",
    _Format(" [INST] ", " [/INST]", " ").render,
    ("</s>",),
    _TOKENS,
    system=SystemRole.IN_FIRST_USER,
    alternates=True,
)
MISTRAL_V3 = Family(
    "mistral-v3",
    _Format("[INST] ", "[/INST]", " ").render,
    ("</s>",),
    _TOKENS + _TOOLS,
    system=SystemRole.IN_FIRST_USER,
    alternates=True,
)
MISTRAL_V3_TEKKEN = Family(
    "mistral-v3-tekken",
    _Format("[INST]", "[/INST]", "", system_in_last=True).render,
    ("</s>",),
    _TOKENS + _TOOLS,
    system=SystemRole.IN_LAST_USER,
    alternates=True,
)
MISTRAL_V7 = Family(
    "mistral-v7",
    _Format("[INST] ", "[/INST]", " ", system=("[SYSTEM_PROMPT] ", "[/SYSTEM_PROMPT]")).render,
    ("</s>",),
    _TOKENS + _TOOLS + _SYSTEM_TOKENS,
    alternates=True,
)
MISTRAL_V7_TEKKEN = Family(
    "mistral-v7-tekken",
    _Format("[INST]", "[/INST]", "", system=("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]")).render,
    ("</s>",),
    _TOKENS + _TOOLS + _SYSTEM_TOKENS + _THINK,
    alternates=True,
)
MAGISTRAL = Family(
    "magistral",
    MISTRAL_V7_TEKKEN.render,
    ("</s>",),
    MISTRAL_V7_TEKKEN.control_tokens,
    alternates=True,
    thinking=ThinkingTags(*_THINK),
)
FAMILIES = (MISTRAL_V1, MISTRAL_V3, MISTRAL_V3_TEKKEN, MISTRAL_V7, MISTRAL_V7_TEKKEN, MAGISTRAL)
