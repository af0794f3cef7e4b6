"""Checks of this machine: the database, the room on its disk, the ports that are to be listened on."""

from __future__ import annotations

import asyncio
import errno
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.checkup.finding import Finding, Matter, Subject
from bot.events import ByteCount, Said
from bot.settings import Settings
from storage import Database, DatabaseState, Inspection
from storage.migrations import REVISIONS

DISK_LOW_BYTES = 200_000_000
DISK_FULL_BYTES = 20_000_000
_OF_STATE = {
    DatabaseState.NEW: Matter.DATABASE_NEW,
    DatabaseState.OLDER: Matter.DATABASE_OLDER,
    DatabaseState.TOO_NEW: Matter.DATABASE_TOO_NEW,
    DatabaseState.LOCKED: Matter.DATABASE_LOCKED,
    DatabaseState.BROKEN: Matter.DATABASE_BROKEN,
    DatabaseState.READ_ONLY: Matter.DATABASE_READ_ONLY,
    DatabaseState.UNUSABLE: Matter.DATABASE_UNUSABLE,
}


def disk_free(file: Path) -> int | None:
    """How many bytes the disk of a file has left; one that is not there yet has its nearest folder's. Blocks."""
    there = next((one for one in file.parents if one.exists()), file.parent)
    try:
        return shutil.disk_usage(there).free
    except OSError:
        return None


def check_database(inspection: Inspection) -> tuple[Finding, ...]:
    """What a look at the database has shown."""
    matter = _OF_STATE.get(inspection.state)
    if matter is None:
        matter = Matter.DATABASE_IN_USE if inspection.in_use else Matter.DATABASE_GOOD
    args = {
        "place": inspection.place,
        "revision": inspection.revision or "?",
        "known": inspection.known,
        "reason": inspection.reason or "?",
    }
    return (Finding(Subject.DATABASE, matter, args),)


def check_own_database(database: Database) -> tuple[Finding, ...]:
    """How the database of this very bot does: whether the last transaction that was to write has failed."""
    matter = Matter.DATABASE_GOOD if database.trouble is None else Matter.DATABASE_TROUBLE
    args = {"place": str(database.file or "PostgreSQL"), "revision": REVISIONS[-1], "reason": database.trouble or "?"}
    return (Finding(Subject.DATABASE, matter, args),)


async def check_disk(file: Path | None, free_of: Callable[[Path], int | None]) -> tuple[Finding, ...]:
    """Whether there is room beside the database."""
    free = await asyncio.to_thread(free_of, file) if file is not None else None
    if free is None:
        return ()
    matter = Matter.DISK_GOOD
    if free < DISK_LOW_BYTES:
        matter = Matter.DISK_FULL if free < DISK_FULL_BYTES else Matter.DISK_LOW
    args: dict[str, Said] = {"free": ByteCount(free), "place": str(file.parent) if file is not None else ""}
    return (Finding(Subject.DISK, matter, args),)


def check_ports(settings: Settings) -> tuple[Finding, ...]:
    """Whether the ports are free on which a bot would listen. Only where none is at work: it would be in the way."""
    return tuple(
        Finding(Subject.PORTS, Matter.PORT_TAKEN, {"variable": variable, "host": host, "port": str(port)})
        for variable, host, port in _wanted(settings)
        if port and _is_taken(host, port)
    )


def _wanted(settings: Settings) -> Iterator[tuple[str, str, int]]:
    if settings.playground:
        yield "PLAYGROUND_PORT", settings.playground_host, settings.playground_port
    if settings.metrics_port:
        yield "METRICS_PORT", settings.metrics_host, settings.metrics_port
    if settings.webhook_url:
        yield "WEBHOOK_PORT", settings.webhook_host, settings.webhook_port


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
            trying.listen(1)
        except OSError as error:
            return error.errno in {errno.EADDRINUSE, errno.EACCES}
    return False
