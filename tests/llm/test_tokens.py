"""The estimate of tokens: what it counts, how it begins, how it learns, and what it does not believe."""

from __future__ import annotations

import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm import tokens
from llm.tokens import FEATURES, IMAGE_TOKENS, LONG_CHARACTERS, OVERHEADS, TokenEstimator, count_features
from llm.types import ImagePart, Message, Role, TextPart
from tests.llm.recorded_tokens import LARGE, TEXTS, TOPICS, TOY, VOCABULARIES, CountingServer, dialogue

NAMES = [feature.name for feature in FEATURES[OVERHEADS:]]
ANY_TEXT = st.text(max_size=200) | st.text(
    st.sampled_from("ab zAZ\n\t.,09éßЖжіЯ你好カ。！한م—…№😀\ud800\x00"), max_size=60
)
MESSAGES = st.lists(st.builds(Message, st.sampled_from(Role), ANY_TEXT), min_size=1, max_size=5)


def said(*texts: str) -> list[Message]:
    return [Message(Role.USER, text) for text in texts]


def features(text: str) -> dict[str, int]:
    return {name: count for name, count in zip(NAMES, count_features(text), strict=True) if count}


def taught(topic: str, vocabulary: str, messages: int = 40) -> TokenEstimator:
    server = CountingServer(vocabulary, per_prompt=11, per_message=5)
    talk = dialogue(random.Random(f"{topic} {vocabulary}"), topic, messages)
    estimator = TokenEstimator()
    for length in range(1, messages + 1, 2):
        estimator.observe(talk[:length], server.count(talk[:length]))
    return estimator


# What is counted.


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", {}),
        ("two words", {"latin_word": 2, "latin_letter": 8}),
        ("aVar", {"latin_word": 2, "latin_letter": 4, "latin_capital": 1}),
        ("Straße", {"latin_word": 1, "latin_letter": 6, "latin_capital": 1, "latin_accent": 1, "latin_six": 1}),
        ("домовой и я", {"cyrillic_word": 3, "cyrillic_letter": 9, "cyrillic_six": 1}),
        ("ДА їй", {"cyrillic_word": 2, "cyrillic_letter": 4, "cyrillic_rare": 2}),
        ("你好", {"ideograph": 2}),
        ("カナ。！", {"kana": 4}),
        ("한국", {"hangul": 2}),
        ("مرحبا", {"other_letter": 5}),
        ("«—»", {"symbol": 3}),
        ("😀🤖", {"emoji": 2}),
        ("12, 345", {"digit": 5, "number": 2, "mark": 1, "mark_run": 1}),
        ("a\n\n\nb\n", {"latin_word": 2, "latin_letter": 2, "line_end": 2}),
        ("a    b", {"latin_word": 2, "latin_letter": 2, "space_pair": 2}),
    ],
)
def test_each_kind_of_letter_is_counted(text: str, counted: dict[str, int]):
    assert features(text) == counted


def kind(letter: str) -> str:
    """What a letter counts as, by its number: the same as the tables of bytes, said another way."""
    number = ord(letter)
    if number < 0x80:
        for pattern, name in ((r"[a-z]", "a"), (r"[A-Z]", "A"), (r"\d", "0"), (r"[\n\r\v\f]", "\n"), (r"[!-~]", ".")):
            if re.fullmatch(pattern, letter, re.ASCII):
                return name
        return " "
    ends = (
        (0xC0, "y"), (0x280, "l"), (0x400, "o"), (0x500, "c"), (0x2000, "o"), (0x3000, "y"), (0x4000, "k"),
        (0xA000, "h"), (0xE000, "g"), (0x10000, "k"),
    )  # fmt: skip
    return next((name for end, name in ends if number < end), "e")


@given(ANY_TEXT)
def test_fast_counting_agrees_with_one_letter_at_a_time(text: str):
    kinds = "".join(map(kind, text))

    def many(pattern: str) -> int:
        return len(re.findall(pattern, kinds))

    assert list(count_features(text)) == [
        many("[aAl]+") + many("aA"), many("[aAl]"), many("A"), many("l"), many("[aAl]{6}"),
        many("c+"), many("c"), len(re.findall("[Ѐ-Я]{2}|[ѐђ-ӿ]", text)), many("c{6}"),
        many("h"), many("k"), many("g"), many("o"), many("y"), many("e"),
        many("0"), many("0+"), many("[.]"), many("[.]+"), many("\n+"), many("  "),
    ]  # fmt: skip


@given(ANY_TEXT, ANY_TEXT)
def test_more_text_never_has_fewer_tokens(one: str, more: str):
    estimator = TokenEstimator()
    assert 1 <= estimator.estimate_text(one) <= estimator.estimate_text(one + more)


@given(MESSAGES)
def test_an_estimate_is_the_overhead_and_the_cost_of_each_message(messages: list[Message]):
    estimator = TokenEstimator()
    assert estimator.estimate(messages) == estimator.overhead + sum(estimator.cost(message) for message in messages)


def test_parts_count_like_their_text_and_each_image_a_fixed_number():
    estimator = TokenEstimator()
    image = ImagePart(b"...", "image/png")
    parts = Message(Role.USER, (image, TextPart("What is this?"), image))
    assert estimator.cost(parts) == estimator.cost(Message(Role.USER, "What is this?")) + 2 * IMAGE_TOKENS


# How it begins.


@pytest.mark.parametrize("vocabulary", LARGE)
def test_before_it_learns_no_recorded_text_gets_too_few(vocabulary: str):
    estimator = TokenEstimator()
    low = [text for text in TEXTS if estimator.estimate_text(text.text) < 0.85 * text.tokens[vocabulary]]
    assert low == []


def test_before_it_learns_it_asks_little_more_than_the_hungriest_vocabulary_needs():
    estimator = TokenEstimator()
    estimated = sum(estimator.estimate_text(text.text) for text in TEXTS)
    counted = {name: sum(text.tokens[name] for text in TEXTS) for name in LARGE}
    assert 1.05 <= estimated / max(counted.values()) <= 1.2
    assert estimated / min(counted.values()) <= 1.65


def test_the_records_are_many_and_of_many_kinds():
    assert len(TEXTS) >= 120
    assert len(VOCABULARIES) >= 7
    assert {"en", "ru", "zh", "ja", "de", "ar", "code", "log", "numbers", "url", "emoji", "mixed"} <= {
        text.kind.split()[0] for text in TEXTS
    }


# How it learns.


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("topic", TOPICS)
def test_after_twenty_messages_each_following_prompt_is_estimated_closely(topic: str, vocabulary: str):
    allowed = 0.1 if vocabulary == TOY else 0.08  # the toy's tokens are three times as short as those of all others
    for seed in range(2):
        chance = random.Random(f"{topic} {vocabulary} {seed}")
        server = CountingServer(vocabulary, per_prompt=chance.randint(1, 30), per_message=chance.randint(3, 8))
        talk = dialogue(chance, topic, 60)
        estimator = TokenEstimator()
        for length in range(1, len(talk) + 1, 2):
            prompt = talk[:length]
            counted = server.count(prompt)
            if length > 20:
                assert abs(estimator.estimate(prompt) / counted - 1) <= allowed, (seed, length)
            assert estimator.observe(prompt, counted)


def test_what_one_script_teaches_is_not_held_against_another():
    estimator = taught("english", "gemma3")
    for text in TEXTS:
        if text.kind.startswith(("zh", "ja", "ar")):
            assert estimator.estimate_text(text.text) >= 0.8 * text.tokens["llama2"], text.text


def test_it_counts_what_it_has_learnt_from():
    estimator = TokenEstimator()
    estimator.observe(said("Hello there, how are you?"), 20)
    estimator.observe(said("Hello there, how are you?"), 20)
    assert estimator.samples == 2
    assert estimator.estimate(said("Hello there, how are you?")) == pytest.approx(20, abs=1.5)


def test_a_model_that_begins_to_count_in_another_way_is_followed():
    prompts = [said(*[text.text] * 3) for text in TEXTS if text.kind.startswith("ru")]
    servers = [CountingServer(name, per_prompt=11, per_message=5) for name in ("gemma3", "cl100k")]
    estimator = TokenEstimator()
    for server in servers:
        for prompt in prompts * 6:
            estimator.observe(prompt, server.count(prompt))
    whole = [message for prompt in prompts for message in prompt]
    assert estimator.estimate(whole) == pytest.approx(servers[1].count(whole), rel=0.1)


@settings(max_examples=60)
@given(st.lists(st.tuples(MESSAGES, st.integers(-5, 5000)), max_size=12), ANY_TEXT, ANY_TEXT)
def test_whatever_a_server_reports_estimates_stay_sane(reports: list[tuple[list[Message], int]], one: str, more: str):
    estimator = TokenEstimator()
    for messages, prompt_tokens in reports:
        estimator.observe(messages, prompt_tokens)
    assert all(math.isfinite(value) for value in estimator.snapshot())
    assert 1 <= estimator.estimate_text(one) <= estimator.estimate_text(one + more)
    assert estimator.estimate(said(one)) >= 0


def test_thousands_of_counts_do_not_wear_it_out():
    chance = random.Random(20261123)
    server = CountingServer("qwen3", per_prompt=11, per_message=5)
    estimator = TokenEstimator()
    for _ in range(2500):
        prompt = dialogue(chance, chance.choice(list(TOPICS)), 3)
        estimator.observe(prompt, server.count(prompt))
    talk = dialogue(chance, "everything", 200)
    assert estimator.estimate(talk) == pytest.approx(server.count(talk), rel=0.08)


# What is not believed.


def test_a_prompt_that_the_server_has_cut_is_noticed_and_teaches_nothing():
    long = dialogue(random.Random(1), "english", 400)
    counted = CountingServer("llama3", per_prompt=11, per_message=5).count(long)
    estimator = TokenEstimator()
    before = estimator.snapshot()
    assert counted > 3 * 4096
    assert not estimator.observe(long, 4096)
    assert estimator.snapshot() == before


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("vocabulary", LARGE)
def test_after_it_has_learnt_a_prompt_cut_to_less_than_half_is_noticed(topic: str, vocabulary: str):
    estimator = taught(topic, vocabulary)
    long = dialogue(random.Random(2), topic, 200)
    counted = CountingServer(vocabulary, per_prompt=11, per_message=5).count(long)
    assert not estimator.observe(long, int(0.45 * counted))
    assert estimator.observe(long, counted)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("topic", [None, "english", "russian", "chinese"])
def test_a_true_count_of_any_text_is_never_taken_for_a_cut(topic: str | None, vocabulary: str):
    learnt = (taught(topic, vocabulary) if topic else TokenEstimator()).snapshot()
    server = CountingServer(vocabulary, per_prompt=2, per_message=3)
    estimator = TokenEstimator()
    for text in TEXTS:
        estimator.restore(learnt)
        prompt = said(*[text.text] * (600 // text.tokens[vocabulary] + 1))
        assert estimator.observe(prompt, server.count(prompt)), text.text


def test_a_short_prompt_is_never_taken_for_a_cut_one():
    assert TokenEstimator().observe(said("How long should I boil an egg? " * 4), 7)


@pytest.mark.parametrize("prompt_tokens", [0, -1, 1_000_000])
def test_a_count_that_can_be_none_is_passed_over(prompt_tokens: int):
    estimator = taught("english", "llama3")
    before = estimator.snapshot()
    assert estimator.observe(said("Hello there, how are you?"), prompt_tokens)
    assert estimator.snapshot() == before


def test_one_absurd_count_moves_what_was_learnt_only_a_little():
    estimator = taught("russian", "qwen3")
    talk = dialogue(random.Random(3), "russian", 21)
    before = estimator.estimate(talk)
    assert estimator.observe(talk, 2 * before)
    assert before <= estimator.estimate(talk) <= 1.08 * before


def test_a_prompt_with_images_teaches_nothing_but_its_text_still_shows_a_cut():
    estimator = TokenEstimator()
    before = estimator.snapshot()
    shown = Message(Role.USER, (TextPart("What is this? " * 500), ImagePart(b"...", "image/png")))
    assert estimator.observe([shown], 9000)
    assert not estimator.observe([shown], 200)
    assert estimator.snapshot() == before


# What is kept.


def test_what_was_learnt_can_be_taken_over():
    one, other = taught("german", "mistral"), TokenEstimator()
    other.restore(one.snapshot())
    talk = dialogue(random.Random(4), "german", 9)
    assert (other.samples, other.estimate(talk)) == (one.samples, one.estimate(talk))
    one.observe(talk, 500)
    other.observe(talk, 500)
    assert other.snapshot() == one.snapshot()


def broken_snapshots() -> list[tuple[float, ...]]:
    good = TokenEstimator().snapshot()
    return [(), good[:-1], (*good, 0.0), (*good[:-1], math.nan), (good[0], -1.0, *good[2:])]


@pytest.mark.parametrize("snapshot", broken_snapshots(), ids=["empty", "short", "long", "no number", "negative"])
def test_what_is_no_snapshot_is_refused_and_changes_nothing(snapshot: tuple[float, ...]):
    estimator = TokenEstimator()
    before = estimator.snapshot()
    with pytest.raises(ValueError, match="not a snapshot"):
        estimator.restore(snapshot)
    assert estimator.snapshot() == before


def test_a_long_text_is_counted_once_and_as_a_short_one_is() -> None:
    part = "Домовой, the spirit of 3 houses!\n"
    text = part * (LONG_CHARACTERS // len(part) + 1)
    before = tokens._of_long_text.cache_info().misses
    counted = [count_features("".join(text)) for _ in range(3)]
    assert counted == [tokens._counted(text)] * 3
    assert tokens._of_long_text.cache_info().misses == before + 1
