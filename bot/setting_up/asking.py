"""Questions to whoever sits before the terminal, and the machine that is looked at for answers."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Protocol

from bot.checkup.finding import Finding
from bot.checkup.telegram import who_is
from llm.clock import SystemClock
from llm.http import make_client
from llm.servers.discover import discover
from llm.servers.identify import identify
from llm.servers.kinds import FoundServer


class Person(Protocol):
    """Who is asked, and told."""

    @property
    def answers(self) -> bool:
        """Whether there is anybody to ask."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Their answer without spaces around it; empty when they give none. `hidden`: it is not shown."""

    def tell(self, text: str) -> None:
        """Show them a line."""


class AtTerminal:
    """A person at a terminal; nobody where the input is none."""

    @property
    def answers(self) -> bool:
        """Whether there is a terminal."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask and wait."""
        return (getpass.getpass if hidden else input)(f"{question} ").strip()

    def tell(self, text: str) -> None:
        """Write a line."""
        sys.stdout.write(text + "\n")


class Machine(Protocol):
    """What can be found out before there are settings. Each method blocks for at most some seconds."""

    def servers(self) -> tuple[FoundServer, ...]:
        """The model servers of this machine."""

    def look_at(self, base: str, key: str) -> FoundServer | None:
        """The server at an address; None: what answers is no model server. Raises ValueError for no address."""

    def bot_name(self, token: str, telegram: str) -> str | Finding:
        """The bot's name, asked of a Bot API server (empty: Telegram's), or why it can't be told."""


class ThisMachine:
    """The machine and the network as they are."""

    def servers(self) -> tuple[FoundServer, ...]:
        """Look at the usual ports."""

        async def look() -> tuple[FoundServer, ...]:
            async with make_client() as http:
                return await discover(http)

        return asyncio.run(look())

    def look_at(self, base: str, key: str) -> FoundServer | None:
        """Look at one address."""

        async def look() -> FoundServer | None:
            async with make_client() as http:
                return await identify(base, http, key or None)

        return asyncio.run(look())

    def bot_name(self, token: str, telegram: str) -> str | Finding:
        """Ask once."""

        async def look() -> str | Finding:
            async with make_client() as http:
                return await who_is(token, telegram, http, SystemClock())

        return asyncio.run(look())
