"""The streams of all servers, cut at random places ten thousand times, give the same answers."""

from __future__ import annotations

import json
import random

import pytest

from llm.servers.kinds import ServerKind
from llm.servers.profiles.base import Asking
from llm.servers.profiles.registry import profile_of
from llm.types import Message, Role, StreamEvent, TextDelta, TextRetracted, ThinkingDelta
from llm.wire.address import read_address
from llm.wire.answer import Answer
from llm.wire.body import BodyReader
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Request, Sse, event
from tests.fakes.simulated import SIMULATED

SPLITS = 850
"""For each of twelve servers: more than ten thousand in all."""
SAID = "say <think>\nGrüße, мир? 你好 😀\n</think>\n\nOne [a] <b>two</b> `<think>` three"


def recorded(kind: ServerKind) -> tuple[bytes, bool]:
    """The body of an answer as a server of this kind streams it, reasoning in the text and letters of every size."""
    simulated = SIMULATED[kind](ModelServer())
    wire = profile_of(kind).request(
        Asking(simulated.model, (Message(Role.USER, SAID),)), read_address("http://host:1/v1")
    )
    headers = {"authorization": "Bearer sk-simulated-key"}
    reply = simulated.chat(Request("POST", "/", headers, json.dumps(wire.body).encode(), at=0.0))
    assert isinstance(reply, Sse)
    written = b""
    for part in reply.parts:
        if isinstance(part, bytes):
            written += part
        elif isinstance(part, str):
            written += part.encode()
        elif isinstance(part, dict):
            written += event(part).encode()
    return written, wire.lines


def heard(kind: ServerKind, pieces: list[bytes], *, lines: bool) -> tuple[str, str, str | None, int]:
    """The text, the reasoning, the end and the counted tokens of an answer that comes in these pieces."""
    asking = Asking("m", (Message(Role.USER, "x"),))
    read = profile_of(kind).request(asking, read_address("http://host:1/v1")).read
    reader, answer = BodyReader(lines=lines, read=read), Answer(opening_missing=False)
    events: list[StreamEvent] = []
    for piece in pieces:
        for chunk in reader.feed(piece):
            events += answer.add(chunk)
    for chunk in reader.finish():
        events += answer.add(chunk)
    events += answer.close()
    assert not any(isinstance(one, TextRetracted) for one in events)
    text = "".join(one.text for one in events if isinstance(one, TextDelta))
    thinking = "".join(one.text for one in events if isinstance(one, ThinkingDelta))
    assert (text, thinking) == (answer.text, answer.thinking)
    return text, thinking, answer.finish, answer.usage.prompt_tokens if answer.usage else 0


@pytest.mark.parametrize("kind", list(SIMULATED), ids=str)
def test_ten_thousand_random_splits_give_the_same_deltas(kind: ServerKind):
    body, lines = recorded(kind)
    whole = heard(kind, [body], lines=lines)
    assert whole[0] == "One [a] <b>two</b> `<think>` three"
    assert whole[1].strip() == "Grüße, мир? 你好 😀"
    assert whole[2] == "stop"
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for number in range(SPLITS):
        count = chance.choice([1, 2, 5, 40, len(body)])
        places = sorted(chance.randrange(len(body) + 1) for _ in range(count))
        pieces = [body[begin:end] for begin, end in zip([0, *places], [*places, len(body)], strict=True)]
        assert heard(kind, pieces, lines=lines) == whole, f"seed {seed}, split {number}"
