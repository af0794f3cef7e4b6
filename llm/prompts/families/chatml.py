"""ChatML and the Qwens, which write it with rules of their own."""

from __future__ import annotations

from collections.abc import Sequence

from llm.prompts.families.base import Family, Layout, RenderOptions, ThinkingTags, system_text
from llm.types import Message, Role

TOKENS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
THINK = ("<think>", "</think>")
_END = "<|im_end|>\n"
_LAYOUT = Layout(
    system=("<|im_start|>system\n", _END),
    user=("<|im_start|>user\n", _END),
    assistant=("<|im_start|>assistant\n", _END),
    generation="<|im_start|>assistant\n",
)
_QWEN25_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."


def _qwen25(messages: Sequence[Message], options: RenderOptions) -> str:
    """Without a system message the publisher's own stands there (servers.md 12.1)."""
    if not system_text(messages):
        messages = (Message(Role.SYSTEM, _QWEN25_SYSTEM), *messages)
    return _LAYOUT.render(messages, options)


def _qwen3(messages: Sequence[Message], options: RenderOptions) -> str:
    """Reasoning is switched off by a block of it that is empty."""
    off = options.thinking is False and not options.continue_last
    return _LAYOUT.render(messages, options) + ("<think>\n\n</think>\n\n" if off else "")


def _qwen35(messages: Sequence[Message], options: RenderOptions) -> str:
    """The template opens the reasoning itself."""
    written = _LAYOUT.render(messages, options)
    if options.continue_last:
        return written
    return written + ("<think>\n\n</think>\n\n" if options.thinking is False else "<think>\n")


CHATML = Family("chatml", _LAYOUT.render, ("<|im_end|>",), TOKENS)
QWEN25 = Family("qwen2.5", _qwen25, ("<|im_end|>", "<|endoftext|>"), TOKENS)
QWEN3 = Family("qwen3", _qwen3, ("<|im_end|>", "<|endoftext|>"), TOKENS + THINK, thinking=ThinkingTags(*THINK))
QWEN35 = Family(
    "qwen3.5",
    _qwen35,
    ("<|im_end|>", "<|endoftext|>"),
    TOKENS + THINK,
    thinking=ThinkingTags(*THINK, opens_in_prompt=True),
)
FAMILIES = (CHATML, QWEN25, QWEN3, QWEN35)
