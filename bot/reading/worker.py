"""The process that reads one file and ends: `python -m bot.reading.worker LIMITS`, the file on its standard input."""

from __future__ import annotations

import sys
from contextlib import suppress

from bot.reading.outcome import FileContent, FileError, Limits, Unreadable
from bot.reading.passing import read_limits, write_content
from bot.reading.reader import read_file

MOST_MEMORY = 1024 * 1024 * 1024
SPARE_SECONDS = 5


def main() -> None:
    """Read it within limits of memory and time that the system holds us to, and write what came of it."""
    limits = read_limits(sys.argv[1])
    _hold(limits)
    content: FileContent | Unreadable
    try:
        content = read_file(sys.stdin.buffer.read(), limits)
    except FileError as error:
        content = error.reason
    except MemoryError:
        content = Unreadable.TOO_BIG_INSIDE
    sys.stdout.buffer.write(write_content(content))


def _hold(limits: Limits) -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        seconds = int(limits.seconds) + SPARE_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main()
