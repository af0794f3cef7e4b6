"""/privacy, /forget and /export all: what is kept is told truly, given whole, and deleted for good."""

from __future__ import annotations

import json
from pathlib import Path

from bot.callbacks import ForgetPress
from tests.e2e.conftest import ADMIN, ME, STRANGER, OpenHouse
from tests.e2e.groups import AT, group_of
from tests.e2e.talk import asked, forge, served_by, settled, stored_messages, until
from tests.e2e.test_export import newest_file
from tests.e2e.test_figures import buttons, last_of, press
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Stream, error

SECRET = "the-colour-of-my-door-is-green"


def files_with(folder: Path, text: str) -> set[str]:
    """Which files of the database have a text in them."""
    return {path.name for path in folder.glob("bot.db*") if text.encode() in path.read_bytes()}


async def test_everything_is_deleted_also_on_the_disk_and_access_stays(
    house: OpenHouse, model_server: ModelServer, tmp_path: Path
) -> None:
    settings = served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN), ALLOWED_IDS=str(STRANGER))
    async with house(**settings) as home:
        home.page.start(ADMIN)
        await home.app.dispatcher["people"].seen(ME, "Me", None)
        await home.app.dispatcher["doorkeeper"].decide(ME, allow=True)
        model_server.otherwise(Stream(f"So {SECRET}, I see."))
        for _ in range(3):
            await home.say(ME, f"Remember: {SECRET}")
            await home.say(ME, "/new")
        model_server.otherwise(Stream("Fine."))
        await home.say(STRANGER, "And I say something else")
        assert files_with(tmp_path, SECRET)
        [question] = await home.say(ME, "/forget")
        assert question.startswith("This deletes everything that I keep of you: 4 conversations with 6 messages")
        done = await press(home, last_of(home, ME), "Delete everything", ME)
        assert done.text.startswith("Deleted: 4 conversations with 6 messages")
        await settled(home)
        assert files_with(tmp_path, SECRET) == set(), "while the bot goes on"
        left = [text for _, _, text in await stored_messages(home.app.database)]
        assert left == ["And I say something else", "Fine."], "everybody else's is there"
        model_server.otherwise(Stream("Hello again."))
        assert await home.say(ME, "Do you know me?") == ["Hello again."], "not a stranger"
        assert [text for role, text in asked(model_server.chats[-1]) if role == "user"] == ["Do you know me?"]
    assert files_with(tmp_path, SECRET) == set()


async def test_a_running_answer_is_stopped_and_what_waits_is_not_answered(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server)) as home:
        model_server.otherwise(Hang())
        home.page.say(ME, "First")
        home.page.say(ME, "Second")

        async def running() -> bool:
            return home.app.running.count == 1

        await until(running)
        await home.say(ME, "/forget")
        done = await press(home, last_of(home, ME), "Delete everything", ME)
        assert done.text.startswith("Deleted: ")
        await settled(home)
        assert len(model_server.chats) == 1
        assert home.app.running.count == 0
        assert await stored_messages(home.app.database) == []
        model_server.otherwise(Stream("Yes."))
        assert await home.say(ME, "Third") == ["Yes."]


async def test_in_a_group_the_model_is_told_no_more_of_what_a_person_said_and_goes_on_with_the_others(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**served_by(model_server, ACCESS="open", ADMIN_IDS=str(ADMIN))) as home:
        home.page.start(ADMIN)
        group = await group_of(home)
        for person_id, text in ((ADMIN, "We plan a journey"), (ME, SECRET), (ADMIN, "By train")):
            model_server.otherwise(Stream(f"Heard: {text}"))
            await group.asked(person_id, f"{AT} {text}")
        await home.say(ME, "/forget")
        done = await press(home, last_of(home, ME), "Delete everything", ME)
        assert done.text.startswith("Deleted: one conversation with 2 messages")
        await group.asked(ADMIN, f"{AT} What now?")
        said = [text for _, text in asked(model_server.chats[-1])]
        assert not any(SECRET in text for text in said)
        assert [text for text in said if text.startswith("Heard")] == ["Heard: We plan a journey", "Heard: By train"]


async def test_only_the_person_deletes_and_may_think_better_of_it(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**served_by(model_server)) as home:
        await home.say(ME, "Hello")
        for forger in (STRANGER, ADMIN):
            forge(home, forger, ForgetPress(sure=True, person_id=ME).pack())
        await settled(home)
        said = [str(call.params.get("text", "")) for call in home.page.called("answerCallbackQuery")]
        assert said == ["This button is for who asked for it."] * 2
        await home.say(ME, "/forget")
        assert buttons(last_of(home, ME)) == ["Delete everything", "Keep it"]
        assert (await press(home, last_of(home, ME), "Keep it", ME)).text == "Nothing was deleted."
        assert len(await stored_messages(home.app.database)) == 2


def cloudy(model_server: ModelServer) -> dict[str, str]:
    """The same server twice: at home, and as if it were in a cloud."""
    model_server.get["/v1/models"] = Json({"object": "list", "data": [{"id": "big"}, {"id": "tiny-1b"}]})
    return served_by(
        model_server,
        MAX_RETRIES="0",
        FALLBACK_MODELS__0__NAME="big",
        FALLBACK_MODELS__0__API_BASE=model_server.base,
        FALLBACK_MODELS__0__LOCAL="false",
    )


async def test_privacy_says_where_messages_go_and_which_went_to_a_cloud(
    house: OpenHouse, model_server: ModelServer
) -> None:
    async with house(**cloudy(model_server)) as home:
        await home.say(ME, "Stays here")
        [text] = await home.say(ME, "/privacy")
        assert "• on machines of this bot's owner: tiny-1b" in text
        assert "• in a cloud, at another company: big" in text
        assert "One message of yours was sent to a model in the last 30 days, and it did not go to a cloud." in text
        model_server.script(error("boom", status=500), Stream("From afar."))
        assert await home.say(ME, "Goes far away") == ["From afar."]
        [text] = await home.say(ME, "/privacy")
        assert "Of the 2 messages of yours in the last 30 days one has gone to a cloud." in text
        assert "to big\n«Goes far away»" in text
        [others] = await home.say(STRANGER, "/privacy")
        assert "Nothing of yours has been sent" in others
        assert "Goes far away" not in others


async def test_everything_comes_as_one_file(house: OpenHouse, model_server: ModelServer) -> None:
    async with house(**cloudy(model_server)) as home:
        await home.say(ME, "In the first conversation")
        await home.say(ME, "/new")
        model_server.script(error("boom", status=500), Stream("From afar."))
        await home.say(ME, "In the second one")
        await home.say(STRANGER, "Somebody else")
        await home.app.dispatcher["people"].prefer(ME, language="en")
        await home.say(ME, "/export")
        home.page.press(ME, last_of(home, ME).message_id, last_of(home, ME).buttons[1][0]["callback_data"])
        name, caption, content = await newest_file(home, ME)
        assert name == "domovoy-data.json"
        assert caption == "Everything that is kept of you · 2 conversations · 4 messages"
        data = json.loads(content)
        assert data["person"]["id"] == ME
        assert data["settings"]["language"] == "en"
        assert data["use"]["today"]["requests"] == 2
        said = [[(one["text"], one["cloud"]) for one in each["messages"]] for each in data["conversations"]]
        assert said == [
            [("In the first conversation", False), ("Hello there!", False)],
            [("In the second one", True), ("From afar.", True)],
        ]
        assert "Somebody else" not in content
