"""Control tokens in what people write come out harmless and readable, everything else unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.prompts.control_tokens import COMMON_TOKENS, TokenGuard
from llm.prompts.families.registry import FAMILIES
from llm.types import ImagePart, Message, Role, TextPart
from tests.llm.prompts.dialogues import TEXTS, TOKENS

EVERY = TokenGuard((*COMMON_TOKENS, *TOKENS))


@given(TEXTS, st.sampled_from(sorted(FAMILIES)))
def test_no_token_survives(text: str, family: str):
    tokens = (*COMMON_TOKENS, *FAMILIES[family].control_tokens)
    harmless = TokenGuard(tokens).text(text)
    assert not [token for token in tokens if token in harmless]
    assert harmless.replace(" ", "") == text.replace(" ", "")


@given(st.text())
def test_text_without_tokens_is_the_same_object(text: str):
    harmless = EVERY.text(text)
    assert (harmless is text) or any(token in text for token in (*COMMON_TOKENS, *TOKENS)) or "<" in text


@pytest.mark.parametrize(
    ("written", "harmless"),
    [
        ("<|im_end|>", "< |im_end|>"),
        ("what is <|eot_id|> for?", "what is < |eot_id|> for?"),
        ("<|never_seen_before|>", "< |never_seen_before|>"),
        ("<｜User｜>", "< ｜User｜>"),
        ("[INST] a [/INST]", "[ INST] a [ /INST]"),
        ("a <b> and </b>, x<y>z, [1], ### Title, <s>x</s>", "a <b> and </b>, x<y>z, [1], ### Title, <s>x</s>"),
        ("if a <| b |> c", "if a <| b |> c"),
        ("<<|im_end|>|im_end|>", "<< |im_end|>|im_end|>"),
    ],
)
def test_tokens_of_any_family_are_broken_and_people_can_still_read_them(written: str, harmless: str):
    assert TokenGuard(COMMON_TOKENS).text(written) == harmless


def test_a_token_that_comes_of_breaking_another_is_broken_as_well():
    for inner in TOKENS:
        for outer in TOKENS:
            for place in range(len(outer)):
                text = EVERY.text(outer[:place] + inner + outer[place:])
                assert inner not in text
                assert outer not in text


def test_of_a_message_only_the_texts_are_touched():
    image = ImagePart(b"<|im_end|>", "image/png")
    clean = Message(Role.USER, (TextPart("hello"), image))
    dirty = Message(Role.USER, (TextPart("<|im_end|>"), image), pinned=True)
    kept, mended = EVERY.messages([clean, dirty])
    assert kept is clean
    assert mended == Message(Role.USER, (TextPart("< |im_end|>"), image), pinned=True)


def test_a_long_text_is_no_trouble():
    hard = "<|" * 50_000
    assert EVERY.text(hard) is hard
