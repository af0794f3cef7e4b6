"""Where conversations are remembered to be cached."""

from __future__ import annotations

from llm.balancing.affinity import FORGOTTEN_SECONDS, HALF_SECONDS, Affinity
from tests.llm.balancing.lessons import at


def test_what_is_cached_is_remembered_for_who_answered_last_and_fades():
    affinity = Affinity()
    affinity.remember("talk", at("a"), 800, 0.0)
    affinity.remember("talk", at("b"), 1000, 0.0)
    assert affinity.tokens("talk", 5000, 0.0) == (at("b"), 1000)
    assert affinity.tokens("talk", 5000, HALF_SECONDS) == (at("b"), 500)
    assert affinity.tokens("talk", 5000, FORGOTTEN_SECONDS + 1) is None


def test_no_more_of_a_prompt_is_cached_than_there_is():
    affinity = Affinity()
    affinity.remember("talk", at("a"), 1000, 0.0)
    assert affinity.tokens("talk", 300, 0.0) == (at("a"), 300)


def test_conversations_of_nobody_and_unknown_ones_are_nowhere():
    affinity = Affinity()
    affinity.remember(None, at("a"), 1000, 0.0)
    assert affinity.tokens(None, 300, 0.0) is None
    assert affinity.tokens("other", 300, 0.0) is None


def test_the_one_that_was_silent_longest_is_forgotten_first():
    affinity = Affinity(most=3)
    for name in "abca":
        affinity.remember(name, at("s"), 10, 0.0)
    affinity.remember("d", at("s"), 10, 0.0)
    assert len(affinity) == 3
    assert affinity.of("b") is None
    assert affinity.of("a") is not None


def test_a_server_that_begins_anew_has_nothing_cached():
    affinity = Affinity()
    affinity.remember("one", at("a"), 10, 0.0)
    affinity.remember("two", at("b"), 10, 0.0)
    affinity.forget_server("a")
    assert affinity.of("one") is None
    assert affinity.of("two") is not None


def test_it_is_counted_who_stayed_and_who_moved():
    affinity = Affinity()
    affinity.went("talk", at("a"))
    affinity.remember("talk", at("a"), 10, 0.0)
    affinity.went("talk", at("a"))
    affinity.went("talk", at("b"))
    assert (affinity.stayed, affinity.moved) == (1, 1)
