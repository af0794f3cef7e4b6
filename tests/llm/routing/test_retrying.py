"""The retry budget and the pauses between tries."""

from __future__ import annotations

import random
import statistics

from hypothesis import given
from hypothesis import strategies as st

from llm.routing.retrying import LONGEST_PAUSE_SECONDS, MOST_SAVED, RetryBudget, backoff_seconds


@given(st.integers(1, 500))
def test_under_total_failure_there_are_few_retries_for_each_request(requests: int):
    budget = RetryBudget()
    retries = 0
    for _ in range(requests):
        budget.request()
        while budget.take():
            retries += 1
    assert retries <= MOST_SAVED + 0.2 * requests


def test_single_failures_may_always_be_tried_again():
    budget = RetryBudget()
    for number in range(1000):
        budget.request()
        if number % 10 == 0:
            assert budget.take()


@given(st.integers(1, 1000), st.integers())
def test_a_pause_is_never_longer_than_the_limit(tries: int, seed: int):
    assert 0 <= backoff_seconds(tries, random.Random(seed)) <= LONGEST_PAUSE_SECONDS


def test_two_clients_that_failed_together_do_not_come_back_together():
    first, second = random.Random(1), random.Random(2)
    apart = [abs(backoff_seconds(3, first) - backoff_seconds(3, second)) for _ in range(200)]
    assert statistics.mean(apart) > 0.2


def test_pauses_grow_from_try_to_try():
    means = [statistics.mean(backoff_seconds(tries, random.Random(n)) for n in range(300)) for tries in range(1, 6)]
    assert means == sorted(means)
