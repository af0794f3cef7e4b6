"""Rendering of long texts away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Rendering:
    """Does the work of many answers on threads, one after the other.

    A thread that computes takes the interpreter from the event loop for some milliseconds at a time; several of them
    would take it one after the other before the loop had its turn again.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[..., T], *args: object) -> T:
        """Do one piece of work and return what comes of it."""
        async with self._turn:
            return await asyncio.to_thread(work, *args)
