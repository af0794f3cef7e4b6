"""Google's Gemma 2, 3 and 4."""

from __future__ import annotations

from collections.abc import Sequence

from llm.prompts.canonical import fold_system
from llm.prompts.families.base import Family, Layout, RenderOptions, SystemRole, ThinkingTags
from llm.types import Message

_LAYOUT = Layout(
    system=("", ""),
    user=("<start_of_turn>user\n", "<end_of_turn>\n"),
    assistant=("<start_of_turn>model\n", "<end_of_turn>\n"),
    generation="<start_of_turn>model\n",
    strip=True,
)
_LAYOUT4 = Layout(
    system=("<|turn>system\n", "<turn|>\n"),
    user=("<|turn>user\n", "<turn|>\n"),
    assistant=("<|turn>model\n", "<turn|>\n"),
    generation="<|turn>model\n",
    strip=True,
)
_TOKENS = ("<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>")
_TOKENS4 = ("<bos>", "<eos>", "<|turn>", "<turn|>", "<|channel>", "<channel|>", "<|think|>")


def _gemma(messages: Sequence[Message], options: RenderOptions) -> str:
    """There is no system role: its text goes before the first question."""
    return _LAYOUT.render(fold_system(messages), options)


def _gemma4(messages: Sequence[Message], options: RenderOptions) -> str:
    """Reasoning is switched off by an empty channel of it."""
    off = options.thinking is False and not options.continue_last
    return _LAYOUT4.render(messages, options) + ("<|channel>thought\n<channel|>" if off else "")


GEMMA2 = Family("gemma2", _gemma, ("<end_of_turn>",), _TOKENS, system=SystemRole.IN_FIRST_USER, alternates=True)
GEMMA3 = Family("gemma3", _gemma, ("<end_of_turn>",), _TOKENS, system=SystemRole.IN_FIRST_USER, alternates=True)
GEMMA4 = Family("gemma4", _gemma4, ("<turn|>",), _TOKENS4, thinking=ThinkingTags("<|channel>thought\n", "<channel|>"))
FAMILIES = (GEMMA2, GEMMA3, GEMMA4)
