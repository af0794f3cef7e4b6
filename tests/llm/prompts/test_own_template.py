"""Templates that people write into their settings, for one question, serve whole conversations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.prompts.own_template import BadTemplate, OwnTemplate, TemplateProblem
from llm.types import Message, Role
from tests.llm.prompts.dialogues import canonical_dialogues

TALK = [
    Message(Role.SYSTEM, "S"),
    Message(Role.USER, "one"),
    Message(Role.ASSISTANT, "two"),
    Message(Role.USER, "three"),
]
CHATML = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"
ALPACA = "### System:\n{system}\n\n### Instruction:\n{user}\n\n### Response:\n"


@pytest.mark.parametrize(
    ("written", "whole", "without_system", "stop"),
    [
        (
            CHATML,
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\none<|im_end|>\n<|im_start|>assistant\ntwo<|im_end|>\n"
            "<|im_start|>user\nthree<|im_end|>\n<|im_start|>assistant\n",
            "<|im_start|>user\none<|im_end|>\n<|im_start|>assistant\ntwo<|im_end|>\n"
            "<|im_start|>user\nthree<|im_end|>\n<|im_start|>assistant\n",
            ("<|im_end|>", "<|im_start|>"),
        ),
        (
            ALPACA,
            "### System:\nS\n\n### Instruction:\none\n\n### Response:\ntwo\n\n"
            "### Instruction:\nthree\n\n### Response:\n",
            "### Instruction:\none\n\n### Response:\ntwo\n\n### Instruction:\nthree\n\n### Response:\n",
            (),
        ),
        (
            "[INST] {system}\n{user} [/INST]",
            "[INST] S\none [/INST]two\n[INST] three [/INST]",
            "[INST] one [/INST]two\n[INST] three [/INST]",
            ("[INST]",),
        ),
        (
            "USER: {prompt}\nASSISTANT:",
            "USER: S\n\none\nASSISTANT:two\nUSER: three\nASSISTANT:",
            "USER: one\nASSISTANT:two\nUSER: three\nASSISTANT:",
            (),
        ),
        (
            "{system}\\n{history}\\nQ: {user}\\nA:",
            "S\n\nQ: one\nA:two\nQ: three\nA:",
            "Q: one\nA:two\nQ: three\nA:",
            (),
        ),
    ],
    ids=["chatml", "alpaca", "mistral", "no system", "history"],
)
def test_a_template_serves_a_conversation(written: str, whole: str, without_system: str, stop: tuple[str, ...]):
    template = OwnTemplate.parse(written)
    assert template.render(TALK) == whole
    assert template.render(TALK[1:]) == without_system
    assert template.stop == stop


@pytest.mark.parametrize(
    ("written", "problem", "where"),
    [
        ("", TemplateProblem.NO_USER, "user"),
        ("{system}", TemplateProblem.NO_USER, "user"),
        ("{user}{prompt}", TemplateProblem.TWICE, "user"),
        ("{system}{system}{user}", TemplateProblem.TWICE, "system"),
        ("{user}{input}", TemplateProblem.UNKNOWN, "input"),
        ("{user}{system}", TemplateProblem.ORDER, "system"),
        ("{user}{history}", TemplateProblem.ORDER, "history"),
    ],
)
def test_what_is_no_template_says_why(written: str, problem: TemplateProblem, where: str):
    with pytest.raises(BadTemplate) as bad:
        OwnTemplate.parse(written)
    assert (bad.value.problem, bad.value.where) == (problem, where)


def test_braces_that_are_none_of_ours_are_text():
    assert OwnTemplate.parse('{"role": {user}}').render(TALK[1:2]) == '{"role": one}'


@given(
    st.text(alphabet="{}abcsystemuserprompthistory<|>[]#\n ", max_size=60)
    | st.sampled_from([CHATML, ALPACA, "[INST] {system}\n{user} [/INST]"]),
    canonical_dialogues(st.text(alphabet="xyz{}", min_size=1, max_size=8)),
)
def test_any_text_is_a_template_or_says_why(written: str, said: list[Message]):
    try:
        template = OwnTemplate.parse(written)
    except BadTemplate:
        return
    text = template.render(said)
    place = 0
    for message in said:
        place = text.index(message.text, place) + len(message.text)
