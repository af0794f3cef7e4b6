"""Killed at random moments while people talk to it: every message is answered exactly once (`bench/kills` has more)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.killing import Killing


@pytest.mark.timeout(600)  # many programs are started, on a machine that may be busy
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_whenever_it_is_killed_every_message_is_answered_exactly_once(tmp_path: Path, *, webhook: bool) -> None:
    seed = random.SystemRandom().randrange(2**32)
    found = await Killing(tmp_path, random.Random(seed), webhook=webhook, people=5).run(kills=6, conversations=6)
    assert found.wrong == [], f"seed {seed}"
    assert found.kills == 6
