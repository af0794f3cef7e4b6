"""Fitting a conversation into a model's context, whatever the conversation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm.context import DEFAULT_CONTEXT, MESSAGE_OVERHEAD, estimate_tokens, fit
from llm.types import Message, Role

MESSAGES = st.lists(st.builds(Message, st.sampled_from(Role), st.text(max_size=300)), max_size=12)
CONTEXTS = st.none() | st.integers(min_value=1, max_value=4000)


def cost(messages: tuple[Message, ...]) -> int:
    return sum(estimate_tokens(message.text) + MESSAGE_OVERHEAD for message in messages)


def plain(messages: tuple[Message, ...]) -> list[Message]:
    return [message for message in messages if message.role is not Role.SYSTEM]


@given(MESSAGES, CONTEXTS)
def test_system_messages_and_the_newest_message_always_stay(said: list[Message], context: int | None) -> None:
    kept = fit(said, context)
    assert [message for message in kept if message.role is Role.SYSTEM] == [m for m in said if m.role is Role.SYSTEM]
    newest = [message for message in said if message.role is not Role.SYSTEM][-1:]
    assert plain(kept)[-1:] == newest


@given(MESSAGES, CONTEXTS)
def test_what_is_kept_is_the_end_of_the_conversation_and_begins_with_a_person(
    said: list[Message], context: int | None
) -> None:
    kept, dialogue = plain(fit(said, context)), plain(tuple(said))
    assert kept == dialogue[len(dialogue) - len(kept) :]
    assert len(kept) <= 1 or kept[0].role is Role.USER


@given(MESSAGES, CONTEXTS)
def test_what_is_kept_fits_unless_nothing_could_be_left_out(said: list[Message], context: int | None) -> None:
    kept = fit(said, context)
    assert len(plain(kept)) <= 1 or cost(kept) <= (context or DEFAULT_CONTEXT)


@given(MESSAGES, st.integers(min_value=1, max_value=4000), st.integers(min_value=0, max_value=4000))
def test_a_larger_context_never_keeps_less(said: list[Message], context: int, more: int) -> None:
    assert len(fit(said, context)) <= len(fit(said, context + more))


@given(MESSAGES, CONTEXTS)
def test_fitting_what_fits_changes_nothing(said: list[Message], context: int | None) -> None:
    kept = fit(said, context)
    assert fit(kept, context) == kept


@given(st.text(), st.text())
def test_longer_texts_never_have_fewer_tokens(one: str, more: str) -> None:
    assert 1 <= estimate_tokens(one) <= estimate_tokens(one + more)


def test_other_alphabets_count_for_more() -> None:
    assert estimate_tokens("привет" * 50) > 1.5 * estimate_tokens("hello!" * 50)
