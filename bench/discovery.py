"""How long the search for model servers takes on this machine: with nothing there, and with ports that never answer.

    python -m bench.discovery

Prints each time beside its limit, as a ratio; ends with 1 when a limit is passed.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Sequence

from llm.http import HttpClient, make_client
from llm.servers.discover import DEFAULT_PORTS, discover

NOTHING_LIMIT_SECONDS = 1.0
SILENT_LIMIT_SECONDS = 2.5
ROUNDS = 5


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


async def slowest(http: HttpClient, ports: Sequence[int]) -> float:
    """The longest of several searches, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await discover(http, ports=ports)
        times.append(time.perf_counter() - began)
    return max(times)


async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept a connection and say nothing until the other side leaves."""
    await reader.read()
    writer.close()


def show(what: str, seconds: float, limit: float) -> bool:
    """Print one figure; whether it is within its limit."""
    print(f"{what:<34} {seconds * 1000:8.1f} ms   limit {limit * 1000:6.0f} ms   ratio {seconds / limit:.3f}")
    return seconds <= limit


async def main() -> int:
    """Measure and print."""
    count = len(DEFAULT_PORTS)
    async with make_client() as http:
        nothing = await slowest(http, free_ports(count))
        silent = [await asyncio.start_server(never_answer, "127.0.0.1", 0) for _ in range(count)]
        waiting = await slowest(http, [server.sockets[0].getsockname()[1] for server in silent])
        for server in silent:
            server.close()
    within = [
        show(f"{count} ports, nothing listens", nothing, NOTHING_LIMIT_SECONDS),
        show(f"{count} ports that never answer", waiting, SILENT_LIMIT_SECONDS),
    ]
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
