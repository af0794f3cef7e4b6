"""A strict server refuses what Telegram would put right without a word; the usual one does as Telegram does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.errors import ApiError
from bot.playground.params import Params
from bot.playground.strict import check_formatting


def given(text: str, *entities: tuple[str, int, int], **more: Any) -> Params:
    made = [{"type": kind, "offset": offset, "length": length, **more} for kind, offset, length in entities]
    return Params({"text": text, "entities": json.dumps(made)})


@pytest.mark.parametrize(
    "params",
    [
        given("abc", ("bold", 0, 4)),
        given("abc", ("bold", 3, 1)),
        given("abc", ("bold", 1, 0)),
        given("abc", ("bold", -1, 2)),
        given("abcd", ("bold", 0, 3), ("italic", 1, 3)),
        given("abcd", ("italic", 1, 1), ("bold", 0, 1)),
        given("abcd", ("bold", 0, 4), ("code", 1, 2)),
        given("abcd", ("pre", 0, 4), ("bold", 1, 2)),
        given("abcd", ("blockquote", 0, 4), ("expandable_blockquote", 1, 2)),
        given("abcd", ("bold", 0, 4), ("bold", 1, 2)),
        given("abcd", ("text_link", 0, 4), url="javascript:x"),
        given("abcd" * 50, *(("bold", number, 1) for number in range(101))),
        given("a\x00b"),
    ],
)
def test_unsound_formatting_is_refused(params: Params) -> None:
    with pytest.raises(ApiError):
        check_formatting(params)


@pytest.mark.parametrize(
    "params",
    [
        given("abc"),
        given("😀bc", ("bold", 0, 4)),
        given("abcd", ("blockquote", 0, 4), ("pre", 1, 2)),
        given("abcd", ("bold", 0, 4), ("italic", 0, 4)),
        given("abcd", ("bold", 0, 2), ("italic", 2, 2)),
        given("abcd", ("text_link", 0, 4), url="https://e.org/x"),
        Params({"chat_id": 1}),
    ],
)
def test_sound_formatting_passes(params: Params) -> None:
    check_formatting(params)
