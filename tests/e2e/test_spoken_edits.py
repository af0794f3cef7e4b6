"""Recordings whose caption is changed, over real sockets: what was spoken stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.e2e.conftest import ME, House, OpenHouse
from tests.e2e.talk import served_by, settled
from tests.e2e.test_sent import newest, put
from tests.fakes.model_server import ModelServer


@asynccontextmanager
async def heard(house: OpenHouse, server: ModelServer) -> AsyncIterator[tuple[House, Callable[[str], None]]]:
    """A house in which a recording with a caption was answered, and what changes the caption."""
    server.hear("What is love?")
    settings = served_by(server, TRANSCRIPTION_API_BASE=server.base, TRANSCRIPTION_MODEL="whisper")
    async with house(**settings) as home:
        voice = home.page.world.files.add("voice.ogg", b"OggS-sound", mime="audio/ogg")
        sent = {"file_id": voice.file_id, "file_unique_id": "u", "duration": 3, "mime_type": "audio/ogg"}
        put(home, voice=sent, caption="From the radio")
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        await settled(home)
        number = home.page.world.last_message_id - len(home.texts(ME))

        def change(caption: str) -> None:
            put(home, "edited_message", voice=sent, caption=caption, message_id=number)

        yield home, change


async def test_a_caption_that_is_changed_leaves_what_was_spoken_below_it(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with heard(house, model_server) as (home, change):
        change("From the TV")
        await settled(home)
        assert newest(model_server.chats[-1]) == "From the TV\n\nWhat is love?"


async def test_what_was_spoken_is_not_lost_when_it_cannot_be_listened_to_again(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with heard(house, model_server) as (home, change):
        model_server.hear("", status=401)
        change("From the TV")
        await settled(home)
        assert len(home.texts(ME)) == 3, "why is said"
        assert await home.say(ME, "Well?") == ["Hello there!"]
        asked: Any = model_server.chats[-1].json["messages"]
        assert asked[0]["content"] == "From the radio\n\nWhat is love?"
