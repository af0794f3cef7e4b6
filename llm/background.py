"""Work that goes on for as long as a context lasts: one task, owned, cancelled and awaited."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import ClassVar, Self


class Background(ABC):
    """What works in the background; an async context manager, which ends the work."""

    task_name: ClassVar[str]
    """How the task is called where tasks are listed."""
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=self.task_name)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None  # noqa: S101 - __aenter__ has made it
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @abstractmethod
    async def _run(self) -> None:
        """The work; it is cancelled at the end of the context."""
