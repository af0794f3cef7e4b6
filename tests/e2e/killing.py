"""The real program, killed again and again while people talk to it, and what must be true of it afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from unittest import mock

from bot.playground import webhooks
from bot.playground.limits import Limits, Rate
from bot.playground.server import Playground
from bot.playground.state import Chat
from bot.playground.values import PEOPLE
from llm.clock import SystemClock
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json, Reply, Request, Stream

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAE" + "x" * 32
MODEL = "tiny-1b"
AT_ONCE = 10
FIRST_PERSON = 5001
OFTEN = Rate(100_000, 100_000.0)
UNLIMITED = Limits(messages=(OFTEN,), drafts=(OFTEN,), overall=(OFTEN,))
# An answer to question 7 of 3 words: "7.0 7.1 7.2". Long ones are two messages.
_WORD = re.compile(r"\b(\d+)\.(\d+)\b")
SHORT_WORDS, LONG_WORDS = 12, 900
STREAMED_PIECES = 6
SHORTEST_LONG_LIFE, LIFE_PER_START = 2.0, 1.5
PATIENCE_SECONDS = 900.0
LOOK_SECONDS = 0.1
APART_SECONDS = 3.1
"""What comes sooner may be read as one with what came before."""


@dataclass
class Findings:
    """What came of it: how much was tried, and everything that is not as it must be."""

    kills: int = 0
    conversations: int = 0
    questions: int = 0
    wrong: list[str] = field(default_factory=list)


class Killing:
    """One bot, its Telegram and its model server, and people who talk to it in conversations of a few messages."""

    def __init__(self, folder: Path, chance: random.Random, *, webhook: bool = False, people: int = AT_ONCE) -> None:
        self._folder = folder
        self._chance = chance
        self._webhook = webhook
        self._people = people
        self._page = Playground("127.0.0.1", 0, TOKEN, SystemClock(), limits=UNLIMITED)
        self._model = ModelServer()
        self._port = _free_port()
        self._asked: dict[int, list[int]] = defaultdict(list)
        self._words: dict[int, int] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._over = False
        self.findings = Findings()

    async def run(self, kills: int, conversations: int) -> Findings:
        """Kill so often while people talk, then let the last answers come, and look."""
        self._model.get["/v1/models"] = Json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        self._model.otherwise(self._answer)
        # While the bot is down for most of the time, calls that come once in a minute would hardly ever meet it.
        with mock.patch.object(webhooks, "LONGEST_PAUSE_SECONDS", 2.0):
            await self._run(kills, conversations)
        await asyncio.to_thread(self._look_at_database)
        return self.findings

    async def _run(self, kills: int, conversations: int) -> None:
        async with self._model, self._page:
            try:
                async with asyncio.TaskGroup() as people:
                    for _ in range(self._people):
                        people.create_task(self._talk(conversations))
                    for _ in range(kills):
                        await self._live_and_die()
                    self._over = True
                    await self._start()
                await self._settled()
                await self._end()
            finally:
                if self._process is not None and self._process.returncode is None:
                    self._process.kill()
                    await self._process.wait()
            self._look_at_chats()

    # The program

    async def _start(self) -> None:
        environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": TOKEN,
            "ADMIN_IDS": "1",
            "ACCESS": "open",
            "TELEGRAM_API_BASE": self._page.base_url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self._folder}/bot.db",
            "LLM_API_BASE": self._model.base,
            "LLM_MODEL": MODEL,
            # On a machine that is busy the queue for the model must not be told to be hopeless: that is an answer too.
            "TIMEOUT_SECONDS": "600",
            "REDETECT_EVERY": "0",
            "LOG_FORMAT": "json",
        }
        if self._webhook:
            environ |= {"WEBHOOK_URL": f"http://127.0.0.1:{self._port}/hook", "WEBHOOK_PORT": str(self._port)}
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", cwd=self._folder, env=environ, stdout=log, stderr=log
            )

    async def _live_and_die(self) -> None:
        """Now and then it dies while it starts; mostly some moments after its first contact."""
        sign = "setWebhook" if self._webhook else "getUpdates"
        began = self._page.world.clock.monotonic()
        await self._start()
        assert self._process is not None
        if self._chance.random() < 0.1:
            await asyncio.sleep(self._chance.uniform(0.0, 1.0))
        else:

            def at_work() -> bool:
                return any(call.method == sign and call.time > began for call in self._page.calls[-50:])

            await _until(at_work)
            # On a machine that is busy everything takes longer, an answer too: without time for one there is none.
            starting = self._page.world.clock.monotonic() - began
            await asyncio.sleep(self._chance.uniform(0.0, max(SHORTEST_LONG_LIFE, LIFE_PER_START * starting)))
        if self._process.returncode is not None:
            self.findings.wrong.append(f"the program ended by itself with {self._process.returncode}")
            return
        self._process.kill()
        await self._process.wait()
        self.findings.kills += 1

    async def _end(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self._process.wait(), 30)
        if code != 0:
            self.findings.wrong.append(f"the order to stop ended it with {code}")

    async def _settled(self) -> None:
        """Until nothing waits with Telegram and nothing in the inbox."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._page.world.updates.pending or await self._open_updates():
                await self._page.world.clock.sleep(0.1)
        await asyncio.sleep(0.5)  # what would come twice would come now

    async def _open_updates(self) -> int:
        return await asyncio.to_thread(self._count_open)

    def _count_open(self) -> int:
        with closing(sqlite3.connect(f"file:{self._folder}/bot.db?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM updates WHERE state <> 'done'").fetchone()[0])

    # The people

    async def _talk(self, conversations: int) -> None:
        while not self._over or self.findings.conversations < conversations:
            self.findings.conversations += 1
            person_id = FIRST_PERSON + self.findings.conversations
            self._page.world.people[person_id] = replace(PEOPLE[1], person_id=person_id)
            self._page.world.chats[person_id] = Chat(person_id)
            for _ in range(self._chance.randint(1, 4)):
                at_a_time = self._chance.choice((1, 1, 1, 2))
                for number in range(at_a_time):
                    if number:
                        await asyncio.sleep(APART_SECONDS)
                    self._ask(person_id)
                await _until(partial(self._has_all, person_id))
                await asyncio.sleep(self._chance.uniform(0.0, 0.4))

    def _ask(self, person_id: int) -> None:
        self.findings.questions += 1
        number = self.findings.questions
        self._words[number] = LONG_WORDS if self._chance.random() < 0.2 else SHORT_WORDS
        self._asked[person_id].append(number)
        self._page.say(person_id, f"Question {number}?")

    def _has_all(self, person_id: int) -> bool:
        heard = self._heard(person_id)
        return all((number, self._words[number] - 1) in heard for number in self._asked[person_id])

    def _heard(self, person_id: int) -> list[tuple[int, int]]:
        texts = [message.text for message in self._page.messages(person_id) if message.from_bot]
        return [(int(number), int(word)) for text in texts for number, word in _WORD.findall(text)]

    def _answer(self, request: Request) -> Reply:
        asked = str(request.json["messages"])
        number = int(re.findall(r"Question (\d+)\?", asked)[-1])
        words = self._words[number]
        step = words // STREAMED_PIECES
        pieces = [
            " ".join(f"{number}.{word}" for word in range(begin, begin + step)) + " " for begin in range(0, words, step)
        ]
        return Stream(tokens=pieces, chunk_delay=self._chance.uniform(0.0, 0.5) / STREAMED_PIECES)

    # What must be true

    def _look_at_chats(self) -> None:
        for person_id, numbers in self._asked.items():
            expected = [(number, word) for number in numbers for word in range(self._words[number])]
            heard = self._heard(person_id)
            if sorted(heard) != sorted(expected):
                for number in numbers:
                    times = sum(1 for one in heard if one == (number, 0))
                    last = sum(1 for one in heard if one == (number, self._words[number] - 1))
                    if (times, last) != (1, 1):
                        self.findings.wrong.append(f"the answer to {number} begins {times} and ends {last} times")
            elif heard != expected:
                self.findings.wrong.append(f"answers out of order in {person_id}")
            for message in self._page.messages(person_id):
                if message.from_bot and not _WORD.search(message.text):
                    self.findings.wrong.append(f"a message that is no answer: {message.text[:60]!r}")

    def _look_at_database(self) -> None:
        with closing(sqlite3.connect(f"{self._folder}/bot.db")) as database:

            def one(query: str) -> object:
                return database.execute(query).fetchone()[0]

            said = "SELECT count(*) FROM messages WHERE"
            found = {
                "PRAGMA integrity_check": "ok",
                "SELECT count(*) FROM pragma_foreign_key_check": 0,
                "SELECT count(*) FROM updates WHERE state <> 'done' OR payload <> x''": 0,
                f"{said} role = 'user' AND closed_at IS NULL": 0,
                f"{said} role = 'user'": self.findings.questions,
                f"{said} role = 'assistant' AND state = 'complete'": self.findings.questions,
                f"{said} role = 'assistant'": self.findings.questions,
            }
            self.findings.wrong += [
                f"{query}: {value}" for query, wanted in found.items() if (value := one(query)) != wanted
            ]


async def _until(reached: Callable[[], bool]) -> None:
    """Look now and then: at every event would be too often for so many people."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if reached():
                return
            await asyncio.sleep(LOOK_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
