"""What is left after the process was killed: everything that was committed, nothing else."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from llm.clock import SystemClock
from llm.types import Role
from storage import AnswerState, Conversations, DatabaseLocked, Inbox, NewUpdate, open_database

# Answers update 1, begins update 2 twice, and dies in the middle of storing its answer.
DYING_BOT = """
import asyncio, os, signal, sys
from llm.clock import SystemClock
from storage import AnswerState, Conversations, Inbox, NewUpdate, open_database

async def main():
    clock = SystemClock()
    async with open_database(sys.argv[1], clock) as database:
        inbox, conversations = Inbox(database, clock), Conversations(database, clock)
        await inbox.put([NewUpdate(number, "5", b"payload") for number in (1, 2, 3)])
        await inbox.begin(1)
        turn = await conversations.open_turn(chat_id=5, person_id=5, update_id=1, text="one")
        await conversations.close_turn(turn, text="first", model="m", state=AnswerState.COMPLETE)
        await inbox.begin(2)
        await inbox.begin(2)
        turn = await conversations.open_turn(chat_id=5, person_id=5, update_id=2, text="two")
        await inbox.note_answer_messages(2, [77], None)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

        write = database.write
        async def write_and_die(operation, work):
            async def half(connection):
                await work(connection)
                os.kill(os.getpid(), signal.SIGKILL)
            await write(operation, half)
        database.write = write_and_die
        await conversations.close_turn(turn, text="second", model="m", state=AnswerState.COMPLETE)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
async def test_a_killed_bot_blocks_others_while_it_lives_and_leaves_what_it_had_committed(
    sqlite_url: str, file: Path, clock: SystemClock
) -> None:
    async with open_database(sqlite_url, clock):
        pass  # so that the other process has no migration to tell of on its output
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_BOT, sqlite_url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert bot.stdout is not None
    assert await bot.stdout.readline() == b"ready\n"
    with pytest.raises(DatabaseLocked) as caught:
        async with open_database(sqlite_url, clock):
            pass
    assert caught.value.path == str(file)
    await bot.communicate(b"\n")
    assert bot.returncode == -9

    async with open_database(sqlite_url, clock) as database:
        inbox, conversations = Inbox(database, clock), Conversations(database, clock)
        waiting = await inbox.waiting()
        assert [(update.update_id, update.attempts, update.answer_message_id) for update in waiting] == [
            (2, 2, 77),
            (3, 0, None),
        ]
        assert (await conversations.turn_answered(1), await conversations.turn_answered(2)) == (True, False)
        assert await inbox.put([NewUpdate(1, "5", b"payload")]) == 0

        turn = await conversations.open_turn(chat_id=5, person_id=5, update_id=2, text="two")
        await conversations.close_turn(turn, text="second", model="m", state=AnswerState.COMPLETE)
        history = await conversations.history(turn.conversation_id)
        assert [(message.role, message.text) for message in history] == [
            (Role.USER, "one"),
            (Role.ASSISTANT, "first"),
            (Role.USER, "two"),
            (Role.ASSISTANT, "second"),
        ]
