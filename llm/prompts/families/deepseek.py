"""DeepSeek V3, R1 and V3.1; their bars are the fullwidth ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm.prompts.families.base import Family, Layout, RenderOptions, ThinkingTags
from llm.types import Message

_END = "<｜end▁of▁sentence｜>"
_TOKENS = ("<｜begin▁of▁sentence｜>", _END, "<｜User｜>", "<｜Assistant｜>")
_THINK = ("<think>", "</think>")
_LAYOUT = Layout(
    system=("", ""),
    user=("<｜User｜>", ""),
    assistant=("<｜Assistant｜>", _END),
    generation="<｜Assistant｜>",
)
# An answer of V3.1 begins behind the end of reasoning that is not kept.
_LAYOUT31 = replace(_LAYOUT, assistant=("<｜Assistant｜></think>", _END))


def _r1(messages: Sequence[Message], options: RenderOptions) -> str:
    """The template opens the reasoning itself."""
    return _LAYOUT.render(messages, options) + ("" if options.continue_last else "<think>\n")


def _v31(messages: Sequence[Message], options: RenderOptions) -> str:
    """Reasons only when it is told to."""
    written = _LAYOUT31.render(messages, options)
    if options.continue_last:
        return written
    return written + ("<think>" if options.thinking else "</think>")


DEEPSEEK_V3 = Family("deepseek-v3", _LAYOUT.render, (_END,), _TOKENS)
DEEPSEEK_R1 = Family(
    "deepseek-r1", _r1, (_END,), _TOKENS + _THINK, thinking=ThinkingTags(*_THINK, opens_in_prompt=True)
)
DEEPSEEK_V31 = Family("deepseek-v3.1", _v31, (_END,), _TOKENS + _THINK, thinking=ThinkingTags(*_THINK))
FAMILIES = (DEEPSEEK_V3, DEEPSEEK_R1, DEEPSEEK_V31)
