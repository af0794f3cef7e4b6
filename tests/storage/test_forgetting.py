"""Forgetting a person leaves nothing of theirs, in no table and not on the disk either, and all of everybody else's."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, func, insert, select
from sqlalchemy.types import BigInteger

from llm.clock import SystemClock
from llm.types import Role
from storage import (
    AnswerState,
    Conversations,
    Database,
    Forgetting,
    Forgotten,
    Inbox,
    NewUpdate,
    OwnData,
    People,
    Summaries,
    Summary,
    UnknownUpdate,
    open_database,
)
from storage.column_types import JsonText, UtcMoment
from storage.forgetting import APART, KEPT_OF_PERSON, NOTHING_OF_PEOPLE, is_found
from storage.tables import conversations, messages, metadata, people, updates, usage

ANNA, BORIS = 7, 8
SECRET = "a-sentence-that-is-nobody's-business"


def test_every_table_is_either_forgotten_of_or_has_a_reason_not_to_be() -> None:
    """A new table with something of people must be found by its columns, or be named with what is done about it."""
    assert {name for name, table in metadata.tables.items() if is_found(table)} | set(APART) | set(
        NOTHING_OF_PEOPLE
    ) == set(metadata.tables)
    assert not {*APART} & {*NOTHING_OF_PEOPLE}
    assert set(people.c.keys()) >= KEPT_OF_PERSON


@pytest.mark.parametrize("name", sorted(NOTHING_OF_PEOPLE))
def test_tables_without_people_have_no_column_that_could_name_one(name: str) -> None:
    table = metadata.tables[name]
    assert not {"person_id", "chat_id", "text"} & set(table.c.keys())
    assert not table.foreign_keys


def value_for(column: Any, person_id: int, number: int, rows: dict[str, int]) -> object:
    """Something that may stand in a column, with the secret wherever there may be text."""
    for key in column.foreign_keys:
        return rows[key.column.table.name]
    named = {"person_id": person_id, "chat_id": person_id, "role": Role.USER, "state": AnswerState.COMPLETE}
    if column.name in named:
        return named[column.name]
    kind = column.type
    if isinstance(kind, UtcMoment):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 1, 1)
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, BigInteger | Integer):
        return number
    if isinstance(kind, LargeBinary):
        return f"{SECRET} {person_id}".encode()
    if hasattr(kind, "enums"):
        return next(iter(kind.enum_class))
    text = f"{SECRET} {person_id}"
    return [text] if not isinstance(kind, JsonText) and kind.python_type is dict else text


def found_tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if is_found(table)]


async def fill(database: Database, person_id: int) -> None:
    """A row of this person in every table that has any, by the schema: in tables that do not exist yet too."""

    async def work(connection: Any) -> None:
        rows: dict[str, int] = {}
        for table in found_tables():
            values = {
                column.name: value_for(column, person_id, person_id * 1000, rows)
                for column in table.c
                if column.name != "closed_at"
            }
            await connection.execute(insert(table).values(**values))
            if "id" in table.c:
                rows[table.name] = person_id * 1000

    await database.write("test.fill", work)


async def count(database: Database, table: Table) -> int:
    return int((await database.rows("test.count", select(func.count()).select_from(table)))[0][0])


async def test_of_the_forgotten_nothing_is_left_in_any_table_and_of_others_everything(
    database: Database, clock: SystemClock
) -> None:
    everybody = People(database, clock)
    for person_id in (ANNA, BORIS):
        await everybody.seen(person_id, "A name", None)
        await everybody.prefer(person_id, language="ru", rich_messages=True, streaming=False)
        await everybody.set_tokens_day(person_id, 500)
        await everybody.set_admin(person_id, True)
        await fill(database, person_id)
    forgetting = Forgetting(database, clock)
    assert await forgetting.look(ANNA) == Forgotten(1, 1)
    assert await forgetting.forget(ANNA, before_update=10**9) == Forgotten(1, 1)
    assert {table.name: await count(database, table) for table in found_tables()} == dict.fromkeys(
        [table.name for table in found_tables()], 1
    )
    (left,) = await database.rows("test", select(conversations.c.chat_id))
    assert left.chat_id == BORIS
    anna, boris = await everybody.get(ANNA), await everybody.get(BORIS)
    assert anna is not None
    assert boris is not None
    assert (anna.admin, anna.tokens_day, anna.language, anna.rich_messages) == (True, 500, None, None)
    assert (boris.language, boris.rich_messages) == ("ru", True)


async def test_todays_use_stays_so_that_a_limit_is_not_got_round(database: Database, clock: SystemClock) -> None:
    today = clock.now().date()

    async def work(connection: Any) -> None:
        for day in (date(2026, 1, 1), today):
            await connection.execute(insert(usage).values(person_id=ANNA, day=day, requests=1, tokens=9))

    await database.write("test", work)
    await Forgetting(database, clock).forget(ANNA, before_update=1)
    (left,) = await database.rows("test", select(usage.c.day))
    assert left.day == today


async def test_what_waited_for_an_answer_is_wiped_and_what_came_later_is_not(
    database: Database, inbox: Inbox, clock: SystemClock
) -> None:
    lanes = {1: str(ANNA), 2: f"{ANNA}:work", 3: f"{ANNA}5", 4: str(BORIS), 6: str(ANNA)}
    await inbox.put([NewUpdate(number, lane, SECRET.encode()) for number, lane in lanes.items()])
    await Forgetting(database, clock).forget(ANNA, before_update=5)
    assert [one.update_id for one in await inbox.waiting()] == [3, 4, 6]
    kept = await database.rows("test", select(updates.c.update_id).where(updates.c.payload == SECRET.encode()))
    assert sorted(row.update_id for row in kept) == [3, 4, 6]


GROUP = -100


async def said_in_the_group(said: Conversations, update_id: int, person_id: int, text: str) -> int:
    turn = await said.open_turn(chat_id=GROUP, person_id=person_id, update_id=update_id, text=text)
    await said.close_turn(turn, text=f"Answer to {text}", model="m", state=AnswerState.COMPLETE)
    return turn.conversation_id


async def test_in_a_group_what_a_person_said_goes_with_the_answers_and_the_others_words_stay(
    database: Database, clock: SystemClock
) -> None:
    said, summaries = Conversations(database, clock), Summaries(database, clock)
    own_data = OwnData(database, settled)
    for number, person_id in enumerate([BORIS, ANNA, ANNA, BORIS, ANNA, BORIS], 1):
        conversation = await said_in_the_group(said, number, person_id, f"{person_id} says {number}")
    other = await said_in_the_group_of_others(said)
    await summaries.keep(conversation, Summary("They said this and that", 12))
    assert (await own_data.kept(ANNA)).messages == 6
    assert await Forgetting(database, clock).forget(ANNA, before_update=100) == Forgotten(1, 6)
    texts = ["8 says 1", "8 says 4", "8 says 6"]
    history = await said.history(conversation)
    assert [one.text for one in history] == [text for one in texts for text in (one, f"Answer to {one}")]
    assert await summaries.of(conversation) is None, "it tells what is forgotten"
    assert (await own_data.kept(ANNA)).messages == 0
    assert len(await said.history(other)) == 2
    parents = await database.rows("test", select(messages.c.id, messages.c.parent_id).order_by(messages.c.id))
    here = {row.id for row in parents}
    assert all(row.parent_id is None or row.parent_id in here for row in parents), "no way leads to what is gone"


async def said_in_the_group_of_others(said: Conversations) -> int:
    turn = await said.open_turn(chat_id=GROUP - 1, person_id=BORIS, update_id=90, text="Elsewhere")
    await said.close_turn(turn, text="Answer", model="m", state=AnswerState.COMPLETE)
    return turn.conversation_id


async def settled() -> None:
    """All figures are stored."""


async def test_an_answer_that_another_member_asks_for_anew_still_belongs_to_the_question(
    database: Database, clock: SystemClock
) -> None:
    said = Conversations(database, clock)
    await said_in_the_group(said, 1, ANNA, "Hers")
    again = await said.reopen_turn(chat_id=GROUP, person_id=BORIS, update_id=2)
    assert again is not None
    await said.close_turn(again, text="Another answer", model="m", state=AnswerState.COMPLETE)
    await Forgetting(database, clock).forget(ANNA, before_update=100)
    assert await count(database, messages) == 0


async def test_what_a_person_wrote_in_groups_and_waits_is_wiped_with_what_came_too_late(
    database: Database, inbox: Inbox, clock: SystemClock
) -> None:
    def message(number: int, person_id: int) -> bytes:
        return json.dumps({"update_id": number, "message": {"from": {"id": person_id}, "text": SECRET}}).encode()

    batch = [NewUpdate(1, str(GROUP), message(1, ANNA)), NewUpdate(2, str(GROUP), message(2, BORIS))]
    await inbox.put([*batch, NewUpdate(3, str(ANNA), message(3, ANNA)), NewUpdate(4, str(GROUP), b"no JSON")])
    await inbox.put_off(3)
    await Forgetting(database, clock).drop_waiting(ANNA, before_update=100)
    assert [one.update_id for one in await inbox.waiting()] == [2, 4]
    assert await inbox.want(ANNA) == 0
    kept = await database.rows("test", select(updates.c.update_id).where(updates.c.payload != b""))
    assert sorted(row.update_id for row in kept) == [2, 4]


async def test_what_was_being_read_when_everything_was_deleted_is_not_stored_afterwards(
    database: Database, inbox: Inbox, clock: SystemClock
) -> None:
    said = Conversations(database, clock)
    await inbox.put([NewUpdate(1, str(ANNA), b"{}")])
    await inbox.begin(1)
    await Forgetting(database, clock).forget(ANNA, before_update=2)
    with pytest.raises(UnknownUpdate):
        await said.open_turn(chat_id=ANNA, person_id=ANNA, update_id=1, text=SECRET)
    assert await count(database, messages) == 0


async def test_the_text_is_not_on_the_disk_any_more(sqlite_url: str, file: Path, clock: SystemClock) -> None:
    def on_disk() -> set[str]:
        return {path.name for path in file.parent.iterdir() if SECRET.encode() in path.read_bytes()}

    async with open_database(sqlite_url, clock) as database:
        said, inbox = Conversations(database, clock), Inbox(database, clock)
        await People(database, clock).seen(ANNA, "Anna", None)
        for number in range(60):
            await inbox.put([NewUpdate(number, str(ANNA), f"{SECRET} {number}".encode())])
            turn = await said.open_turn(chat_id=ANNA, person_id=ANNA, update_id=number, text=f"{SECRET} " * number)
            await said.close_turn(turn, text=f"{SECRET}, answered. " * 300, model="m", state=AnswerState.COMPLETE)
            if number % 20 == 0:
                await said.start_new(ANNA)
        await fill(database, BORIS + 1)
        await Forgetting(database, clock).forget(BORIS + 1, before_update=0)
        assert on_disk(), "it is there before"
        forgotten = await Forgetting(database, clock).forget(ANNA, before_update=1000)
        assert forgotten == Forgotten(4, 120)
        assert await count(database, messages) == 0
        assert on_disk() == set(), "while the bot goes on"
    assert on_disk() == set()
