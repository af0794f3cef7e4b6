"""Nobody is asked about a picture who does not see; who is not known to is tried."""

from __future__ import annotations

import pytest

from llm.routing.attempts import NoAnswer
from llm.types import ChatRequest, ImagePart, Message, Role, TextPart
from tests.llm.routing.stage import Stage, play
from tests.llm.routing.virtual import HELLO, OK

PICTURE = ChatRequest((Message(Role.USER, (TextPart("What is this?"), ImagePart(b"x", "image/png"))),))


@pytest.mark.parametrize(
    ("first", "second", "answers"), [(False, True, "b"), (None, True, "a"), (True, False, "a"), (False, None, "b")]
)
def test_a_question_about_a_picture_goes_to_who_sees(first: bool | None, second: bool | None, answers: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.primary.sees, stage.other.sees = first, second
        answered = await stage.manager.chat_with_fallback(PICTURE)
        assert answered.attempts[-1].model == answers
        assert (await stage.manager.chat_with_fallback(HELLO)).attempts[-1].model == "a"

    play(scene, OK, OK)


@pytest.mark.parametrize("sees", [False, None])
def test_a_later_question_goes_to_who_does_not_see_with_the_picture_only_mentioned(sees: bool | None) -> None:
    async def scene(stage: Stage) -> None:
        stage.primary.sees, stage.other.sees = sees, True
        later = ChatRequest((*PICTURE.messages, Message(Role.ASSISTANT, "A cat"), Message(Role.USER, "Its name?")))
        answered = await stage.manager.chat_with_fallback(later)
        assert answered.attempts[-1].model == "a"
        [asked] = stage.primary.asked
        assert asked.messages[0].content == "What is this?\n[photo]"

    play(scene, OK, OK)


def test_when_nobody_sees_it_is_said_at_once() -> None:
    async def scene(stage: Stage) -> None:
        stage.primary.sees = stage.other.sees = False
        with pytest.raises(NoAnswer) as nobody:
            await stage.manager.chat_with_fallback(PICTURE)
        assert nobody.value.failure.code == "images_unsupported"
        assert not stage.primary.requests + stage.other.requests
        assert stage.clock.monotonic() == 0

    play(scene, OK, OK)
