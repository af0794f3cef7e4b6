"""What is sent with messages is kept with them, is named when it is old, and takes no more room than it may."""

from __future__ import annotations

from storage import AnswerState, Attachment, AttachmentKind, Attachments, Conversations, Database, Turn
from storage.attachments import READ_WHOLE
from storage.tables import attachments, messages

PHOTO = Attachment(AttachmentKind.PHOTO, "cat.jpg", "image/jpeg", data=b"\xff\xd8\xffcat")
PAPER = Attachment(AttachmentKind.DOCUMENT, "a.txt", "text/plain", text="words\x00, words")


async def send(conversations: Conversations, update_id: int, *sent: Attachment, text: str = "") -> Turn:
    return await conversations.open_turn(chat_id=5, person_id=9, update_id=update_id, text=text, sent=sent)


async def close(conversations: Conversations, turn: Turn) -> None:
    await conversations.close_turn(turn, text="Seen.", model="m", state=AnswerState.COMPLETE)


async def test_what_was_sent_comes_back_in_its_order_even_without_words(conversations: Conversations) -> None:
    turn = await send(conversations, 1, PHOTO, PAPER)
    assert [one.name for one in turn.attachments] == ["cat.jpg", "a.txt"]
    [said] = await conversations.history(turn.conversation_id)
    assert (said.text, said.attachments[0]) == ("", PHOTO)
    assert said.attachments[1].text == "words, words"
    [named] = await conversations.part(turn.conversation_id)
    assert [(one.name, one.text, one.data) for one in named.attachments] == [
        ("cat.jpg", None, None),
        ("a.txt", None, None),
    ]


async def test_a_turn_that_is_opened_again_has_what_was_sent_the_first_time(conversations: Conversations) -> None:
    assert not await conversations.turn_opened(1)
    first = await send(conversations, 1, PHOTO)
    assert await conversations.turn_opened(1)
    assert await send(conversations, 1) == first


async def test_of_many_only_the_newest_are_read_whole(conversations: Conversations) -> None:
    for number in range(READ_WHOLE + 2):
        turn = await send(conversations, number + 1, PHOTO)
        await close(conversations, turn)
    said = [one for one in await conversations.history(turn.conversation_id) if one.attachments]
    assert [one.attachments[0].data is None for one in said] == [True] * 2 + [False] * READ_WHOLE
    assert {one.attachments[0].name for one in said} == {"cat.jpg"}


async def test_the_oldest_are_given_up_when_there_is_no_room(conversations: Conversations, database: Database) -> None:
    for number in range(4):
        turn = await send(conversations, number + 1, PHOTO, PAPER)
    each = len(PHOTO.data or b"") + len("words, words")
    keeper = Attachments(database, kept_bytes=2 * each)
    assert await keeper.forget_oldest() == 4
    assert await keeper.forget_oldest() == 0
    kept = [one.attachments for one in await conversations.history(turn.conversation_id)]
    assert [(photo.data, paper.text) == (None, None) for photo, paper in kept] == [True, True, False, False]


async def test_they_go_with_their_message(conversations: Conversations, database: Database) -> None:
    await send(conversations, 1, PHOTO)
    await database.write("test.delete", lambda connection: connection.execute(messages.delete()))
    assert await database.rows("test.left", attachments.select()) == []
