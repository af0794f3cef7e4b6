"""Fitting a conversation into a model's context, whatever the conversation."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm.context import (
    DEFAULT_CONTEXT,
    ESTIMATE_ERROR,
    LARGEST_RESERVE,
    MARKER,
    Budget,
    Fitted,
    budget_for,
    fit,
    shrink,
    without_middle,
)
from llm.tokens import TokenEstimator
from llm.types import ImagePart, Message, Role, TextPart
from tests.llm.recorded_tokens import LARGE, TOPICS, CountingServer, dialogue

TEXTS = st.text(max_size=30) | st.sampled_from(["word " * 100, "Слово за словом. " * 40, "x" * 500, "你好" * 80])
CONTENTS = TEXTS | st.lists(
    st.builds(TextPart, TEXTS) | st.builds(ImagePart, st.just(b""), st.just("image/png")), max_size=3
).map(tuple)
MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(Role), CONTENTS, st.sampled_from([False, False, False, True])), max_size=14
)
BUDGETS = st.builds(Budget, st.integers(1, 4000), st.integers(0, 1000))
TOKENS = TokenEstimator()
LONG = "The ferry leaves at nine. " * 200


def user(text: str, *, pinned: bool = False) -> Message:
    return Message(Role.USER, text, pinned)


def model(text: str, *, pinned: bool = False) -> Message:
    return Message(Role.ASSISTANT, text, pinned)


def plain(messages: tuple[Message, ...] | list[Message]) -> list[Message]:
    return [message for message in messages if message.role is not Role.SYSTEM]


def exchanges(messages: list[Message] | tuple[Message, ...]) -> list[list[Message]]:
    """A person's message with all answers to it; answers to nothing are one exchange too."""
    groups: list[list[Message]] = []
    for message in plain(messages):
        if message.role is Role.USER or not groups:
            groups.append([])
        groups[-1].append(message)
    return groups


def must_stay(messages: list[Message]) -> list[Message]:
    """What `fit` can never leave out, in order."""
    groups = exchanges(messages)
    fixed = [id(m) for place, group in enumerate(groups) for m in group if group is groups[-1] or has_pin(group)]
    return [message for message in messages if message.role is Role.SYSTEM or id(message) in fixed]


def has_pin(group: list[Message]) -> bool:
    return any(message.pinned for message in group)


def is_part_in_order(part: list[Message] | tuple[Message, ...], whole: list[Message] | tuple[Message, ...]) -> bool:
    rest = iter(whole)
    return all(any(message is other for other in rest) for message in part)


# How a context is shared.


@pytest.mark.parametrize(
    ("context", "max_tokens", "reserve"),
    [
        (None, None, DEFAULT_CONTEXT // 4),
        (512, None, 128),
        (100, None, 50),
        (200, None, 64),
        (131_072, None, LARGEST_RESERVE),
        (8192, 300, 300),
        (8192, 6000, 4096),
        (None, 100_000, DEFAULT_CONTEXT // 2),
    ],
)
def test_the_answer_gets_what_is_configured_or_a_quarter_and_never_more_than_half(
    context: int | None, max_tokens: int | None, reserve: int
):
    assert budget_for(context, max_tokens) == Budget(context or DEFAULT_CONTEXT, reserve)


@given(st.integers(1, 200_000), st.integers(1, 200_000) | st.none())
def test_a_prompt_leaves_room_for_the_answer_and_for_an_estimate_that_was_too_low(context: int, wanted: int | None):
    budget = budget_for(context, wanted)
    assert 0 <= budget.prompt * (1 + ESTIMATE_ERROR) <= context - budget.reserve + 1e-6


# What is left out.


@given(MESSAGES, BUDGETS)
def test_what_must_stay_stays_and_the_order_is_kept(said: list[Message], budget: Budget):
    fitted = fit(said, budget, TOKENS)
    assert is_part_in_order(must_stay(said), fitted.messages)
    assert is_part_in_order(fitted.messages, said)
    assert fitted.dropped == len(said) - len(fitted.messages)
    assert fitted.prompt_tokens == TOKENS.estimate(fitted.messages)


@given(MESSAGES, BUDGETS)
def test_no_exchange_is_split(said: list[Message], budget: Budget):
    kept = {id(message) for message in fit(said, budget, TOKENS).messages}
    for group in exchanges(said):
        assert len({id(message) in kept for message in group}) == 1


@given(MESSAGES, BUDGETS)
def test_the_oldest_goes_first_and_no_more_than_needed(said: list[Message], budget: Budget):
    fitted = fit(said, budget, TOKENS)
    kept = {id(message) for message in fitted.messages}
    loose = [group for group in exchanges(said)[:-1] if not has_pin(group)]
    left_out = [id(group[0]) not in kept for group in loose]
    assert left_out == sorted(left_out, reverse=True), "an older exchange was kept in place of a newer one"
    if fitted.prompt_tokens > budget.prompt:
        assert all(left_out)
    elif any(left_out):
        last = loose[left_out.count(True) - 1]
        with_it = fitted.prompt_tokens + sum(map(TOKENS.cost, last))
        assert with_it > budget.prompt or last[0].role is not Role.USER


@given(MESSAGES, BUDGETS)
def test_what_is_kept_begins_with_a_person(said: list[Message], budget: Budget):
    dialogue_kept = plain(fit(said, budget, TOKENS).messages)
    answers_only = exchanges(dialogue_kept)[:1]
    if dialogue_kept and dialogue_kept[0].role is not Role.USER:
        assert has_pin(answers_only[0]) or answers_only == exchanges(said)[-1:]


@given(MESSAGES, BUDGETS)
def test_fitting_what_fits_changes_nothing(said: list[Message], budget: Budget):
    once = fit(said, budget, TOKENS)
    assert fit(once.messages, budget, TOKENS) == Fitted(once.messages, once.prompt_tokens, 0)


@given(MESSAGES, st.integers(1, 4000), st.integers(0, 4000))
def test_a_larger_context_never_keeps_less(said: list[Message], context: int, more: int):
    small, large = (fit(said, Budget(size, 0), TOKENS) for size in (context, context + more))
    assert small.dropped >= large.dropped


def test_a_question_goes_together_with_its_answer():
    said = [Message(Role.SYSTEM, "Be brief."), user("one"), model(LONG), user("two"), model("2"), user("three")]
    fitted = fit(said, Budget(400, 100), TOKENS)
    assert fitted.messages == (said[0], *said[3:])
    assert fitted.dropped == 2


def test_a_question_that_was_never_answered_goes_alone():
    said = [user(LONG), user("two"), model("2"), user("three")]
    assert fit(said, Budget(400, 100), TOKENS).messages == tuple(said[1:])


def test_a_pinned_message_stays_with_the_other_half_of_its_exchange():
    said = [user("notes", pinned=True), model("noted"), user("one"), model(LONG), user("two")]
    assert fit(said, Budget(400, 100), TOKENS).messages == (*said[:2], said[4])


def test_a_newest_message_that_is_too_long_stays_whole_and_shows():
    budget = Budget(400, 100)
    fitted = fit([user("one"), model("1"), user(LONG)], budget, TOKENS)
    assert [message.text for message in fitted.messages] == [LONG]
    assert fitted.prompt_tokens > budget.prompt


@given(MESSAGES, BUDGETS)
def test_where_the_newest_may_be_cut_it_is_cut_only_when_it_has_to_be(said: list[Message], budget: Budget):
    whole, cut = fit(said, budget, TOKENS), fit(said, budget, TOKENS, cut_newest=True)
    if whole.prompt_tokens <= budget.prompt or cut.prompt_tokens > budget.prompt:
        assert cut == whole
    else:
        [(before, after)] = [pair for pair in zip(whole.messages, cut.messages, strict=True) if pair[0] != pair[1]]
        assert MARKER in after.text
        assert before is [message for message in whole.messages if message.role is not Role.SYSTEM][-1]


def test_nothing_said_is_nothing_sent():
    assert fit([], Budget(400, 100), TOKENS) == Fitted((), TOKENS.overhead, 0)


# What a refused prompt becomes.


@given(MESSAGES, BUDGETS, st.integers(0, 3000))
@example([user(LONG)], Budget(400, 100), 10)
@example([user(LONG)], Budget(400, 100), 3000)
@example([Message(Role.SYSTEM, LONG), user(LONG)], Budget(400, 100), 1500)
def test_a_smaller_prompt_is_strictly_smaller_and_keeps_what_it_must(said: list[Message], budget: Budget, below: int):
    smaller = shrink(said, budget, TOKENS, below=below)
    if smaller is None:
        return
    assert smaller.prompt_tokens == TOKENS.estimate(smaller.messages) < below
    kept, needed = list(smaller.messages), must_stay(said)
    for message in needed:
        if not any(message is other for other in kept):
            assert message is plain(said)[-1], "only the newest message may be changed"
            assert MARKER in plain(kept)[-1].text
    assert len(kept) >= len(needed)


@given(MESSAGES, BUDGETS)
def test_a_dialogue_that_can_lose_an_exchange_can_be_made_smaller(said: list[Message], budget: Budget):
    whole = fit(said, Budget(1_000_000, 0), TOKENS)
    if any(not has_pin(group) for group in exchanges(whole.messages)[:-1]):
        smaller = shrink(whole.messages, budget, TOKENS, below=whole.prompt_tokens)
        assert smaller is not None
        assert smaller.prompt_tokens < whole.prompt_tokens


def test_exchanges_go_before_a_text_is_cut():
    said = [user("one"), model(LONG), user("two"), model("2"), user("Where were we?")]
    smaller = shrink(said, Budget(8192, 1024), TOKENS, below=TOKENS.estimate(said))
    assert smaller is not None
    assert smaller.messages == tuple(said[2:])


def test_the_only_message_loses_its_middle():
    said = [Message(Role.SYSTEM, "Be brief."), user("Please correct this: " + LONG + "That was all.")]
    budget = Budget(1000, 100)
    smaller = shrink(said, budget, TOKENS, below=TOKENS.estimate(said))
    assert smaller is not None
    system, newest = smaller.messages
    assert system == said[0]
    assert newest.text.startswith("Please correct this: The ferry")
    assert newest.text.endswith("leaves at nine. That was all.")
    assert f"\n{MARKER}\n" in newest.text
    assert 0.7 * budget.prompt <= smaller.prompt_tokens <= budget.prompt


def test_without_a_known_limit_a_quarter_goes():
    said = [user(LONG)]
    before = TOKENS.estimate(said)
    smaller = shrink(said, Budget(100_000, 2000), TOKENS, below=before)
    assert smaller is not None
    assert 0.6 * before <= smaller.prompt_tokens <= 0.75 * before


def test_of_a_message_in_parts_the_longest_text_is_cut_and_images_stay():
    image = ImagePart(b"...", "image/png")
    said = [Message(Role.USER, (TextPart("Compare."), image, TextPart(LONG)))]
    smaller = shrink(said, Budget(2000, 100), TOKENS, below=TOKENS.estimate(said))
    assert smaller is not None
    parts = smaller.messages[0].content
    assert isinstance(parts, tuple)
    assert parts[:2] == (TextPart("Compare."), image)
    assert MARKER in smaller.messages[0].text


@pytest.mark.parametrize(
    "said",
    [
        [user("Hello there!")],
        [Message(Role.SYSTEM, LONG), user("Hello there!")],
        [Message(Role.USER, (ImagePart(b"...", "image/png"),))],
        [Message(Role.SYSTEM, LONG)],
        [],
    ],
    ids=["short", "short after a long system message", "image", "system message only", "nothing"],
)
def test_what_cannot_be_made_smaller_is_not(said: list[Message]):
    assert shrink(said, Budget(512, 128), TOKENS, below=TOKENS.estimate(said)) is None


@given(st.text(max_size=300), st.integers(16, 300))
def test_a_cut_text_has_only_its_ends_and_the_marker(text: str, kept: int):
    head, _, tail = without_middle(text, kept).partition(f"\n{MARKER}\n")
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) + len(tail) <= kept


def test_a_text_is_cut_between_words():
    text = "alpha bravo charlie delta echo foxtrot golf hotel india juliett"
    assert without_middle(text, 30) == f"alpha bravo\n{MARKER}\nindia juliett"


# A long run.


@pytest.mark.parametrize("vocabulary", LARGE)
def test_of_ten_thousand_dialogues_none_overflows(vocabulary: str):
    """1,250 dialogues with each of eight models, in any language and context; each prompt's count is then learnt."""
    chance = random.Random(f"soak {vocabulary}")
    server = CountingServer(vocabulary, per_prompt=chance.randint(1, 30), per_message=chance.randint(3, 7))
    estimator = TokenEstimator()
    tight = 0
    for number in range(1250):
        said = dialogue(chance, chance.choice(list(TOPICS)), chance.choice([1, 5, 11, 21, 41]))
        budget = budget_for(chance.choice([512, 1024, 2048, 4096, 8192]), None)
        fitted = fit(said, budget, estimator)
        assert fitted.prompt_tokens <= budget.prompt, "the recorded texts are short"
        counted = server.count(fitted.messages)
        assert counted <= budget.context, (vocabulary, number)
        tight += counted + budget.reserve > budget.context
        assert estimator.observe(fitted.messages, counted), (vocabulary, number)
    # Where the language changes with every dialogue an estimate may be too low; the answer then gets less room.
    assert tight <= 1250 // 100
