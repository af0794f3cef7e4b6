"""No text can end itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm.tasks.fencing import fence_for, fenced


@given(st.lists(st.text(alphabet="= a\n", max_size=200), max_size=3))
def test_no_text_has_its_fence_in_it(texts: list[str]) -> None:
    fence = fence_for(*texts)
    assert not any(fence in text for text in texts)
    assert fence_for(*texts) == fence


def test_a_text_of_nothing_but_lines_is_fenced_by_a_short_one() -> None:
    text = "=" * 100_000
    fence = fence_for(text)
    assert fence not in text
    assert len(fence) < 40
    assert fenced("a", "==") == "==\na\n=="
