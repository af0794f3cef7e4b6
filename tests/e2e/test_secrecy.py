"""What nobody but the two who talk may read stays out of the log, at its most talkative level too."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.log import set_up_logging
from bot.parts import PLAYGROUND_TOKEN
from tests.e2e.conftest import ADMIN, ME, STRANGER, OpenHouse
from tests.e2e.talk import draft_shows, served_by, settled
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Sse, Step, Stream, chunk, error, text_chunk

KEY = "sekret-key-0123456789"
SAID = "MARK-PERSON"
ANSWERED = "MARK-MODEL"
NAME = "MARK-NAME"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is logged, as the program writes it, without the help of the list of known secrets."""
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    kept = structlog.get_config()
    quiet = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", written)
        set_up_logging(level="DEBUG", form="json", secrets=[])
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    structlog.configure(**kept)


async def test_no_text_no_name_and_no_key_of_anybody_is_logged(
    house: OpenHouse, model_server: ModelServer, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = served_by(model_server, LLM_API_KEY=KEY, ACCESS="approve", ALLOWED_IDS=str(ME), LOG_FORMAT="json")
    async with house(**settings) as home:
        for person_id in (ME, STRANGER):
            home.page.world.change_person(person_id, first_name=NAME)
        home.page.start(ADMIN)
        model_server.script(
            Stream(f"**{ANSWERED}** <b>x"),
            error(f"cannot read '{SAID} two' with {KEY}", status=400),
            Sse((chunk({"role": "assistant", "content": ""}), text_chunk(ANSWERED), Step.HANG)),
        )
        await asyncio.gather(home.say(ME, f"{SAID} one"), home.say(STRANGER, f"{SAID} let me in"))
        await home.say(ME, f"{SAID} two")
        home.page.say(ME, f"{SAID} three")
        await draft_shows(home, ME, ANSWERED)
        await home.say(ME, "/stop")
        home.page.world.updates.put("message", {"message_id": SAID, "text": SAID, "chat": {"id": ME, "type": NAME}})
        home.page.faults.not_json("sendMessage", 1)

        async def broken(*_: object) -> None:
            raise ValueError(f"{SAID} {KEY}")

        monkeypatch.setattr(home.app.running, "stop", broken)
        home.page.say(ME, f"/stop {SAID}")
        await settled(home)
    text = log.getvalue()
    assert '"update_failed"' in text
    assert '"handler_failed"' in text
    assert '"model_failed"' in text
    for secret in (SAID, ANSWERED, NAME, KEY, PLAYGROUND_TOKEN):
        lines = [line for line in text.splitlines() if secret in line]
        assert lines == [], secret
