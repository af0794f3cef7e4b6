"""What the page talks to: the state, the events, what people do, and who is kept out."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.playground import page_api
from bot.playground.server import Playground
from tests.bot.playground.conftest import ADMIN, ME, PNG, STRANGER, Client, ManualClock

CHOICE = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])


async def get_state(web: aiohttp.ClientSession) -> dict[str, Any]:
    async with web.get("/playground/state") as response:
        assert response.status == 200
        state: dict[str, Any] = await response.json()
    return state


async def post(web: aiohttp.ClientSession, act: str, **body: object) -> tuple[int, dict[str, Any]]:
    async with web.post(f"/playground/{act}", json=body) as response:
        return response.status, await response.json()


async def next_event(stream: aiohttp.ClientResponse) -> tuple[int, dict[str, Any]]:
    """The number and the content of the next event; comments are passed over."""
    number = 0
    while True:
        line = (await stream.content.readline()).decode().rstrip("\n")
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            return number, json.loads(line[6:])
        assert not stream.content.at_eof(), "the stream has ended"


async def test_the_state_has_three_people_and_their_chats(web: aiohttp.ClientSession) -> None:
    state = await get_state(web)
    assert [(person["id"], person["role"]) for person in state["people"]] == [
        (ADMIN, "admin"),
        (ME, "me"),
        (STRANGER, "stranger"),
    ]
    assert state["chats"][str(ME)] == {"messages": [], "drafts": [], "commands": [], "topics": {}}
    assert state["bot"]["online"] is False
    assert state["bot"]["username"]


async def test_what_is_said_on_the_page_reaches_the_bot(bot: Client, web: aiohttp.ClientSession) -> None:
    status, answer = await post(web, "send", person_id=ME, text=" /start <b>me</b> ")
    assert status == 200
    message = answer["message"]
    assert (message["from"], message["text"]) == ("person", "/start <b>me</b>")
    assert message["html"] == "/start &lt;b&gt;me&lt;/b&gt;"
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.message_id == message["id"]
    _, reply = await post(web, "send", person_id=ME, text="reply", reply_to=message["id"])
    assert reply["message"]["reply_to"] == message["id"]


async def test_the_events_tell_everything_that_changes(
    playground: Playground, bot: Client, web: aiohttp.ClientSession
) -> None:
    state = await get_state(web)
    async with web.get("/playground/events", params={"after": state["sequence"]}) as stream:
        assert stream.content_type == "text/event-stream"
        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
        await bot.send_message_draft(ME, 3, text="Hel", can_stop=True)
        sent = await bot.send_message(ME, "Hello", reply_markup=markup)
        await bot.edit_message_text("Bye", chat_id=ME, message_id=sent.message_id)
        await bot.delete_message(ME, sent.message_id)
        events = [await next_event(stream) for _ in range(5)]
    assert [number for number, _ in events] == list(range(state["sequence"] + 1, state["sequence"] + 6))
    draft, message, gone, edit, delete = (event for _, event in events)
    assert draft == {
        "type": "draft",
        "chat_id": ME,
        "draft": {"draft_id": 3, "text": "Hel", "html": "Hel", "can_stop": True, "thinking": False, "rich": False},
    }
    assert (message["type"], message["message"]["buttons"]) == ("message", [[{"text": "Go", "data": "go"}]])
    assert gone == {"type": "draft_gone", "chat_id": ME, "draft_id": 3}
    assert (edit["type"], edit["message"]["text"], edit["message"]["edited"]) == ("edit", "Bye", True)
    assert delete == {"type": "delete", "chat_id": ME, "message_ids": [sent.message_id]}
    assert playground.messages(ME) == []


async def test_a_page_that_comes_back_gets_what_it_has_missed(
    playground: Playground, web: aiohttp.ClientSession
) -> None:
    after = (await get_state(web))["sequence"]
    playground.say(ME, "one")
    playground.say(ME, "two")
    async with web.get("/playground/events", params={"after": after + 1}) as stream:
        number, event = await next_event(stream)
    assert (number, event["message"]["text"]) == (after + 2, "two")


@pytest.mark.parametrize("after", ["", "x", "-1", "999999"])
async def test_events_that_are_not_known_any_more_are_gone(web: aiohttp.ClientSession, after: str) -> None:
    async with web.get("/playground/events", params={"after": after}) as response:
        assert response.status == 410


async def test_a_page_that_does_not_read_is_given_up(playground: Playground) -> None:
    with playground.world.feed.subscribe(playground.world.feed.sequence) as subscription:
        for _ in range(600):
            playground.world.feed.publish({"type": "action"})
        assert subscription.overflowed
        assert await subscription.take() == []
    assert not playground.world.feed.knows(0)


async def test_a_silent_stream_is_kept_alive(web: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_api, "KEEP_ALIVE_SECONDS", 0.02)
    after = (await get_state(web))["sequence"]
    async with web.get("/playground/events", params={"after": after}) as stream:
        lines = [await stream.content.readline() for _ in range(4)]
    assert lines == [b": connected\n", b"\n", b": still here\n", b"\n"]


async def test_a_draft_disappears_from_the_page_after_its_time(
    playground: Playground, bot: Client, web: aiohttp.ClientSession, clock: ManualClock
) -> None:
    await bot.send_message_draft(ME, 3, text="")
    clock.seconds += 31
    await playground.wait_for(lambda: not playground.world.chats[ME].drafts, timeout=2)
    assert (await get_state(web))["chats"][str(ME)]["drafts"] == []


async def test_buttons_are_pressed_and_drafts_stopped(bot: Client, web: aiohttp.ClientSession) -> None:
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    sent = await bot.send_message(ME, "choose", reply_markup=markup)
    status, answer = await post(web, "press", person_id=ME, message_id=sent.message_id, data="go")
    assert status == 200
    await bot.send_message_draft(ME, 3, text="a", can_stop=True)
    assert await post(web, "stop", person_id=ME, draft_id=3) == (200, {})
    pressed, stopped = await bot.get_updates()
    assert pressed.callback_query is not None
    assert pressed.callback_query.id == answer["query_id"]
    assert stopped.stopped_message_generation is not None
    assert (await post(web, "stop", person_id=ME, draft_id=3))[0] == 404
    assert (await post(web, "press", person_id=ME, message_id=sent.message_id, data="no"))[0] == 404


async def test_the_language_is_part_of_what_the_bot_is_told(bot: Client, web: aiohttp.ClientSession) -> None:
    assert (await post(web, "language", person_id=ME, language_code="ru"))[0] == 200
    await post(web, "send", person_id=ME, text="привет")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "ru"
    assert (await post(web, "language", person_id=ME, language_code="<b>"))[0] == 400


async def test_an_upload_becomes_a_photo_or_a_document(bot: Client, web: aiohttp.ClientSession) -> None:
    for name, content in (("a.png", PNG), ("../b.txt", b"text")):
        form = aiohttp.FormData({"person_id": str(ME), "caption": "look"}, quote_fields=False)  # as browsers do
        form.add_field("file", content, filename=name)
        async with web.post("/playground/upload", data=form) as response:
            assert response.status == 200, await response.text()
            message = (await response.json())["message"]
    assert message["document"]["name"] == "b.txt"
    assert message["text"] == "look"
    photo, document = await bot.get_updates()
    assert photo.message is not None
    assert document.message is not None
    assert photo.message.photo is not None
    assert document.message.document is not None


async def test_several_uploads_at_once_become_an_album(bot: Client, web: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData({"person_id": str(ME), "caption": "look"}, quote_fields=False)
    for name in ("a.png", "b.png"):
        form.add_field("file", PNG, filename=name)
    async with web.post("/playground/upload", data=form) as response:
        shown = (await response.json())["messages"]
    assert [(message["text"], bool(message["photo"])) for message in shown] == [("look", True), ("", True)]
    first, second = await bot.get_updates()
    assert first.message is not None
    assert second.message is not None
    assert first.message.media_group_id == second.message.media_group_id is not None


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("send", {"person_id": ME, "text": " "}, 400),
        ("send", {"person_id": ME, "text": "a" * 4097}, 400),
        ("send", {"person_id": 5, "text": "a"}, 404),
        ("send", {"person_id": "1001", "text": "a"}, 400),
        ("send", {"person_id": True, "text": "a"}, 400),
        ("send", {"text": "a"}, 400),
        ("stop", {"person_id": ME, "draft_id": 7}, 404),
    ],
)
async def test_what_cannot_be_done(web: aiohttp.ClientSession, act: str, body: dict[str, object], status: int) -> None:
    found, answer = await post(web, act, **body)
    assert (found, list(answer)) == (status, ["error"])


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/playground/state", "/playground/events?after=0"])
async def test_another_host_name_is_refused(web: aiohttp.ClientSession, path: str) -> None:
    async with web.get(path, headers={"Host": "evil.example:8585"}) as response:
        assert response.status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8585"])
async def test_names_of_this_machine_are_served(web: aiohttp.ClientSession, host: str) -> None:
    async with web.get("/playground/state", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_posts_from_other_sites_are_refused(
    playground: Playground, web: aiohttp.ClientSession, origin: str
) -> None:
    body = {"person_id": ME, "text": "hi"}
    async with web.post("/playground/send", json=body, headers={"Origin": origin}) as response:
        assert response.status == 403
    assert playground.messages(ME) == []
    async with web.post("/playground/send", json=body, headers={"Origin": playground.base_url}) as response:
        assert response.status == 200


async def test_a_post_that_any_form_could_make_is_refused(playground: Playground, web: aiohttp.ClientSession) -> None:
    body = json.dumps({"person_id": ME, "text": "hi"})
    async with web.post("/playground/send", data=body, headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 403
    assert playground.messages(ME) == []


async def test_every_reply_carries_the_headers_that_keep_the_page_to_itself(web: aiohttp.ClientSession) -> None:
    for path in ("/", "/static/app.js", "/playground/state", "/nothing", "/static/nothing.js"):
        async with web.get(path) as response:
            assert "default-src 'self'" in response.headers["Content-Security-Policy"], path
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_is_edited_on_the_page_reaches_the_bot(bot: Client, web: aiohttp.ClientSession) -> None:
    _, said = await post(web, "send", person_id=ME, text="helo")
    status, answer = await post(web, "edit", person_id=ME, message_id=said["message"]["id"], text="hello")
    assert (status, answer["message"]["text"], answer["message"]["edited"]) == (200, "hello", True)
    [_, update] = await bot.get_updates(allowed_updates=["message", "edited_message"])
    assert update.edited_message is not None
    assert (update.edited_message.text, update.edited_message.edit_date is None) == ("hello", False)
    for message_id, text, refused in ((said["message"]["id"], "hello", 400), (99, "x", 404)):
        assert (await post(web, "edit", person_id=ME, message_id=message_id, text=text))[0] == refused


async def test_a_reaction_on_the_page_reaches_the_bot_that_asks_for_it(bot: Client, web: aiohttp.ClientSession) -> None:
    await post(web, "send", person_id=ME, text="hello")
    sent = await bot.send_message(ME, "Hi!")
    await bot.get_updates(allowed_updates=["message", "message_reaction"])
    for emoji in ("👍", "👍", None):
        status, answer = await post(web, "react", person_id=ME, message_id=sent.message_id, emoji=emoji)
        assert (status, answer["message"]["person_reaction"]) == (200, emoji)
    updates = [update.message_reaction for update in await bot.get_updates() if update.message_reaction is not None]
    told = [(len(one.old_reaction), len(one.new_reaction), one.message_id) for one in updates]
    assert told == [(0, 1, sent.message_id), (1, 0, sent.message_id)]
    assert (await post(web, "react", person_id=ME, message_id=sent.message_id, emoji="x"))[0] == 400
    assert (await post(web, "react", person_id=ME, message_id=1, emoji="👍"))[0] == 404


async def test_what_is_quoted_and_forwarded_reaches_the_bot(bot: Client, web: aiohttp.ClientSession) -> None:
    await post(web, "send", person_id=ME, text="hello")
    sent = await bot.send_message(ME, "red and green")
    await post(web, "send", person_id=ME, text="why?", reply_to=sent.message_id, quote="green")
    await post(web, "send", person_id=ME, text="It rains.", forwarded_from="Anna")
    [_, quoting, forwarded] = [update.message for update in await bot.get_updates()]
    assert quoting is not None
    assert quoting.quote is not None
    assert quoting.quote.text == "green"
    assert forwarded is not None
    assert getattr(forwarded.forward_origin, "sender_user_name", None) == "Anna"
    refused = await post(web, "send", person_id=ME, text="why?", reply_to=sent.message_id, quote="blue")
    assert refused[0] == 400


async def test_a_group_is_made_and_used_on_the_page(
    playground: Playground, bot: Client, web: aiohttp.ClientSession
) -> None:
    _, made = await post(web, "group", person_id=ME, forum=True)
    group_id = made["group"]["id"]
    assert (made["group"]["bot"], made["group"]["members"][str(ME)]) == ("member", "creator")
    _, opened = await post(web, "topic", person_id=ME, chat_id=group_id, name="Music")
    topic = opened["thread_id"]
    _, said = await post(web, "send", person_id=STRANGER, chat_id=group_id, text="/start", thread_id=topic)
    assert (said["message"]["sender"], said["message"]["thread"]) == (STRANGER, topic)
    await post(web, "edit", person_id=STRANGER, chat_id=group_id, message_id=said["message"]["id"], text="/help")
    sent = await bot.send_message(group_id, "choose", reply_markup=CHOICE)
    status, pressed = await post(web, "press", person_id=ME, chat_id=group_id, message_id=sent.message_id, data="go")
    assert (status, bool(pressed["query_id"])) == (200, True)
    kinds = ["my_chat_member", "message", "edited_message", "callback_query"]
    updates = await bot.get_updates(allowed_updates=kinds)
    assert [one.event_type for one in updates] == [
        "my_chat_member",
        "message",
        "message",
        "edited_message",
        "callback_query",
    ]
    async with web.get("/playground/state") as response:
        state = await response.json()
    assert [one["id"] for one in state["groups"]] == [group_id]
    assert state["chats"][str(group_id)]["topics"] == {str(topic): "Music"}
    assert (await post(web, "send", person_id=ME, chat_id=-7, text="x"))[0] == 404
