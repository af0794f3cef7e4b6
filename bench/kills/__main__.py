"""`kill -9` at random moments: is every message answered exactly once?

    python -m bench.kills [kills] [conversations] [seed]

The real program as a process, with Telegram and a model server in this one. Ten people talk at the same time, in
conversations of a few messages, now and then two at once; a fifth of the answers are two messages long. The program is
killed at a random moment of its life, which is mostly short, and started again, 200 times during at least 200
conversations; half of it with long polling, half with a webhook, side by side. In the end each chat must hold each
answer once, whole and in order, and nothing else, and the database must be sound, with no turn and no update left
open. Prints the numbers and whatever is wrong; ends with 1 if anything is.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from bot.lean_import import load_aiogram

load_aiogram()

from tests.e2e.killing import Findings, Killing  # noqa: E402 - after aiogram, which must be loaded first

KILLS = 200
CONVERSATIONS = 200


async def _side(folder: Path, name: str, kills: int, conversations: int, seed: int) -> Findings:
    place = folder / name
    place.mkdir()
    killing = Killing(place, random.Random(f"{seed} {name}"), webhook=name == "webhook")
    return await killing.run(kills, conversations)


async def _run(kills: int, conversations: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        names = ("polling", "webhook")
        sides = (_side(Path(folder), name, kills // 2, conversations // 2, seed) for name in names)
        found = await asyncio.gather(*sides)
    for name, one in zip(names, found, strict=True):
        print(f"{name:8} {one.kills} kills, {one.conversations} conversations, {one.questions} messages")
        for wrong in one.wrong:
            print(f"    WRONG: {wrong}")
    return not any(one.wrong for one in found)


def main() -> int:
    """Run it as told."""
    given = [int(argument) for argument in sys.argv[1:4]]
    usual = [KILLS, CONVERSATIONS, random.SystemRandom().randrange(2**32)]
    kills, conversations, seed = given + usual[len(given) :]
    print(f"seed {seed}")
    began = time.monotonic()
    sound = asyncio.run(_run(kills, conversations, seed))
    print(f"{'every message answered exactly once' if sound else 'NOT SOUND'} ({time.monotonic() - began:.0f} s)")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
