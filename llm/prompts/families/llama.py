"""Meta's Llama 2, 3 and 4."""

from __future__ import annotations

from collections.abc import Sequence

from llm.prompts.families.base import Family, Layout, RenderOptions, dialogue, system_text
from llm.types import Message, Role

_LAYOUT3 = Layout(
    system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
    user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
    assistant=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
    generation="<|start_header_id|>assistant<|end_header_id|>\n\n",
    strip=True,
)
_LAYOUT4 = Layout(
    system=("<|header_start|>system<|header_end|>\n\n", "<|eot|>"),
    user=("<|header_start|>user<|header_end|>\n\n", "<|eot|>"),
    assistant=("<|header_start|>assistant<|header_end|>\n\n", "<|eot|>"),
    generation="<|header_start|>assistant<|header_end|>\n\n",
    strip=True,
)
_TOKENS3 = (
    "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>",
    "<|python_tag|>",
)  # fmt: skip
_STOP3 = ("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>")
_TOKENS4 = (
    "<|begin_of_text|>", "<|end_of_text|>", "<|header_start|>", "<|header_end|>", "<|eot|>", "<|eom|>",
    "<|python_start|>", "<|python_end|>",
)  # fmt: skip
_CUTOFF = "Cutting Knowledge Date: December 2023\n"


def _llama2(messages: Sequence[Message], options: RenderOptions) -> str:
    """The system text stands inside the first question; the first text of a prompt has no `<s>`, servers add it."""
    system = system_text(messages)
    written: list[str] = []
    for number, message in enumerate(dialogue(messages)):
        text = message.text.strip()
        if message.role is Role.USER:
            if number == 0 and system:
                text = f"<<SYS>>\n{system.strip()}\n<</SYS>>\n\n{text}"
            written.append(f"{'<s>' if number else ''}[INST] {text} [/INST]")
        else:
            written.append(f" {text} </s>")
    if options.continue_last:
        written[-1] = written[-1].removesuffix(" </s>")
    return "".join(written)


def _llama31(messages: Sequence[Message], options: RenderOptions) -> str:
    """Tells the model when its knowledge ends and, where that is wanted, what day it is."""
    dates = _CUTOFF
    if options.today is not None:
        dates += f"Today Date: {options.today:%d %b %Y}\n"
    told = Message(Role.SYSTEM, f"{dates}\n{system_text(messages).strip()}")
    # The block is written to the letter: its blank end belongs to it when there is no text of ours.
    before, after = _LAYOUT3.system
    return before + told.text + after + _LAYOUT3.render(dialogue(messages), options)


LLAMA2 = Family(
    "llama2", _llama2, ("</s>",), ("<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"), alternates=True
)
LLAMA3 = Family("llama3", _LAYOUT3.render, _STOP3, _TOKENS3)
LLAMA31 = Family("llama3.1", _llama31, _STOP3, _TOKENS3)
LLAMA4 = Family("llama4", _LAYOUT4.render, ("<|eot|>", "<|eom|>", "<|end_of_text|>"), _TOKENS4)
FAMILIES = (LLAMA2, LLAMA3, LLAMA31, LLAMA4)
