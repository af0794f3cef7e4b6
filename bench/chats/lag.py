"""How late an event loop comes; as a program, that of a process with nothing else to do, until its input ends."""

from __future__ import annotations

import asyncio
import json
import sys
import time

LOOK_SECONDS = 0.01


async def measure_lag(lags: list[float]) -> None:
    """Look a hundred times a second, and note the seconds, until it is cancelled."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LOOK_SECONDS)
        lags.append(max(0.0, time.perf_counter() - began - LOOK_SECONDS))


async def idle() -> list[float]:
    """The lags of a loop that does nothing."""
    lags: list[float] = []
    watch = asyncio.create_task(measure_lag(lags))
    await asyncio.to_thread(sys.stdin.read)
    watch.cancel()
    return lags


if __name__ == "__main__":
    print(json.dumps(asyncio.run(idle())))
