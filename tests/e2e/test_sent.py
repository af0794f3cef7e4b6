"""Photos, files, voice: what people send besides text, over real sockets."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.bot.playground.test_files import opus
from tests.bot.reading.papers import docx, paragraph, pdf, picture
from tests.e2e.conftest import ME, House, OpenHouse
from tests.e2e.living import APPLIED, open_live, told
from tests.e2e.talk import nothing_left, served_by, settled
from tests.e2e.test_figures import buttons, last_of, press
from tests.fakes.model_server import TRANSCRIPTIONS, ModelServer
from tests.fakes.replies import Hang, Json, Request, Stream

SEES = {"PRIMARY_MODEL__CAPABILITIES": '{"vision": true}'}
BLIND = {"PRIMARY_MODEL__CAPABILITIES": '{"vision": false}'}
JPEG = picture("JPEG")


async def send(home: House, name: str, content: bytes, caption: str = "", *, answers: int = 1) -> list[str]:
    """Send a file and wait for so many messages of the bot."""
    before = len(home.texts(ME))
    home.page.upload(ME, name, content, caption=caption)
    await home.page.wait_for(lambda: len(home.texts(ME)) >= before + answers, timeout=20)
    await settled(home)
    return home.texts(ME)[before:]


def newest(request: Request) -> Any:
    """The content of the last message that a model was sent."""
    messages: Any = request.json["messages"]
    return messages[-1]["content"]


async def test_a_photo_is_shown_to_a_model_that_sees_and_only_mentioned_afterwards(
    house: OpenHouse, model_server: ModelServer
) -> None:
    model_server.script(Stream("A cat."), Stream("Tom."))
    async with house(**served_by(model_server, **SEES)) as home:
        assert await send(home, "cat.jpg", JPEG, "Who is this?") == ["A cat."]
        text, image = newest(model_server.chats[0])
        assert text == {"type": "text", "text": "Who is this?"}
        assert image["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
        assert await home.say(ME, "And its name?") == ["Tom."]
        again: Any = model_server.chats[1].json["messages"]
        assert again[0]["content"][1]["type"] == "image_url"


async def test_a_talk_with_a_photo_goes_on_with_a_model_that_does_not_see(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, **SEES)) as home:
        await send(home, "cat.jpg", JPEG, "Who is this?")
    async with house(**served_by(model_server, **BLIND)) as home:
        await home.say(ME, "And its name?")
        asked: Any = model_server.chats[1].json["messages"]
        assert [one["content"] for one in asked] == ["Who is this?\n[photo]", "Hello there!", "And its name?"]


async def test_where_nobody_sees_it_is_said_and_the_words_alone_can_be_answered(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, **BLIND)) as home:
        [said] = await send(home, "cat.jpg", JPEG, "How long do cats live?")
        assert "None of my models sees pictures" in said
        assert not model_server.chats
        await press(home, last_of(home, ME), "Answer my words only", ME)
        await home.page.wait_for(lambda: home.texts(ME)[-1] == "Hello there!")
        assert newest(model_server.chats[0]) == "[photo]\n\nHow long do cats live?"
        await settled(home)
        [said] = await send(home, "cat.jpg", JPEG)
        assert "Tell me in words" in said
        assert not last_of(home, ME).buttons


async def test_a_model_that_turns_out_not_to_see_leads_to_the_same_offer(
    house: OpenHouse, model_server: ModelServer
) -> None:
    refusal = {"error": {"message": "image input is not supported - hint: provide the mmproj", "code": 500}}
    model_server.otherwise(Json(refusal, status=500))
    async with house(**served_by(model_server)) as home:
        said = await send(home, "cat.jpg", JPEG, "Who is this?", answers=2)
        assert "None of my models sees pictures." in said[0]
        assert "I can answer what you wrote" in said[1]
        assert buttons(last_of(home, ME)) == ["Answer my words only"]


@pytest.mark.parametrize(
    ("name", "content", "inside"),
    [
        ("notes.txt", "Домовой живёт за печкой".encode("cp1251"), "Домовой живёт за печкой"),
        ("../../etc/table.csv", b"a,b\n1,2", "a,b\n1,2"),
        ("paper.docx", docx(paragraph("Words of a paper")), "Words of a paper"),
        ("paper.pdf", pdf("A page of words"), "A page of words"),
        ("paper.txt", pdf("A page of words"), "A page of words"),
    ],
)
async def test_a_file_is_read_and_stands_fenced_before_the_question(
    house: OpenHouse, model_server: ModelServer, name: str, content: bytes, inside: str
) -> None:
    async with house(**served_by(model_server)) as home:
        await send(home, name, content, "What is it about?")
        asked = newest(model_server.chats[0])
        shown = name.rpartition("/")[2]
        assert asked.endswith(f"File: {shown}\n=====\n{inside}\n=====\n\nWhat is it about?")
        await home.say(ME, "And who wrote it?")
        messages: Any = model_server.chats[1].json["messages"]
        assert messages[0]["content"] == asked


async def test_without_a_word_what_is_in_it_is_asked_in_the_language_of_the_person(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.speak(ME, "ru")
        await send(home, "a.txt", b"text")
        assert newest(model_server.chats[0]).endswith("Что в этом файле? Перескажи коротко.")


async def test_how_much_of_a_long_file_was_read_is_said(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        said = await send(home, "long.txt", b"a line of words\n" * 8000, "Sum it up", answers=2)
        assert said[0] == "“long.txt” is long: I have read its beginning, 99,999 characters."
        assert said[1].startswith("Hello there!")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("secret.pdf", pdf("A page of words", password="x"), "“secret.pdf” is locked with a password"),
        ("scan.pdf", pdf(""), "There is no text in “scan.pdf”"),
        ("song.bin", bytes(100), "I cannot read “song.bin”. I can read photos, PDF"),
        ("a.docx", docx(paragraph("x"))[:90], "“a.docx” is damaged"),
        ("\u202etxt.exe", b"MZ" + bytes(50), "I cannot read “txt.exe”"),
        (
            "huge.txt",
            bytes(20 * 1024 * 1024 + 1),
            "“huge.txt” is too large: Telegram lets me fetch files of up to 20 MB",
        ),
    ],
    ids=["locked", "scanned", "sound", "damaged", "program", "huge"],
)
async def test_why_a_file_cannot_be_read_is_said_and_no_model_is_asked(
    house: OpenHouse, model_server: ModelServer, name: str, content: bytes, why: str
) -> None:
    async with house(**served_by(model_server)) as home:
        [said] = await send(home, name, content, "What is it about?")
        assert said.startswith(why)
        assert not model_server.chats
        assert (await home.say(ME, "Hello"))[0] == "Hello there!"


async def test_a_file_that_claims_to_be_small_is_not_fetched_beyond_the_limit(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        message = home.page.world.files.add("bomb.txt", b"x" * (20 * 1024 * 1024))
        put(
            home, document={"file_id": message.file_id, "file_unique_id": "u", "file_name": "a.txt", "file_size": 10**9}
        )
        await settled(home)
        assert "is too large" in home.texts(ME)[-1]
        put(home, document={"file_id": "gone", "file_unique_id": "u", "file_name": "a.txt", "file_size": 5})
        await settled(home)
        assert home.texts(ME)[-1] == "Telegram no longer has “a.txt”. Please send it again."


def put(home: House, kind: Literal["message", "edited_message"] = "message", /, **fields: object) -> None:
    """An update with a message of any kind."""
    world = home.page.world
    world.change_person(ME, started=True)
    world.last_message_id += 1
    who = {"id": ME, "first_name": "Me"}
    message = {
        "message_id": world.last_message_id,
        "date": int(time.time()),
        "chat": {**who, "type": "private"},
        "from": {**who, "is_bot": False, "language_code": "en"},
    }
    world.updates.put(kind, {**message, **fields})


async def test_a_voice_message_is_written_down_shown_and_answered(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.hear("What is <love>?")
    settings = served_by(model_server, TRANSCRIPTION_API_BASE=model_server.base, TRANSCRIPTION_MODEL="whisper")
    async with house(**settings) as home:
        voice = home.page.world.files.add("voice.ogg", b"OggS-sound", mime="audio/ogg")
        put(home, voice={"file_id": voice.file_id, "file_unique_id": "u", "duration": 3, "mime_type": "audio/ogg"})
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        await settled(home)
        assert home.texts(ME) == ["🎤 What is <love>?", "Hello there!"]
        heard, asked = model_server.chats
        assert b"OggS-sound" in heard.body
        assert newest(asked) == "What is <love>?"
        shown = home.page.messages(ME)[0]
        assert [one["type"] for one in shown.entities] == ["expandable_blockquote"]


@pytest.mark.parametrize("how", ["stop", "new", "interrupt"])
async def test_who_does_not_want_to_wait_while_something_is_read_stops_it(
    house: OpenHouse, model_server: ModelServer, how: str
) -> None:
    settings = served_by(model_server, TRANSCRIPTION_API_BASE=model_server.base, TRANSCRIPTION_MODEL="whisper")
    model_server.post[f"/v1{TRANSCRIPTIONS}"] = Hang()
    async with house(**settings) as home:
        if how == "interrupt":
            await home.say(ME, "/settings")
            await press(home, last_of(home, ME), "New message: waits", ME)
        home.page.upload(ME, "voice.ogg", opus(2))
        await home.page.wait_for(lambda: model_server.recordings)
        said = {"stop": "/stop", "new": "/new", "interrupt": "Never mind. What time is it?"}[how]
        home.page.say(ME, said)
        await home.page.wait_for(lambda: "Stopped." in home.texts(ME))
        await settled(home)
        if how == "stop":
            assert home.texts(ME)[-1] == "Stopped."
        assert await home.say(ME, "Hello") == ["Hello there!"]
        assert "There is no answer to stop." not in home.texts(ME)


async def test_where_nothing_writes_speech_down_it_is_said_and_an_admin_reads_the_settings(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        for kind in ("voice", "audio"):
            put(home, **{kind: {"file_id": "x", "file_unique_id": "u", "duration": 3}})
            await settled(home)
        assert home.texts(ME) == ["I cannot listen to recordings here. Please write it instead."] * 2
        assert not model_server.chats


async def test_a_recording_that_cannot_be_written_down(house: OpenHouse, model_server: ModelServer) -> None:
    model_server.hear("", status=401)
    settings = served_by(model_server, TRANSCRIPTION_API_BASE=model_server.base)
    async with house(**settings) as home:
        voice = home.page.world.files.add("voice.ogg", b"OggS-sound")
        sent = {"file_id": voice.file_id, "file_unique_id": "u"}
        put(home, voice={**sent, "duration": 3})
        await settled(home)
        put(home, voice={**sent, "duration": 3 * 3600})
        await settled(home)
        assert "refused our key" in home.texts(ME)[0]
        assert home.texts(ME)[1] == "This recording is too long: I listen to 30 min at most. Please send it in parts."


async def test_where_speech_is_written_down_can_be_changed_while_the_bot_runs(
    tmp_path: Path, model_server: ModelServer
) -> None:
    model_server.hear("Are you there?")
    async with open_live(tmp_path, served_by(model_server)) as (home, editor):
        home.page.upload(ME, "voice.oga", opus(3))
        await settled(home)
        assert home.texts(ME) == ["I cannot listen to recordings here. Please write it instead."]
        editor.set(TRANSCRIPTION_API_BASE=model_server.base)
        assert "TRANSCRIPTION_API_BASE" in await told(home, APPLIED)
        home.page.upload(ME, "voice.oga", opus(3))
        await settled(home)
        assert home.texts(ME)[1:] == ["🎤 Are you there?", "Hello there!"]


async def test_an_album_is_one_message_in_its_order(house: OpenHouse, model_server: ModelServer) -> None:
    pictures = [picture("JPEG", (40, 30 + n)) for n in range(3)]
    async with house(**served_by(model_server, **SEES)) as home:
        home.page.album(ME, [(f"{n}.jpg", content) for n, content in enumerate(pictures)], caption="Compare them")
        await settled(home)
        assert home.texts(ME) == ["Hello there!"]
        [asked] = model_server.chats
        parts = newest(asked)
        assert [part["type"] for part in parts] == ["text", "image_url", "image_url", "image_url"]
        assert len({part["image_url"]["url"] for part in parts[1:]}) == 3
        assert parts[0]["text"] == "Compare them"
        await home.say(ME, "Thanks")


async def test_a_comment_and_the_photo_that_comes_right_after_it_are_one_message(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, **SEES)) as home:
        home.page.say(ME, "Who is this?")
        home.page.upload(ME, "cat.jpg", JPEG)
        home.page.upload(ME, "notes.txt", b"It is Tom.")
        await settled(home)
        assert home.texts(ME) == ["Hello there!"]
        [asked] = model_server.chats
        assert len(asked.pictures) == 1
        words = newest(asked)[0]["text"]
        assert words.endswith("File: notes.txt\n=====\nIt is Tom.\n=====\n\nWho is this?")


async def test_a_comment_on_what_cannot_be_read_is_answered_all_the_same(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.say(ME, "Hello")
        home.page.upload(ME, "a.bin", bytes(50))
        await settled(home)
        assert len(home.texts(ME)) == 2
        assert home.texts(ME)[1] == "Hello there!"
        assert newest(model_server.chats[0]) == "Hello"


async def test_an_album_that_nobody_sees_is_refused_once(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, **BLIND)) as home:
        home.page.album(ME, [("a.jpg", JPEG)] * 3)
        await settled(home)
        assert len(home.texts(ME)) == 1


async def test_files_that_can_be_read_are_answered_and_of_the_others_it_is_said_why(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, **BLIND)) as home:
        home.page.album(ME, [("a.txt", b"Some words"), ("b.bin", bytes(50)), ("c.txt", b"Others")], caption="Compare")
        await settled(home)
        first, answer = home.texts(ME)
        assert first.startswith("I cannot read “b.bin”.")
        assert answer == "Hello there!"
        [asked] = model_server.chats
        assert newest(asked).endswith(
            "File: a.txt\n=====\nSome words\n=====\n\nFile: c.txt\n=====\nOthers\n=====\n\nCompare"
        )


async def test_a_picture_that_is_sent_as_a_file_is_made_fit_for_a_model(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, **SEES)) as home:
        await send(home, "drawing.bmp", picture("BMP", (3000, 100)), "What is it?")
        [url] = model_server.chats[0].pictures
        assert url.startswith("data:image/png;base64,")
    async with house(**served_by(model_server, **BLIND)) as home:
        [said] = await send(home, "drawing.bmp", picture("BMP"), "What is it?")
        assert "None of my models sees pictures" in said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {
                "text": "Read this",
                "entities": [{"type": "text_link", "offset": 5, "length": 4, "url": "https://e.org/"}],
            },
            "Read this (https://e.org/)",
        ),
        (
            {
                "text": "Hi",
                "forward_origin": {"type": "hidden_user", "date": 1750000000, "sender_user_name": "Anna"},
            },
            "Forwarded from Anna:\nHi",
        ),
        ({"location": {"latitude": 55.75, "longitude": 37.61}}, "A place: 55.750000, 37.610000"),
        ({"contact": {"phone_number": "+7 1", "first_name": "Anna"}}, "A contact: Anna, +7 1"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "🎲 4"),
    ],
)
async def test_what_can_be_said_in_words_reaches_the_model(
    house: OpenHouse, model_server: ModelServer, fields: dict[str, object], said: str
) -> None:
    async with house(**served_by(model_server)) as home:
        put(home, **fields)
        await settled(home)
        assert newest(model_server.chats[0]) == said


async def test_of_a_sticker_it_is_said_what_can_be_read(house: OpenHouse, model_server: ModelServer) -> None:
    sticker = {"file_id": "a", "file_unique_id": "u", "type": "regular", "width": 1, "height": 1}
    async with house(**served_by(model_server)) as home:
        put(home, sticker={**sticker, "is_animated": False, "is_video": False})
        put(home, pinned_message={"message_id": 1, "date": 0, "chat": {"id": ME, "type": "private"}})
        await settled(home)
        [said] = home.texts(ME)
        assert said.startswith("I cannot read this. I understand text, photos")
        assert not model_server.chats
        await nothing_left(home)
