"""What is said once a minute to a chat."""

from __future__ import annotations

from bot.cooldown import MOST_KEPT, SECONDS, Cooldown
from llm.clock import SystemClock


class HandClock(SystemClock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 5.0

    def monotonic(self) -> float:
        return self.time


def test_it_passes_once_a_minute_in_each_chat() -> None:
    clock = HandClock()
    cooldown = Cooldown(clock)
    assert [cooldown.passes(1), cooldown.passes(1), cooldown.passes(2)] == [True, False, True]
    clock.time += SECONDS - 0.1
    assert not cooldown.passes(1)
    clock.time += 0.2
    assert cooldown.passes(1)
    assert not cooldown.passes(1)


def test_it_does_not_grow_without_end() -> None:
    cooldown = Cooldown(HandClock())
    for chat_id in range(MOST_KEPT + 50):
        assert cooldown.passes(chat_id)
    assert len(cooldown._said) == MOST_KEPT
    assert not cooldown.passes(MOST_KEPT + 49)
