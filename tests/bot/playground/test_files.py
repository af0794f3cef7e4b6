"""Pictures and documents, both ways."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, InputMediaVideo, Message
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.errors import PageError
from bot.playground.files import FileStore
from bot.playground.images import picture_size
from bot.playground.server import Playground
from bot.playground.sounds import sound_of
from tests.bot.playground.conftest import ME, PNG, Client
from tests.bot.playground.test_messages import refused


async def test_a_picture_of_the_bot_is_shown_on_the_page(
    playground: Playground, bot: Client, web: aiohttp.ClientSession
) -> None:
    sent = await bot.send_photo(ME, BufferedInputFile(PNG, "chart.png"), caption="<b>Chart</b>", parse_mode="HTML")
    assert sent.photo is not None
    assert (sent.caption, sent.photo[-1].width, sent.photo[-1].height) == ("Chart", 3, 2)
    shown = playground.world.snapshot()["chats"][str(ME)]["messages"][-1]
    assert (shown["html"], shown["document"]) == ("<b>Chart</b>", None)
    async with web.get(shown["photo"]["url"]) as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
        assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_a_document_never_opens_as_a_page(
    playground: Playground, bot: Client, web: aiohttp.ClientSession
) -> None:
    await bot.send_document(ME, BufferedInputFile(b"<script>alert(1)</script>", "../page.html"))
    document = playground.world.snapshot()["chats"][str(ME)]["messages"][-1]["document"]
    assert (document["name"], document["size"]) == ("page.html", 25)
    async with web.get(document["url"]) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"


async def test_a_picture_takes_the_place_of_another_or_of_a_text(playground: Playground, bot: Client) -> None:
    sent = await bot.send_photo(ME, BufferedInputFile(PNG, "a.png"), caption="one")
    media = InputMediaPhoto(media=BufferedInputFile(PNG, "b.png"), caption="<b>two</b>", parse_mode="HTML")
    changed = await bot.edit_message_media(media, chat_id=ME, message_id=sent.message_id)
    assert isinstance(changed, Message)
    assert changed.photo is not None
    assert (changed.caption, changed.message_id) == ("two", sent.message_id)
    assert changed.photo != sent.photo
    said = await bot.send_message(ME, "words")
    changed = await bot.edit_message_media(media, chat_id=ME, message_id=said.message_id)
    assert isinstance(changed, Message)
    assert (changed.caption, changed.text) == ("two", None)
    assert changed.photo is not None
    again = InputMediaPhoto(media=changed.photo[-1].file_id, caption="two", caption_entities=changed.caption_entities)
    assert "not modified" in await refused(bot.edit_message_media(again, chat_id=ME, message_id=said.message_id))
    wrong = InputMediaPhoto(media="attach://nothing")
    assert "wrong file" in await refused(bot.edit_message_media(wrong, chat_id=ME, message_id=said.message_id))
    film = InputMediaVideo(media=BufferedInputFile(PNG, "b.mp4"))
    assert "unsupported" in await refused(bot.edit_message_media(film, chat_id=ME, message_id=said.message_id))


async def test_a_file_is_sent_again_by_its_id(playground: Playground, bot: Client) -> None:
    sent = await bot.send_document(ME, BufferedInputFile(b"data", "a.txt"))
    assert sent.document is not None
    again = await bot.send_document(ME, sent.document.file_id)
    assert again.document == sent.document


async def test_the_bot_downloads_what_a_person_has_sent(playground: Playground, bot: Client) -> None:
    playground.upload(ME, "notes.txt", b"my notes", caption="read /this")
    playground.upload(ME, "photo.png", PNG)
    first, second = await bot.get_updates()
    assert first.message is not None
    assert first.message.document is not None
    assert (first.message.document.file_name, first.message.document.mime_type) == ("notes.txt", "text/plain")
    assert first.message.caption == "read /this"
    assert [entity.type for entity in first.message.caption_entities or []] == ["bot_command"]
    content = await bot.download(first.message.document)
    assert content is not None
    assert content.read() == b"my notes"
    assert second.message is not None
    assert second.message.photo is not None
    assert second.message.photo[0].width == 3


async def test_files_that_cannot_be_sent(bot: Client) -> None:
    assert await refused(bot.send_photo(ME, BufferedInputFile(b"text", "a.png"))) == "IMAGE_PROCESS_FAILED"
    assert await refused(bot.send_document(ME, "nothing")) == "wrong file identifier/HTTP URL specified"
    assert "does not fetch files" in await refused(bot.send_photo(ME, "https://example.org/a.png"))
    long_caption = bot.send_document(ME, BufferedInputFile(b"a", "a"), caption="a" * 1025)
    assert await refused(long_caption) == "message caption is too long"


async def test_files_that_are_not_there(bot: Client, playground: Playground, web: aiohttp.ClientSession) -> None:
    assert await refused(bot.get_file("nothing")) == "wrong file_id or the file is temporarily unavailable"
    async with web.get("/playground/files/nothing") as response:
        assert response.status == 404
    async with web.get(f"/file/bot{bot.token}/files/nothing") as response:
        assert response.status == 404
    async with web.get("/file/botwrong/files/nothing") as response:
        assert response.status == 401


async def test_the_bot_downloads_files_of_twenty_megabytes_at_most(playground: Playground, bot: Client) -> None:
    message = playground.upload(ME, "big", bytes(20 * 1024 * 1024 + 1))
    assert message.document is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(message.document.file_id)


async def test_a_caption_can_be_edited_but_not_the_text_of_a_file(playground: Playground, bot: Client) -> None:
    sent = await bot.send_document(ME, BufferedInputFile(b"a", "a"), caption="one")
    await bot.edit_message_caption(chat_id=ME, message_id=sent.message_id, caption="two")
    assert playground.messages(ME)[0].text == "two"
    text = bot.edit_message_text("x", chat_id=ME, message_id=sent.message_id)
    assert await refused(text) == "there is no text in the message to edit"
    plain = await bot.send_message(ME, "plain")
    caption = bot.edit_message_caption(chat_id=ME, message_id=plain.message_id, caption="x")
    assert await refused(caption) == "there is no caption in the message to edit"


async def test_the_oldest_files_are_forgotten_when_there_are_too_many_bytes() -> None:
    store = FileStore(most_bytes=10)
    old, new = store.add("old", b"123456"), store.add("new", b"12345")
    assert store.get(old.file_id) is None
    assert await store.content(old.file_id) is None
    assert await store.content(new.file_id) == b"12345"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PNG, (3, 2)),
        (bytes.fromhex("ffd8ffe000040000ffc0000b08000400070101110000"), (7, 4)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + bytes([9, 0, 0, 4, 0, 0]), (10, 5)),
    ],
)
def test_the_sizes_of_pictures(content: bytes, size: tuple[int, int]) -> None:
    found = picture_size(content)
    assert found is not None
    assert (found.width, found.height) == size


@given(
    st.sampled_from([b"", PNG[:8], b"\xff\xd8\xff", b"RIFF....WEBPVP8 ", b"RIFF....WEBPVP8L"]), st.binary(max_size=60)
)
def test_no_bytes_break_the_recognition_of_pictures(start: bytes, rest: bytes) -> None:
    picture_size(start + rest)


def opus(seconds: int) -> bytes:
    """A voice message without a voice."""
    samples = (48_000 * seconds).to_bytes(8, "little")
    return b"OggS\0\2" + bytes(22) + b"OpusHead" + b"OggS\0\4" + samples + bytes(14)


async def test_recordings_are_sent_as_what_they_are(playground: Playground, bot: Client) -> None:
    playground.upload(ME, "a.oga", opus(7), caption="listen")
    playground.upload(ME, "song.mp3", b"ID3" + bytes(20))
    playground.upload(ME, "sound.bin", b"RIFF\0\0\0\0WAVEfmt ")
    voice, music, wave = [update.message for update in await bot.get_updates()]
    assert voice is not None
    assert voice.voice is not None
    assert (voice.voice.duration, voice.voice.mime_type, voice.caption) == (7, "audio/ogg", "listen")
    assert music is not None
    assert music.audio is not None
    assert (music.audio.file_name, music.audio.mime_type) == ("song.mp3", "audio/mpeg")
    assert wave is not None
    assert wave.audio is not None
    content = await bot.download(voice.voice)
    assert content is not None
    assert content.read() == opus(7)


@given(st.binary(max_size=80))
def test_no_bytes_break_the_recognition_of_recordings(rest: bytes) -> None:
    for begin in (b"", b"OggS", b"RIFF", b"ID3"):
        sound_of(begin + rest)


async def test_files_of_one_kind_that_are_sent_at_once_are_an_album(playground: Playground, bot: Client) -> None:
    playground.album(ME, [("a.png", PNG), ("b.png", PNG)], caption="two")
    playground.album(ME, [("a.txt", b"a"), ("b.txt", b"b")])
    playground.album(ME, [("a.txt", b"a"), ("b.png", PNG)])
    playground.album(ME, [("a.png", PNG)])
    sent = [update.message for update in await bot.get_updates() if update.message is not None]
    groups = [message.media_group_id for message in sent]
    assert groups[0] == groups[1] is not None
    assert groups[2] == groups[3] not in (None, groups[0])
    assert groups[4:] == [None] * 3
    assert [message.caption for message in sent] == ["two"] + [None] * 6
    with pytest.raises(PageError):
        playground.album(ME, [("a", b"a")] * 11)
    with pytest.raises(PageError):
        playground.album(ME, [])
