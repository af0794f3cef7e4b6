"""Talking: what a model is asked, what is forgotten, commands, settings and figures."""

from __future__ import annotations

from typing import Any

import pytest

from bot.callbacks import LanguagePress, RichMessages, RichPress
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import MODEL, asked, kept_attempts, served_by, settled
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream, error

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
HOSTILE = '<b>bold</b> <a href="tg://user?id=1">x</a> *stars* _lines_ [l](http://evil.example) `code` {name} ${x}'


async def test_a_model_gets_the_whole_conversation_until_a_new_one_begins(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.script(Stream("first answer"), Stream("second answer"), Stream("third answer"))
        await home.say(ME, "one")
        await home.say(ME, "two")
        assert asked(model_server.chats[1]) == [("user", "one"), ("assistant", "first answer"), ("user", "two")]
        await home.say(STRANGER, "somebody else")
        assert asked(model_server.chats[2]) == [("user", "somebody else")]
        assert "new conversation" in (await home.say(ME, "/new"))[0]
        await home.say(ME, "three")
        assert asked(model_server.chats[3]) == [("user", "three")]


async def test_the_conversation_outlives_a_restart(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server)
    async with house(**settings) as home:
        await home.say(ME, "one")
    async with house(**settings) as home:
        await home.say(ME, "two")
    assert asked(model_server.chats[-1]) == [("user", "one"), ("assistant", "Hello there!"), ("user", "two")]


async def test_an_update_that_telegram_delivers_twice_is_answered_once(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.say(ME, "Hello")
        (update,) = [dict(update) for update in home.page.world.updates.pending]
        await home.page.wait_for(lambda: home.texts(ME))
        await settled(home)
        home.page.world.updates.restore([update], update["update_id"] + 1)
        home.page.world.updates.put("message", {**update["message"], "text": "another"})
        await home.page.wait_for(lambda: len(home.texts(ME)) == 2)
        await settled(home)
        assert [asked(request)[-1][1] for request in model_server.chats] == ["Hello", "another"]


async def test_start_and_help_greet_in_the_language_of_the_person(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        (start,) = await home.say(ME, "/start")
        assert start.startswith("Hello, Me!")
        assert f"{MODEL} on 127.0.0.1:{model_server.port} answers here." in start
        home.page.speak(ME, "ru")
        (start,) = await home.say(ME, "/start")
        assert start.startswith("Здравствуйте, Me!")
        (help_,) = await home.say(ME, "/help")
        for command in ("start", "help", "new", "stop", "settings"):
            assert f"/{command} –" in help_


async def test_what_cannot_be_read_is_answered_with_words_about_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        for name, content, words in (
            ("a.bin", bytes(20), "I cannot read “a.bin”."),
            ("a.pdf", b"%PDF-1", "“a.pdf” is"),
        ):
            home.page.upload(ME, name, content, caption="/nonsense")
            await settled(home)
            assert home.texts(ME).pop().startswith(words)
        assert model_server.chats == []


@pytest.mark.parametrize("text", ["/ is the root, is it not?", "/etc/fstab: what is it?", "// add\nx + 1", "/* x */ y"])
async def test_what_begins_with_a_slash_and_is_no_command_is_answered(
    house: OpenHouse, model_server: ModelServer, text: str
) -> None:
    async with house(**served_by(model_server)) as home:
        assert await home.say(ME, text) == ["Hello there!"]
        assert asked(model_server.chats[0]) == [("user", text)]
        assert "I do not know this command" in (await home.say(ME, f"/nonsense {text}"))[0]


async def test_the_figures_are_those_of_what_was_asked(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server, MAX_RETRIES="0")) as home:
        model_server.script(
            Stream("a b c", prompt_tokens=1000), Stream("d e", prompt_tokens=234), error("boom", status=500)
        )
        for _ in range(3):
            await home.say(ME, "Hello")
        await kept_attempts(home.app.database, 3)
        (stats,) = await home.say(ADMIN, f"/stats {MODEL}", within=30)
        assert stats.splitlines()[0] == f"{MODEL} · The last 24 hours"
        figures = " ".join(stats.split())
        for figure in ("Requests 3 ", "Success 66.7% ", "Tokens read 1,234 ", "Tokens written 5 "):
            assert figure in figures
        for period, title in (("7d", "The last 7 days"), ("30d", "The last 30 days"), ("ALL", "Since the beginning")):
            (stats,) = await home.say(ADMIN, f"/stats {period}", within=30)
            assert stats.startswith(title)
            assert MODEL in stats
        assert "Like this: /stats" in (await home.say(ADMIN, "/stats <b>"))[0]


def button(home: House, person_id: int, data: str) -> tuple[int, Any]:
    """The newest message with this button."""
    for message in reversed(home.page.messages(person_id)):
        for row in message.buttons:
            for one in row:
                if one.get("callback_data") == data:
                    return message.message_id, one
    raise AssertionError(f"nobody offers {data}")


async def press(home: House, person_id: int, data: str) -> str:
    """Press it; the words that the press was answered with."""
    message_id, _ = button(home, person_id, data)
    before = len(home.page.called("answerCallbackQuery"))
    home.page.press(person_id, message_id, data)
    await settled(home)
    answers = home.page.called("answerCallbackQuery")[before:]
    assert len(answers) == 1, "answered once"
    return str(answers[0].params.get("text", ""))


async def test_the_language_is_chosen_in_the_settings_and_kept(house: OpenHouse, model_server: ModelServer) -> None:
    settings = served_by(model_server)
    async with house(**settings) as home:
        await home.say(ME, "/settings")
        said = len(home.texts(ME))
        assert await press(home, ME, LanguagePress(code="en").pack()) == "I speak English with you from now on."
        assert await press(home, ME, LanguagePress(code="ru").pack()) == "Теперь я говорю с вами по-русски."
        assert home.texts(ME)[-1].startswith("Настройки")
        assert button(home, ME, LanguagePress(code="ru").pack())[1]["text"].startswith("✓")
        assert await press(home, ME, LanguagePress(code="ru").pack()) == "Теперь я говорю с вами по-русски."
        assert len(home.texts(ME)) == said, "no words about a fault"
    async with house(**settings) as home:
        (said_now,) = await home.say(ME, "/stop")
        assert said_now.startswith("Сейчас нет ответа")


async def test_rich_messages_are_on_once_the_sample_was_seen(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.reply("| a | b |\n|---|---|\n| 1 | 2 |")
        await home.say(ME, "table")
        assert not home.page.called("sendRichMessage")
        await home.say(ME, "/settings")
        await press(home, ME, RichPress(choice=RichMessages.TRY).pack())
        assert len(home.page.called("sendRichMessage")) == 1
        assert (await press(home, ME, RichPress(choice=RichMessages.SEEN).pack())).startswith("Rich messages are on")
        await home.say(ME, "table")
        assert len(home.page.called("sendRichMessage")) == 2
        await home.say(ME, "/settings")
        assert (await press(home, ME, RichPress(choice=RichMessages.OFF).pack())).startswith("Rich messages are off")
        await home.say(ME, "table")
        assert len(home.page.called("sendRichMessage")) == 2


async def test_a_server_without_rich_messages_says_so(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        home.page.faults.unknown("sendRichMessage")
        await home.say(ME, "/settings")
        await press(home, ME, RichPress(choice=RichMessages.TRY).pack())
        assert "does not know rich messages" in home.texts(ME)[-1]


async def test_markup_in_names_and_answers_is_shown_as_it_was_written(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ACCESS="approve", ALLOWED_IDS=str(ME))) as home:
        for person_id in (ME, STRANGER):
            home.page.world.change_person(person_id, first_name=HOSTILE)
        home.page.start(ADMIN)
        (start,) = await home.say(ME, "/start")
        assert HOSTILE in start
        await home.say(STRANGER, "Hello")
        await home.page.wait_for(lambda: home.texts(ADMIN))
        (card,) = home.texts(ADMIN)
        assert HOSTILE in card
        shown = next(message for message in home.page.messages(ADMIN) if message.from_bot)
        assert not [entity for entity in shown.entities if entity["type"] in ("text_mention", "text_link", "bold")]
        model_server.script(Stream('<b>no</b> <a href="tg://user?id=1">x</a> <script>y</script>'))
        (answer,) = await home.say(ME, "Hello")
        assert '<a href="tg://user?id=1">x</a>' in answer
        assert "<script>" in answer
