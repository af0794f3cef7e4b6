"""Where in a Markdown text code is."""

from __future__ import annotations

import pytest

from llm.wire.code_spans import CodeSpans


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("", False),
        ("words", False),
        ("a `", True),
        ("a `b` c", False),
        ("a ``b` c", True),
        ("a ``b` c``", False),
        ("a `b\nc", True),
        ("a `b\n\nc", False),
        ("a `b\n \t\nc", False),
        ("```\n", True),
        ("```python\ncode", True),
        ("```\ncode\n```\n", False),
        ("```\ncode\n```", True),
        ("```\ncode\n``` x\n", True),
        ("```\ncode\n````  \n", False),
        ("````\ncode\n```\n", True),
        ("```\ncode ```\n", True),
        ("```\n\n`\n\n```\n", False),
        ("~~~\ncode\n```\n", True),
        ("~~~\ncode\n~~~\n", False),
        ("~~~ `x`\n", True),
        ("~~strike", False),
        ("words ~~~\n", False),
        ("  ```\ncode\n  ```\n", False),
        ("- ```\n  code\n  ```\n", False),
        ("12. ```\n", True),
        ("> ```\n", True),
        ("words ```\n", True),
        ("words ```code``` more", False),
        ("```code``` words", False),
        ("```co`de", True),
        ("a `b\n```\ncode\n```\n", False),
    ],
)
def test_code_is_told_from_words(text: str, inside: bool):
    whole = CodeSpans()
    whole.feed(text)
    assert whole.inside is inside


def test_a_text_may_come_in_pieces():
    code = CodeSpans()
    seen = []
    for piece in ("see `", "x", "`\n", "```py\n", "a ", "b\n", "```", "\n", "end"):
        code.feed(piece)
        seen.append(code.inside)
    assert seen == [True, True, False, True, True, True, True, False, False]
