"""The two numbers in what servers say of a prompt that was too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.errors import FailureKind
from llm.servers.overflow import Overflow, read_overflow
from tests.llm.servers.corpus import CORPUS, REPLIES

NUMBERS: dict[str, list[tuple[int | None, int | None]]] = {
    "ollama": [(9, 5), (9, 5)],
    "vllm": [(4000, 2048), (4000, 2048), (4000, 2048), (100, 2048), (4000, 2048), (None, 2048)],
    "sglang": [(4000, 2048), (4000, 2048), (4000, 2048)],
    "lmstudio": [(4000, 2048), (4000, 2048), (31430, 30000), (None, None), (None, 4096)],
    "llamacpp": [(4509, 512), (None, None), (None, None), (None, None)],
    "llama-cpp-python": [(14414, 512), (None, 512)],
    "localai": [(900, 512)],
    "tgi": [(4000, 2048), (4000, 1024)],
    "openai": [(9000, 8192)],
    "openrouter": [(8900, 8192)],
    "other clouds": [(210000, 200000)],
    "gateways": [(9, 8)],
}


@pytest.mark.parametrize("server", sorted(NUMBERS))
def test_the_numbers_are_read_where_they_are(server: str):
    overflows = [reply for reply in CORPUS[server] if reply.kind is FailureKind.CONTEXT_OVERFLOW]
    found = [read_overflow(reply.body) for reply in overflows]
    expected = [Overflow(prompt, context) for prompt, context in NUMBERS[server]]
    assert found[: len(expected)] == expected
    assert not any(one.context or one.prompt_tokens for one in found[len(expected) :])


def test_inside_a_text_and_as_text_they_are_the_same():
    for _, reply in REPLIES:
        assert read_overflow(reply.written) == read_overflow(reply.body)


@given(st.text() | st.from_regex(r"(maximum context length is|request \(|n_ctx: ?)-?\d+.*", fullmatch=True))
def test_any_text_gives_sane_numbers_or_none(text: str):
    told = read_overflow({"error": text})
    for number in (told.context, told.prompt_tokens):
        assert number is None or 0 < number < 10**8
