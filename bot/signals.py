"""What the system can tell a running bot: to stop, and to look at its settings file."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

_HANGUP = getattr(signal, "SIGHUP", None)


def listen(stop: Callable[[], None], look: Callable[[], None]) -> None:
    """Stop on SIGINT and SIGTERM, look at the settings on SIGHUP, from now on.

    A terminal that is closed sends SIGHUP too: a bot that was started in it then stops, unless it was started with
    `nohup`.
    """
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(name, stop)
    if _HANGUP is None:
        return
    of_terminal = _has_terminal() and signal.getsignal(_HANGUP) is not signal.SIG_IGN

    def hung_up() -> None:
        if of_terminal and not _has_terminal():
            stop()
        else:
            look()

    loop.add_signal_handler(_HANGUP, hung_up)


def _has_terminal() -> bool:
    """Whether the program belongs to a terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
