"""An answer that broke off is gone on with where a server can, and begun anew where it can not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.errors import FailureKind
from llm.routing.attempts import Answered, Restarted
from llm.routing.continuation import Continuation
from tests.llm.routing.stage import CUT, Stage, play
from tests.llm.routing.virtual import OK, Act

K = FailureKind
REST = Act(words=("and ", "the rest"))
HALF = Act(words=("Once ", "upon "), failure=K.TRANSPORT, code="stream_cut")


@pytest.mark.parametrize("repeats", [True, False])
def test_a_server_that_can_goes_on_where_the_other_broke_off(repeats: bool):
    async def scene(stage: Stage) -> None:
        stage.other.continues, stage.other.repeats = True, repeats
        text, events = await stage.heard()
        assert text == "Once upon and the rest"
        assert not any(isinstance(event, Restarted) for event in events)
        last = events[-1]
        assert isinstance(last, Answered)
        assert last.result.text == text
        assert stage.other.continued == ["Once upon "]

    play(scene, HALF, REST)


@pytest.mark.parametrize(
    "refusal",
    [
        Act(words=(), failure=K.BAD_REQUEST, code="prefill_refused", status=400),
        Act(words=(), failure=K.INVALID_OUTPUT, code="empty_answer"),
    ],
    ids=["refused", "nothing to add"],
)
def test_who_can_not_go_on_after_all_begins_anew(refusal: Act):
    async def scene(stage: Stage) -> None:
        stage.other.continues = True
        stage.other.script = [refusal]
        text, events = await stage.heard()
        assert text == "Hello there!"
        assert sum(isinstance(event, Restarted) for event in events) == 1
        assert isinstance(events[-1], Answered)
        assert events[-1].result.model in {"b", "c"}

    play(scene, HALF, OK, OK)


def test_an_answer_may_break_off_twice_and_still_be_whole():
    async def scene(stage: Stage) -> None:
        for client in stage.clients:
            client.continues = True
        text, _ = await stage.heard()
        assert text == "Once upon a time and the rest"

    more = Act(words=("a ", "time "), failure=K.TRANSPORT, code="stream_cut")
    play(scene, HALF, more, REST)


def test_only_what_is_shown_is_gone_on_with():
    async def scene(stage: Stage) -> None:
        stage.other.continues = True
        assert (await stage.ask()).result.text == "Hello there!"
        assert stage.other.continued == []

    play(scene, Act(words=(), failure=K.TRANSPORT, code="refused"), OK)


def test_a_long_beginning_is_given_whole():
    async def scene(stage: Stage) -> None:
        stage.other.continues = True
        text, _ = await stage.heard()
        assert text.startswith("w0 w1 ")
        assert text.endswith("w39 and the rest")

    play(scene, CUT, REST)


@given(st.text(max_size=12), st.text(max_size=12), st.booleans())
def test_the_new_text_is_the_same_in_any_pieces(beginning: str, new: str, repeats: bool):
    said = beginning + new if repeats else new
    if not repeats and (said.startswith(beginning) or beginning.startswith(said)):
        return  # nobody can tell it from a repetition
    continuation = Continuation(beginning)
    got = "".join(continuation.feed(letter) for letter in said) + continuation.finish()
    assert got == new
    whole = Continuation(beginning)
    assert whole.feed(said) + whole.finish() == new
