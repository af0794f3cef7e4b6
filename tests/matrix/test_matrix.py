"""Each kind of server, each behaviour, through the whole bot: what is seen stands in docs/servers.md."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest
from pydantic import BaseModel

from llm.json_answers import chat_json
from llm.servers.kinds import ServerKind
from llm.servers.profiles.registry import PROFILES
from llm.types import ChatRequest, Message, Role
from tests.e2e.conftest import ADMIN, ME
from tests.e2e.talk import draft_shows, kept_attempts, nothing_left, stored_messages
from tests.fakes.simulated import SIMULATED
from tests.fakes.simulated.base import Fault
from tests.llm.servers.corpus import CORPUS
from tests.matrix.conftest import CLOUD_HOSTS, OpenScene, Scene
from tests.matrix.table import NAMES, Table, document, documented

LONG = "This is a long letter about an old house. " * 92
SILENT = {ServerKind.OLLAMA, ServerKind.TEXTGEN, ServerKind.KOBOLDCPP}
ANY_ROLE = {ServerKind.OLLAMA, ServerKind.TEXTGEN, ServerKind.KOBOLDCPP}
LOADS_ON_DEMAND = {ServerKind.OLLAMA, ServerKind.LMSTUDIO, ServerKind.LLAMACPP, ServerKind.LOCALAI}
CLOSED_UNTIL_LOADED = {ServerKind.VLLM, ServerKind.SGLANG, ServerKind.TGI, ServerKind.KOBOLDCPP}


class Verdict(BaseModel):
    answer: str
    number: int


async def recognised(scene: Scene) -> str:
    """The kind, which the admin sees in /models; a cloud is known by its host and asked nothing."""
    assert scene.client.served.kind is scene.kind
    cards = "\n".join(await scene.house.say(ADMIN, "/models"))
    assert scene.kind.value in cards
    if scene.kind in CLOUD_HOSTS:
        assert not [request for request in scene.server.requests if request.method == "GET"]
        return "by its host"
    return "by what it says"


async def listed(scene: Scene) -> str:
    """The model that answers, and the context that is reckoned with."""
    assert scene.client.config.name == scene.simulated.model
    context = scene.client.served.context
    return "the model" if context is None else f"the model, context {context:,}"


async def chats(scene: Scene) -> str:
    """A conversation of two turns, the second with the first in it."""
    assert await scene.house.say(ME, "say Good morning, house!") == ["Good morning, house!"]
    assert await scene.house.say(ME, "messages?") == ["3"]
    await nothing_left(scene.house)
    rows = await kept_attempts(scene.house.app.database, 2)
    assert all(row.failure is None and row.prompt_tokens and row.completion_tokens for row in rows)
    return "yes, tokens counted"


async def streams(scene: Scene) -> str:
    """An answer that grows before it is whole."""
    scene.simulated.token_seconds = 0.02
    [answer] = await scene.house.say(ME, "count 60")
    assert answer.split() == [str(number) for number in range(1, 61)]
    drafts = [str(call.params.get("text") or "") for call in scene.house.page.called("sendMessageDraft")]
    shown = [draft.rstrip("…") for draft in drafts if draft]
    assert [draft for draft in shown if not answer.startswith(draft)] == []
    assert any(len(draft) < len(answer) for draft in shown), "the last one may well be the whole answer"
    return "yes"


async def overflows(scene: Scene) -> str:
    """The server holds less than it tells: the person gets an answer, and the next one without any trouble."""
    simulated, house = scene.simulated, scene.house
    await house.say(ADMIN, "/start")  # a bot can't write to anybody who has not written to it
    answers = await house.say(ME, LONG)
    assert answers
    if scene.kind in SILENT:
        assert (simulated.cut, simulated.refused) == (1, 0)
        await house.page.wait_for(lambda: any("has left out a part" in text for text in house.texts(ADMIN)))
    else:
        assert (simulated.cut, simulated.refused) == (0, 1)
        assert simulated.asked[1].messages[-1].text != simulated.asked[0].messages[-1].text
        assert "too long for this model" in answers[0]
    before = (simulated.cut, simulated.refused)
    await house.say(ME, LONG)
    assert (simulated.cut, simulated.refused) == before, "once is enough to learn"
    return "cut in silence: noticed, admin told" if scene.kind in SILENT else "refused: sent shorter at once"


async def roles(scene: Scene) -> str:
    """A system text reaches the model although its template refuses the role; refused once, never sent so again."""
    told = ChatRequest((Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "system?")))
    assert (await scene.client.chat(told)).text == "Be kind."
    assert (await scene.client.chat(told)).text == "Be kind."
    assert scene.simulated.refused == (0 if scene.kind in ANY_ROLE else 1)
    return "takes any role" if scene.kind in ANY_ROLE else "merged into the question"


async def answers_json(scene: Scene) -> str:
    """An answer of a type, held to it in the best way that the server honours."""
    answer = await chat_json(scene.client.chat, ChatRequest((Message(Role.USER, "well?"),)), Verdict)
    assert not answer.repaired
    body = scene.simulated.asked[-1].body
    ways = {name: body[name] for name in ("format", "grammar", "grammar_string", "response_format") if name in body}
    [(name, value)] = ways.items()
    kind = value["type"] if name == "response_format" and isinstance(value, dict) else ""
    return f"`{kind or name}`"


async def answers_json_in_words(scene: Scene) -> str:
    """A server that knows no way of holding: the words of the request have to do, and what comes is checked."""
    scene.simulated.answers_in_words = True
    answer = await chat_json(scene.client.chat, ChatRequest((Message(Role.USER, "well?"),)), Verdict)
    assert scene.simulated.refused == 2
    assert answer.value.number == 7
    return "in words, checked"


async def breaks(scene: Scene) -> str:
    """An answer that fails in its middle is begun anew in its place; what broke off is never stored as an answer."""
    scene.simulated.fail_next(Fault.MID_STREAM)
    [answer] = await scene.house.say(ME, "count 20")
    assert answer.split() == [str(number) for number in range(1, 21)]
    await nothing_left(scene.house)
    assert [row for row in await stored_messages(scene.house.app.database) if row[0] == "assistant"] == [
        ("assistant", "complete", answer)
    ]
    broken, whole = await kept_attempts(scene.house.app.database, 2)
    assert whole.failure is None
    return f"begun anew ({broken.failure.value.replace('_', ' ')})"


async def is_cancelled(scene: Scene) -> str:
    """Stop closes the connection, on which the server leaves off."""
    scene.simulated.token_seconds = 0.05
    scene.house.page.say(ME, "count 400")
    await draft_shows(scene.house, ME, "1")
    began = asyncio.get_running_loop().time()
    scene.house.page.say(ME, "/stop")
    gone = await scene.server.wait_disconnect(within=10)
    assert gone.at - began < 1, "alone it takes a tenth of that: tests/e2e/test_stop.py"
    return "closed at once"


async def loads(scene: Scene) -> str:
    """A model that is not loaded yet: the request waits, or is refused for the time, or nobody is there yet."""
    if scene.kind in CLOSED_UNTIL_LOADED:
        return await nobody_is_there(scene)
    if scene.kind not in LOADS_ON_DEMAND:
        return "–"
    scene.simulated.fail_next(Fault.LOADING)
    [answer] = await scene.house.say(ME, "say here I am", within=15)
    assert answer == "here I am"
    return "waited for" if scene.simulated.loading() is None else "refused: tried again"


async def nobody_is_there(scene: Scene) -> str:
    """A server that opens its port when its model is loaded."""
    await scene.server.refuse()
    [answer] = await scene.house.say(ME, "say here I am")
    assert "does not answer" in answer
    await scene.server.listen()
    assert await scene.house.say(ADMIN, "say here I am") == ["here I am"]
    return "closed port: the person is told"


BEHAVIOURS: dict[str, Callable[[Scene], Awaitable[str]]] = {
    "recognised": recognised,
    "listed": listed,
    "chat": chats,
    "stream": streams,
    "too long": overflows,
    "system role refused": roles,
    "JSON": answers_json,
    "error in the middle": breaks,
    "Stop": is_cancelled,
    "loading": loads,
}
OPTIONS: dict[str, dict[str, object]] = {"too long": {"context": 384}, "system role refused": {"refuses_system": True}}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", NAMES, ids=str)
async def test_a_kind_in_each_behaviour(scene: OpenScene, table: Table, kind: ServerKind):
    """Each behaviour has a bot and a server of its own; they run side by side, since they mostly wait."""

    async def seen(behaviour: str) -> None:
        act = BEHAVIOURS[behaviour]
        if behaviour == "JSON" and kind is ServerKind.GENERIC:
            act = answers_json_in_words
        try:
            async with scene(kind, **OPTIONS.get(behaviour, {})) as opened:
                table.cells[kind, behaviour] = await act(opened)
        except Exception as error:
            error.add_note(f"{NAMES[kind]}: {behaviour}")
            raise

    outcomes = await asyncio.gather(*map(seen, BEHAVIOURS), return_exceptions=True)
    faults = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if faults:
        raise ExceptionGroup(NAMES[kind], faults)


def test_no_kind_of_server_is_left_out():
    """Whoever adds a kind reads here what else it takes; docs/contributing/server.md has the way."""
    kinds = set(ServerKind) - {ServerKind.DEMO}
    assert {profile.kind for profile in PROFILES} == set(ServerKind)
    assert set(SIMULATED) == kinds
    assert set(NAMES) == kinds
    assert {kind.value for kind in kinds - {ServerKind.GENERIC}} <= set(CORPUS)


def test_what_was_seen_is_what_is_documented(table: Table):
    behaviours = list(BEHAVIOURS)
    if not table.whole(behaviours):
        pytest.skip("only a part of the matrix was run, or a part of it failed")
    if os.environ.get("DOMOVOY_WRITE_MATRIX"):
        document(table.written(behaviours))
    assert documented() == table.written(behaviours)
