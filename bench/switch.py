"""How soon every new message has the new primary model after the settings file was changed, under load.

    python -m bench.switch [rounds]

The whole bot in this process, on the page in Telegram's place; 20 chats write without a pause, answers take half a
second, two model servers play over real sockets. The file is replaced again and again, each time the primary model is
the other server's. Counted from the replacement: when the new server got its first message, and when the old one got
its last. Three cases: the system tells of the change; nothing tells of it, as behind a mount, so that it is found by
reading; and a new server that does not say what it is. Prints each figure beside its limit, as a ratio, and the
messages that failed; ends with 1 when a limit is passed or a message failed.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import watchfiles

import bot.live.settings_file
from bot.lean_import import load_aiogram

load_aiogram()

from bot.log import set_up_logging  # noqa: E402 - after aiogram, which must be loaded first
from tests.e2e.crowd import Crowd  # noqa: E402
from tests.e2e.living import open_live, serving, unlimited_messages  # noqa: E402
from tests.fakes.model_server import ModelServer  # noqa: E402
from tests.fakes.replies import Hang, Stream  # noqa: E402

LIMIT_SECONDS = 1.0
CHATS = 20
ROUNDS = 5
BETWEEN_SECONDS = 2.0
OLD, NEW = "The old one answers.", "The new one answers."


@dataclass(frozen=True)
class Switch:
    """One change: seconds from the replacement of the file."""

    first_at_new: float
    last_at_old: float


async def measure(folder: Path, rounds: int, *, silent: bool) -> tuple[list[Switch], int, int]:
    """The switches, the number of answers, and how many of them were none."""
    loop, switches = asyncio.get_running_loop(), []
    async with ModelServer() as one, ModelServer() as other:
        lines = [{**serving(one, "one", OLD), "LOG_FORMAT": "json"}, serving(other, "other", NEW)]
        for server, text in ((one, OLD), (other, NEW)):
            server.otherwise(Stream(text, first_delay=0.1, chunk_delay=0.1))
            if silent:
                server.get["/v1/models"] = server.not_found = Hang()
        async with open_live(folder, lines[0]) as (home, editor):
            crowd = Crowd(home, CHATS, random.Random(1))
            talking = asyncio.create_task(crowd.talk())
            servers = [one, other]
            for number in range(rounds):
                await asyncio.sleep(BETWEEN_SECONDS)
                old, new = servers[number % 2], servers[1 - number % 2]
                before = len(new.chats)
                written = loop.time()
                editor.set(**lines[1 - number % 2])
                await asyncio.sleep(BETWEEN_SECONDS)
                last = max((chat.at for chat in old.chats if chat.at > written), default=written)
                switches.append(Switch(new.chats[before].at - written, last - written))
            crowd.stop()
            await talking
        failed = sum(heard.text not in (OLD, NEW) for heard in crowd.heard)
        return switches, len(crowd.heard), failed


async def untold(*_: object, **__: object) -> AsyncIterator[None]:
    """A system that tells of no change."""
    raise OSError
    yield


def show(case: str, switches: list[Switch], answers: int, failed: int) -> bool:
    """Print one case; whether it is within the limit."""
    worst = max(max(one.first_at_new, one.last_at_old) for one in switches)
    first = statistics.median(one.first_at_new for one in switches)
    last = statistics.median(one.last_at_old for one in switches)
    print(
        f"{case:<28} first at the new {first:5.2f} s  last at the old {last:5.2f} s  worst {worst:5.2f} s"
        f"  limit {LIMIT_SECONDS:.1f} s  ratio {worst / LIMIT_SECONDS:.2f}  answers {answers}  failed {failed}"
    )
    return worst <= LIMIT_SECONDS and not failed


def main(rounds: int = ROUNDS) -> int:
    """Measure and print."""
    set_up_logging(level="CRITICAL", form="json", secrets=())
    watched = watchfiles.awatch
    within = []
    for case, watch, silent in (
        ("the system tells", watched, False),
        ("found by reading", untold, False),
        ("a silent new server", watched, True),
    ):
        with (
            tempfile.TemporaryDirectory(prefix="domovoy-bench-") as name,
            mock.patch.object(bot.live.settings_file, "awatch", watch),
            unlimited_messages(),
        ):
            within.append(show(case, *asyncio.run(measure(Path(name), rounds, silent=silent))))
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
