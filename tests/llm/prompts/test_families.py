"""What each family renders, written out, and what holds for every family and every dialogue."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.prompts.families.base import Family, RenderOptions, SystemRole
from llm.prompts.families.registry import FAMILIES
from llm.types import Message, Role
from tests.llm.prompts.dialogues import canonical_dialogues

TALK = (
    Message(Role.SYSTEM, "S"),
    Message(Role.USER, "one"),
    Message(Role.ASSISTANT, "two"),
    Message(Role.USER, "three"),
)
USUAL = RenderOptions()
QWEN = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."


def chatml(end: str = "<|im_start|>assistant\n") -> str:
    return (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\none<|im_end|>\n"
        f"<|im_start|>assistant\ntwo<|im_end|>\n<|im_start|>user\nthree<|im_end|>\n{end}"
    )


def llama3(system: str) -> str:
    return (
        f"<|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\none<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\ntwo<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nthree<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


GEMMA = (
    "<start_of_turn>user\nS\n\none<end_of_turn>\n<start_of_turn>model\ntwo<end_of_turn>\n"
    "<start_of_turn>user\nthree<end_of_turn>\n<start_of_turn>model\n"
)
HARMONY = (
    "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\n"
    "\nReasoning: medium\n\n# Valid channels: analysis, commentary, final. "
    "Channel must be included for every message.<|end|>"
    "<|start|>developer<|message|># Instructions\n\nS\n\n<|end|><|start|>user<|message|>one<|end|>"
    "<|start|>assistant<|channel|>final<|message|>two<|end|><|start|>user<|message|>three<|end|><|start|>assistant"
)
GLM = "[gMASK]<sop><|system|>\nS<|user|>\none<|assistant|>\ntwo<|user|>\nthree<|assistant|>"
V7_TEKKEN = "[SYSTEM_PROMPT]S[/SYSTEM_PROMPT][INST]one[/INST]two</s>[INST]three[/INST]"
# servers.md 12.1.
RENDERED = {
    "chatml": chatml(),
    "qwen2.5": chatml(),
    "qwen3": chatml(),
    "qwen3.5": chatml("<|im_start|>assistant\n<think>\n"),
    "llama2": "[INST] <<SYS>>\nS\n<</SYS>>\n\none [/INST] two </s><s>[INST] three [/INST]",
    "llama3": llama3("S"),
    "llama3.1": llama3("Cutting Knowledge Date: December 2023\n\nS"),
    "llama4": "<|header_start|>system<|header_end|>\n\nS<|eot|><|header_start|>user<|header_end|>\n\none<|eot|>"
    "<|header_start|>assistant<|header_end|>\n\ntwo<|eot|><|header_start|>user<|header_end|>\n\nthree<|eot|>"
    "<|header_start|>assistant<|header_end|>\n\n",
    "mistral-v1": " [INST] S\n\none [/INST] two</s> [INST] three [/INST]",
    "mistral-v3": "[INST] S\n\none[/INST] two</s>[INST] three[/INST]",
    "mistral-v3-tekken": "[INST]one[/INST]two</s>[INST]S\n\nthree[/INST]",
    "mistral-v7": "[SYSTEM_PROMPT] S[/SYSTEM_PROMPT][INST] one[/INST] two</s>[INST] three[/INST]",
    "mistral-v7-tekken": V7_TEKKEN,
    "magistral": V7_TEKKEN,
    "gemma2": GEMMA,
    "gemma3": GEMMA,
    "gemma4": "<|turn>system\nS<turn|>\n<|turn>user\none<turn|>\n<|turn>model\ntwo<turn|>\n"
    "<|turn>user\nthree<turn|>\n<|turn>model\n",
    "phi3": "<|system|>\nS<|end|>\n<|user|>\none<|end|>\n<|assistant|>\ntwo<|end|>\n<|user|>\nthree<|end|>\n"
    "<|assistant|>\n",
    "phi4": "<|im_start|>system<|im_sep|>S<|im_end|><|im_start|>user<|im_sep|>one<|im_end|>"
    "<|im_start|>assistant<|im_sep|>two<|im_end|><|im_start|>user<|im_sep|>three<|im_end|>"
    "<|im_start|>assistant<|im_sep|>",
    "deepseek-v3": "S<｜User｜>one<｜Assistant｜>two<｜end▁of▁sentence｜><｜User｜>three<｜Assistant｜>",
    "deepseek-r1": "S<｜User｜>one<｜Assistant｜>two<｜end▁of▁sentence｜><｜User｜>three<｜Assistant｜><think>\n",
    "deepseek-v3.1": "S<｜User｜>one<｜Assistant｜></think>two<｜end▁of▁sentence｜>"
    "<｜User｜>three<｜Assistant｜></think>",
    "gpt-oss": HARMONY,
    "command-r": "<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>S<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>one<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>two<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>three<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "command-a": "<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>S<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>one<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
    "<|START_RESPONSE|>two<|END_RESPONSE|><|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>three<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "granite": "<|start_of_role|>system<|end_of_role|>S<|end_of_text|>\n"
    "<|start_of_role|>user<|end_of_role|>one<|end_of_text|>\n"
    "<|start_of_role|>assistant<|end_of_role|>two<|end_of_text|>\n"
    "<|start_of_role|>user<|end_of_role|>three<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
    "glm4": GLM,
    "glm4.5": GLM,
    "kimi-k2": "<|im_system|>system<|im_middle|>S<|im_end|><|im_user|>user<|im_middle|>one<|im_end|>"
    "<|im_assistant|>assistant<|im_middle|>two<|im_end|><|im_user|>user<|im_middle|>three<|im_end|>"
    "<|im_assistant|>assistant<|im_middle|>",
    "zephyr": "<|system|>\nS</s>\n<|user|>\none</s>\n<|assistant|>\ntwo</s>\n<|user|>\nthree</s>\n<|assistant|>\n",
    "vicuna": "S\n\nUSER: one\nASSISTANT: two</s>\nUSER: three\nASSISTANT:",
    "alpaca": "S\n\n### Instruction:\none\n\n### Response:\ntwo\n\n### Instruction:\nthree\n\n### Response:\n",
    "dialogpt": "one<|endoftext|>two<|endoftext|>three<|endoftext|>",
}


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_dialogue_is_written_as_the_model_was_trained(name: str):
    assert FAMILIES[name].render(TALK, USUAL) == RENDERED[name]


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_an_answer_is_continued_where_it_ended(name: str):
    """The prompt is what it was at the end of `two`, without the mark that would end the answer."""
    written = FAMILIES[name].render(TALK[:3], RenderOptions(continue_last=True))
    assert written.endswith("two")
    prompt = FAMILIES[name].render(TALK, USUAL)
    if FAMILIES[name].system is not SystemRole.IN_LAST_USER:
        assert prompt.startswith(written)


@pytest.mark.parametrize(
    ("name", "thinking", "end"),
    [
        ("qwen3", False, "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("qwen3", True, "<|im_start|>assistant\n"),
        ("qwen3.5", False, "<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        ("qwen3.5", True, "<|im_start|>assistant\n<think>\n"),
        ("gemma4", False, "<|turn>model\n<|channel>thought\n<channel|>"),
        ("deepseek-v3.1", True, "<｜Assistant｜><think>"),
        ("deepseek-v3.1", False, "<｜Assistant｜></think>"),
        ("glm4.5", False, "<|assistant|>\n<think></think>"),
        ("command-a", False, "<|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>"),
        ("deepseek-v3", True, "<｜Assistant｜>"),
        ("chatml", False, "<|im_start|>assistant\n"),
    ],
)
def test_reasoning_is_switched_where_the_family_can(name: str, thinking: bool, end: str):
    assert FAMILIES[name].render(TALK, RenderOptions(thinking=thinking)).endswith(end)


def test_gpt_oss_is_told_to_reason_little_where_it_is_not_wanted():
    assert "\nReasoning: low\n" in FAMILIES["gpt-oss"].render(TALK, RenderOptions(thinking=False))


@pytest.mark.parametrize(("name", "line"), [("llama3.1", "Today Date: 23 Nov 2026"), ("gpt-oss", "date: 2026-11-23")])
def test_a_date_is_told_where_the_family_has_a_place_for_it(name: str, line: str):
    assert line in FAMILIES[name].render(TALK, RenderOptions(today=date(2026, 11, 23)))
    assert "2026" not in FAMILIES[name].render(TALK, USUAL)


def test_without_a_system_text_the_publishers_own_stands_where_there_is_one():
    without = TALK[1:]
    assert FAMILIES["qwen2.5"].render(without, USUAL).startswith(f"<|im_start|>system\n{QWEN}<|im_end|>\n")
    assert FAMILIES["llama3.1"].render(without, USUAL) == llama3("Cutting Knowledge Date: December 2023\n\n")
    for name in ("chatml", "qwen3", "llama3", "phi3", "zephyr", "gemma4"):
        assert "system" not in FAMILIES[name].render(without, USUAL)


WORDS = st.text(alphabet="abcdef ячс0123\n", min_size=1, max_size=12).filter(lambda text: text.strip() == text)


@given(canonical_dialogues(WORDS), st.sampled_from(sorted(FAMILIES)), st.sampled_from([None, True, False]))
def test_every_text_is_there_in_its_place_and_the_model_is_next(said: list[Message], name: str, thinking: bool | None):
    family = FAMILIES[name]
    told = [message for message in said if kept(message, family)]
    marked = [Message(message.role, f"⟦{number}⟧{message.text}⟦⟧") for number, message in enumerate(told)]
    prompt = family.render(marked, RenderOptions(thinking=thinking))
    for message in marked:
        assert prompt.count(message.text) == 1
    turns = [message for message in marked if message.role is not Role.SYSTEM]
    places = [prompt.index(message.text) for message in turns]
    assert places == sorted(places)
    # What stands after the last text does not depend on what was said.
    last = prompt[places[-1] + len(turns[-1].text) :]
    other = family.render([Message(Role.USER, "x")], RenderOptions(thinking=thinking))
    assert other.endswith("x" + last)


@given(canonical_dialogues(WORDS), st.sampled_from(sorted(FAMILIES)))
def test_marks_depend_on_the_roles_only_and_none_begins_the_text(said: list[Message], name: str):
    family = FAMILIES[name]
    told = [message for message in said if kept(message, family)]
    prompt = family.render(told, USUAL)
    assert not prompt.startswith(("<s>", "<|begin_of_text|>", "<bos>", "<｜begin▁of▁sentence｜>"))
    again = family.render([Message(message.role, "x") for message in told], USUAL)
    for token in family.control_tokens:
        assert prompt.count(token) == again.count(token)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_what_ends_an_answer_may_not_stand_in_what_people_write(name: str):
    family = FAMILIES[name]
    assert family.stop
    assert set(family.stop) <= {*family.control_tokens, *COMMON_ENDS}
    assert not any(stop.isspace() for stop in family.stop)


COMMON_ENDS = {"<|endoftext|>", "</s>", "<|eom|>"}


def kept(message: Message, family: Family) -> bool:
    return message.role is not Role.SYSTEM or family.system is not SystemRole.DROPPED
