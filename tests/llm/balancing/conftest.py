"""What the tests of balancing share."""

from __future__ import annotations

import pytest

from tests.llm.balancing.lessons import Lessons


@pytest.fixture
def lessons() -> Lessons:
    return Lessons()
