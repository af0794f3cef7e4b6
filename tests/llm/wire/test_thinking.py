"""Reasoning told apart from the answer, however the text is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.types import TextDelta, TextRetracted, ThinkingDelta
from llm.wire.thinking import SplitPiece, ThinkingSplitter

PAIRS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel>thought\n", "<channel|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
]
ANALYSIS = "<|channel|>analysis<|message|>"
FINAL = "<|start|>assistant<|channel|>final<|message|>"
RESPONSE = ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>", "<|END_RESPONSE|>")
# What stands before the reasoning, between it and the answer, and after the answer.
FRAMES = [
    *[(opening, closing, "") for opening, closing in PAIRS],
    RESPONSE,
    (ANALYSIS, f"<|end|>{FINAL}", ""),
    (ANALYSIS, f"<|end|>{FINAL}", "<|return|>"),
    (f"<|start|>assistant{ANALYSIS}", f"<|end|>{FINAL}", "<|end|>"),
    ("<|channel|>commentary to=functions.f <|constrain|>json<|message|>", f"<|call|>{FINAL}", "<|return|>"),
]
UNOPENED = ["</think>", "[/THINK]", "</seed:think>", "<|END_THINKING|>"]

WORDS = st.sampled_from(
    ["hello", " ", "\n", "\n\n", "a < b", "<", "[", "[link](x)", "<b>", "привет", "🙂", "| x |", "</p>"]
)
PLAIN = st.lists(WORDS, max_size=8).map("".join)
CODE = st.sampled_from(
    [
        " `<think>` ",
        " `` [THINK] `` ",
        "\n```html\n<think>\n</think>\n```\n",
        "\n~~~\n<|channel|>\n~~~\n",
        " `</think>` ",
    ]
)
ANSWERS = st.lists(WORDS | CODE, max_size=8).map("".join)
PLACES = st.lists(st.integers(0, 120), max_size=12)


def split(*pieces: str, opening_missing: bool = False) -> tuple[list[SplitPiece], ThinkingSplitter]:
    splitter = ThinkingSplitter(opening_missing=opening_missing)
    found = [piece for text in pieces for piece in splitter.feed(text)]
    return found + splitter.finish(), splitter


def joined(pieces: list[SplitPiece]) -> tuple[str, str]:
    """The text and the reasoning as somebody has them who follows all pieces."""
    text = thinking = ""
    for piece in pieces:
        match piece:
            case TextDelta(more):
                text += more
            case ThinkingDelta(more):
                thinking += more
            case TextRetracted():
                text = ""
    return text, thinking


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def heard(*pieces: str, opening_missing: bool = False) -> tuple[str, str]:
    return joined(split(*pieces, opening_missing=opening_missing)[0])


@settings(max_examples=2500)
@given(st.sampled_from(FRAMES), PLAIN, ANSWERS, PLACES, st.booleans())
def test_reasoning_at_the_beginning_is_no_text_in_any_split(
    frame: tuple[str, str, str], reasoning: str, answer: str, places: list[int], opening_missing: bool
):
    opening, closing, end = frame
    whole = f"{opening}{reasoning}{closing}\n\n{answer}{end}"
    assert heard(*cut(whole, places), opening_missing=opening_missing) == (answer.lstrip(), reasoning.lstrip())


@settings(max_examples=1500)
@given(ANSWERS, PLACES, st.booleans())
def test_text_without_reasoning_comes_out_unchanged(answer: str, places: list[int], opening_missing: bool):
    # Where the opening tag is known to be missing, the first closing one counts wherever it stands.
    whole = answer.replace("</think>", "") if opening_missing else answer
    assert heard(*cut(whole, places), opening_missing=opening_missing) == (whole, "")


@settings(max_examples=1500)
@given(PLAIN, st.sampled_from(PAIRS), PLAIN, ANSWERS, PLACES)
def test_a_closed_block_within_the_answer_is_no_text_in_any_split(
    before: str, tags: tuple[str, str], reasoning: str, after: str, places: list[int]
):
    whole = f"So {before}{tags[0]}{reasoning}{tags[1]}\n{after}"
    assert heard(*cut(whole, places)) == (f"So {before}{after.lstrip()}", reasoning.lstrip())


@settings(max_examples=1500)
@given(PLAIN, st.sampled_from(UNOPENED), ANSWERS, PLACES, st.booleans())
def test_reasoning_without_an_opening_tag_is_no_text_in_any_split(
    reasoning: str, closing: str, answer: str, places: list[int], opening_missing: bool
):
    pieces, splitter = split(*cut(f"{reasoning}{closing}\n{answer}", places), opening_missing=opening_missing)
    assert joined(pieces) == (answer.lstrip(), reasoning.lstrip())
    assert splitter.opening_was_missing is True
    if opening_missing:
        assert TextRetracted() not in pieces


TAGS = [
    *[tag for pair in PAIRS for tag in pair],
    *("<|channel|>", "analysis", "final", "<|message|>", "<|start|>", "<|end|>", "<|return|>"),
    *("<|START_RESPONSE|>", "<|END_RESPONSE|>", ANALYSIS, FINAL, "`", "```\n", "<th", "x" * 210),
]


@settings(max_examples=3000)
@given(st.lists(WORDS | st.sampled_from(TAGS), max_size=14).map("".join), PLACES, st.booleans())
def test_tags_without_sense_give_the_same_in_any_split(soup: str, places: list[int], opening_missing: bool):
    pieces, splitter = split(*cut(soup, places), opening_missing=opening_missing)
    at_once, other = split(soup, opening_missing=opening_missing)
    assert joined(pieces) == joined(at_once)
    assert splitter.opening_was_missing is other.opening_was_missing


def test_letter_by_letter_gives_the_same():
    for opening, closing, end in FRAMES:
        assert heard(*f"{opening}hm{closing}Hello{end}") == ("Hello", "hm"), opening


def test_reasoning_is_given_while_it_comes():
    splitter = ThinkingSplitter()
    assert splitter.feed("<think>") == []
    assert splitter.feed("\nfirst") == [ThinkingDelta("first")]
    assert splitter.feed(" second</th") == [ThinkingDelta(" second")]
    assert splitter.feed("ink>\n\nHello") == [TextDelta("Hello")]
    assert splitter.feed(" you") == [TextDelta(" you")]


def test_ordinary_text_passes_at_once():
    splitter = ThinkingSplitter()
    assert [splitter.feed(text) for text in ("Hello", " `you`", "\n")] == [
        [TextDelta("Hello")],
        [TextDelta(" `you`")],
        [TextDelta("\n")],
    ]


@pytest.mark.parametrize("held", ["<thi", "[", "<|chan", "</think"])
def test_a_piece_of_a_tag_is_held_until_it_is_decided(held: str):
    splitter = ThinkingSplitter()
    assert splitter.feed("Hello " + held) == [TextDelta("Hello ")]
    assert splitter.feed("!") == [TextDelta(held + "!")]
    assert splitter.feed(held) == []
    assert splitter.finish() == [TextDelta(held)]


def test_an_empty_block_gives_no_reasoning():
    assert split("<think>\n\n</think>\n\n", "Hello")[0] == [TextDelta("Hello")]


def test_a_block_that_never_closes_is_all_reasoning():
    assert heard("<think>one", " two</th") == ("", "one two</th")


def test_several_blocks_at_the_beginning_are_all_reasoning():
    assert heard("<think>a</think>\n<think>b</think>\nHello") == ("Hello", "ab")
    calls = f"{ANALYSIS}a<|end|><|start|>assistant<|channel|>commentary<|message|>b<|end|>{FINAL}Hello"
    assert heard(calls) == ("Hello", "ab")


def test_a_mention_is_held_and_then_given_as_text():
    splitter = ThinkingSplitter()
    assert splitter.feed("Use <think>") == [TextDelta("Use ")]
    assert splitter.feed(" to reason") == []
    assert splitter.finish() == [TextDelta("<think> to reason")]


def test_a_mention_in_code_is_not_held():
    splitter = ThinkingSplitter()
    assert splitter.feed("Use `<think>` to") == [TextDelta("Use `<think>"), TextDelta("` to")]
    assert splitter.feed(" reason") == [TextDelta(" reason")]
    assert splitter.opening_was_missing is None


def test_a_closing_tag_in_code_takes_nothing_back():
    assert split("Write `</think>` there")[0] == [TextDelta("Write `</think>"), TextDelta("` there")]


def test_a_closing_tag_without_an_opening_one_takes_the_text_back():
    pieces, splitter = split("I must", " greet", "</think>\n\n", "Hello")
    assert pieces == [
        TextDelta("I must"),
        TextDelta(" greet"),
        TextRetracted(),
        ThinkingDelta("I must greet"),
        TextDelta("Hello"),
    ]
    assert splitter.opening_was_missing is True


def test_nothing_is_taken_back_of_what_was_never_given():
    assert split("hm</think>Hello")[0] == [ThinkingDelta("hm"), TextDelta("Hello")]


@pytest.mark.parametrize("begin", ["hm</think>", "<think>hm</think>"])
def test_only_the_first_closing_tag_counts(begin: str):
    assert heard(begin, "Hello </think>", " you") == ("Hello </think> you", "hm")


def test_what_may_be_reasoning_is_held_and_shows_that_the_model_works():
    pieces, splitter = split("one", " two</th", "ink>Hello", opening_missing=True)
    assert pieces == [ThinkingDelta(""), ThinkingDelta(""), ThinkingDelta("one two"), TextDelta("Hello")]
    assert splitter.opening_was_missing is True


def test_what_was_held_and_never_closed_was_the_answer():
    splitter = ThinkingSplitter(opening_missing=True)
    assert splitter.feed("Hello") == [ThinkingDelta("")]
    assert splitter.finish() == [TextDelta("Hello")]
    assert splitter.opening_was_missing is None


def test_an_opening_tag_tells_that_it_is_not_missing():
    pieces, splitter = split("<think>hm</think>Hello", opening_missing=True)
    assert pieces == [ThinkingDelta("hm"), TextDelta("Hello")]
    assert splitter.opening_was_missing is False


def test_nothing_is_held_where_the_server_splits():
    splitter = ThinkingSplitter(opening_missing=True)
    assert splitter.feed("Hello") == [ThinkingDelta("")]
    assert splitter.server_splits() == [TextDelta("Hello")]
    assert splitter.feed(" you") == [TextDelta(" you")]
    early = ThinkingSplitter(opening_missing=True)
    assert early.server_splits() == []
    assert early.feed("Hello") == [TextDelta("Hello")]


def test_a_final_channel_alone_is_the_answer():
    assert heard("<|channel|>final<|message|>Hello<|return|>") == ("Hello", "")
    assert heard("<|start|>assistant<|message|>Hello") == ("Hello", "")


def test_channels_in_the_middle_of_an_answer_count_when_they_end():
    assert heard(f"Wait. {ANALYSIS}hm<|end|>{FINAL}Hello<|return|>") == ("Wait. Hello", "hm")
    assert heard("The mark <|channel|> opens a header") == ("The mark <|channel|> opens a header", "")


def test_what_looks_like_a_header_and_is_none_is_text():
    text = "<|channel|>" + "x" * 300
    assert heard(text) == (text, "")
    assert heard("<|start|>assist") == ("<|start|>assist", "")


def test_marks_of_a_family_are_text_for_all_others():
    text = "Hello <|end|> <|return|> <|END_RESPONSE|> you"
    assert heard(text) == (text, "")
