"""What the tests of the client say and hear."""

from __future__ import annotations

from llm.client import LLMClient
from llm.errors import AnswerInterrupted, AttemptFailed
from llm.types import ChatRequest, Message, Role, StreamEvent, TextDelta

HELLO = ChatRequest((Message(Role.USER, "hello"),))


async def heard(client: LLMClient, request: ChatRequest = HELLO) -> tuple[list[StreamEvent], AttemptFailed | None]:
    """All events of a stream, and the failure that ended it."""
    events: list[StreamEvent] = []
    try:
        async for event in client.stream(request):
            events.append(event)  # noqa: PERF401 - what came before a failure is wanted too
    except AttemptFailed as failed:
        return events, failed
    return events, None


async def failed(client: LLMClient, request: ChatRequest = HELLO) -> AttemptFailed:
    """The failure of a request that has to fail; what was heard is always the partial answer that it carries."""
    events, failure = await heard(client, request)
    assert failure is not None
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert text == (failure.partial if isinstance(failure, AnswerInterrupted) else "")
    return failure
