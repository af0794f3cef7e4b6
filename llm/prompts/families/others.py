"""Families of one or two formats each: gpt-oss, Command, Granite, GLM, Kimi, Zephyr and those before them."""

from __future__ import annotations

from collections.abc import Sequence

from llm.prompts.families.base import (
    Family,
    Layout,
    RenderOptions,
    SystemRole,
    ThinkingTags,
    dialogue,
    system_text,
)
from llm.types import Message, Role

_THINK = ("<think>", "</think>")

_HARMONY = Layout(
    system=("<|start|>developer<|message|># Instructions\n\n", "<|end|>"),
    user=("<|start|>user<|message|>", "<|end|>"),
    assistant=("<|start|>assistant<|channel|>final<|message|>", "<|end|>"),
    generation="<|start|>assistant",
)


def _gpt_oss(messages: Sequence[Message], options: RenderOptions) -> str:
    """What a person calls the system message is the developer's; the system message tells of channels and effort."""
    effort = "low" if options.thinking is False else "medium"
    today = "" if options.today is None else f"Current date: {options.today:%Y-%m-%d}\n"
    own = (
        "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
        f"Knowledge cutoff: 2024-06\n{today}\nReasoning: {effort}\n\n"
        "# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>"
    )
    # The blank line after our text belongs to the developer's message.
    told = system_text(messages)
    before, after = _HARMONY.system
    instructions = f"{before}{told}\n\n{after}" if told else ""
    return own + instructions + _HARMONY.render(dialogue(messages), options)


_COMMAND = Layout(
    system=("<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
    user=("<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
    assistant=("<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
    generation="<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    strip=True,
)
_COMMAND_A = Layout(
    system=_COMMAND.system,
    user=_COMMAND.user,
    assistant=("<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_RESPONSE|>", "<|END_RESPONSE|><|END_OF_TURN_TOKEN|>"),
    generation=_COMMAND.generation,
    strip=True,
)
_COMMAND_TOKENS = (
    "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>",
)  # fmt: skip
_COMMAND_THINK = ("<|START_THINKING|>", "<|END_THINKING|>")


def _command_a(messages: Sequence[Message], options: RenderOptions) -> str:
    """Reasoning is switched off by a block of it that is empty."""
    off = options.thinking is False and not options.continue_last
    return _COMMAND_A.render(messages, options) + ("".join(_COMMAND_THINK) if off else "")


_GLM = Layout(
    system=("<|system|>\n", ""),
    user=("<|user|>\n", ""),
    assistant=("<|assistant|>\n", ""),
    generation="<|assistant|>",
)
_GLM_TOKENS = ("[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<|endoftext|>")
_GLM_STOP = ("<|user|>", "<|observation|>", "<|endoftext|>")


def _glm4(messages: Sequence[Message], options: RenderOptions) -> str:
    """Its two first tokens are a part of the text, not the token that begins one."""
    return "[gMASK]<sop>" + _GLM.render(messages, options)


def _glm45(messages: Sequence[Message], options: RenderOptions) -> str:
    """Reasoning is switched off by an empty block of it."""
    off = options.thinking is False and not options.continue_last
    return _glm4(messages, options) + ("\n<think></think>" if off else "")


_VICUNA = Layout(
    system=("", "\n\n"),
    user=("USER: ", "\n"),
    assistant=("ASSISTANT: ", "</s>\n"),
    generation="ASSISTANT:",
)
_ALPACA = Layout(
    system=("", "\n\n"),
    user=("### Instruction:\n", "\n\n"),
    assistant=("### Response:\n", "\n\n"),
    generation="### Response:\n",
)


def _dialogpt(messages: Sequence[Message], options: RenderOptions) -> str:
    """Turns and nothing else: it knows no roles (servers.md 12.5)."""
    written = "<|endoftext|>".join(message.text for message in messages if message.role is not Role.SYSTEM)
    return written if options.continue_last else written + "<|endoftext|>"


FAMILIES = (
    Family(
        "gpt-oss",
        _gpt_oss,
        ("<|return|>", "<|call|>"),
        ("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|return|>", "<|call|>"),
        thinking=ThinkingTags("<|channel|>analysis<|message|>", "<|end|>"),
    ),
    Family("command-r", _COMMAND.render, ("<|END_OF_TURN_TOKEN|>",), _COMMAND_TOKENS),
    Family(
        "command-a",
        _command_a,
        ("<|END_OF_TURN_TOKEN|>",),
        (*_COMMAND_TOKENS, *_COMMAND_THINK, "<|START_RESPONSE|>", "<|END_RESPONSE|>"),
        thinking=ThinkingTags(*_COMMAND_THINK),
    ),
    Family(
        "granite",
        Layout(
            system=("<|start_of_role|>system<|end_of_role|>", "<|end_of_text|>\n"),
            user=("<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n"),
            assistant=("<|start_of_role|>assistant<|end_of_role|>", "<|end_of_text|>\n"),
            generation="<|start_of_role|>assistant<|end_of_role|>",
        ).render,
        ("<|end_of_text|>",),
        ("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"),
    ),
    Family("glm4", _glm4, _GLM_STOP, _GLM_TOKENS),
    Family("glm4.5", _glm45, _GLM_STOP, _GLM_TOKENS + _THINK, thinking=ThinkingTags(*_THINK)),
    Family(
        "kimi-k2",
        Layout(
            system=("<|im_system|>system<|im_middle|>", "<|im_end|>"),
            user=("<|im_user|>user<|im_middle|>", "<|im_end|>"),
            assistant=("<|im_assistant|>assistant<|im_middle|>", "<|im_end|>"),
            generation="<|im_assistant|>assistant<|im_middle|>",
        ).render,
        ("<|im_end|>",),
        ("<|im_system|>", "<|im_user|>", "<|im_assistant|>", "<|im_middle|>", "<|im_end|>"),
    ),
    Family(
        "zephyr",
        Layout(
            system=("<|system|>\n", "</s>\n"),
            user=("<|user|>\n", "</s>\n"),
            assistant=("<|assistant|>\n", "</s>\n"),
            generation="<|assistant|>\n",
        ).render,
        ("</s>",),
        ("<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"),
    ),
    Family("vicuna", _VICUNA.render, ("</s>", "USER:"), ("<s>", "</s>", "USER:", "ASSISTANT:")),
    Family(
        "alpaca",
        _ALPACA.render,
        ("### Instruction:", "</s>"),
        ("<s>", "</s>", "### Instruction:", "### Response:"),
    ),
    Family(
        "dialogpt",
        _dialogpt,
        ("<|endoftext|>",),
        ("<|endoftext|>",),
        system=SystemRole.DROPPED,
        max_context=1024,
        follows_instructions=False,
    ),
)
