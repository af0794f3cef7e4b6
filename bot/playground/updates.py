"""The queue of updates that `getUpdates` or a webhook empties: numbered, filtered, kept until the bot confirms them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.playground.errors import ApiError
from bot.playground.values import Json

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
MOST_AT_ONCE = 100
MOST_KEPT = 10_000

# Telegram sends these only to bots that ask for them by name (getUpdates, `allowed_updates`).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Hook:
    """Where the bot wants to be called with updates, and the word by which it knows the calls."""

    url: str
    secret: str = field(repr=False)
    connections: int


class UpdateQueue:
    """Updates that the bot has not confirmed yet.

    Only one request may wait at a time: a newer one ends the older with Telegram's 409.
    """

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self._updates: list[Json] = []
        self._allowed: frozenset[str] | None = None
        self._poll: asyncio.Future[None] | None = None
        self.hook: Hook | None = None
        self.last_error: tuple[str, int] | None = None
        self.news = asyncio.Event()

    @property
    def allowed(self) -> frozenset[str] | None:
        """The kinds that are wanted; None: the usual ones."""
        return self._allowed

    @property
    def pending(self) -> Sequence[Json]:
        """What the bot has not confirmed."""
        return tuple(self._updates)

    @property
    def polled(self) -> bool:
        """Whether a request is waiting now."""
        return self._poll is not None

    def restore(self, updates: Iterable[Json], next_id: int) -> None:
        """Put back what was left from the last run."""
        self._updates = list(updates)
        self.next_id = max(self.next_id, next_id)

    def put(self, kind: str, content: Json) -> int | None:
        """Queue one update; returns its id, or None when the bot does not want that kind."""
        if not self._wants(kind):
            return None
        update_id = self.next_id
        self.next_id += 1
        self._updates.append({"update_id": update_id, kind: content})
        del self._updates[:-MOST_KEPT]
        self.news.set()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        return update_id

    def call(self, hook: Hook | None) -> None:
        """Call a webhook from now on, or none. A request that waits ends with 409."""
        if hook is not None:
            self._end_poll()
        self.hook, self.last_error = hook, None
        self.news.set()

    def waits(self, update_id: int) -> bool:
        """Whether the bot has not confirmed an update."""
        return any(update["update_id"] == update_id for update in self._updates)

    def received(self, update_id: int) -> None:
        """The bot's webhook has confirmed an update."""
        self._updates = [update for update in self._updates if update["update_id"] != update_id]

    def trouble(self, error: str, at: int) -> None:
        """A call of the webhook went wrong."""
        self.last_error = (error, at)

    def allow(self, kinds: Sequence[str]) -> None:
        """Say which kinds are wanted from now on; none named means the usual ones."""
        self._allowed = frozenset(kinds) or None

    def confirm(self, offset: int) -> None:
        """Forget everything below an offset; a negative one keeps only so many of the newest."""
        if offset < 0:
            self._updates = self._updates[offset:]
        elif offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]

    def drop(self) -> None:
        """Forget everything."""
        self._updates.clear()

    async def get(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """The next updates, waited for at most that long (in real time, as the client's own limit is).

        Raises `ApiError` 409 when another request takes over, or a webhook is set.
        """
        if self.hook is not None:
            raise ApiError(409, HOOKED)
        self.confirm(offset)
        self._end_poll()
        if not self._updates and seconds > 0:
            await self._wait(seconds)
        return self._updates[: min(max(limit, 1), MOST_AT_ONCE)]

    def _wants(self, kind: str) -> bool:
        return kind not in NOT_BY_DEFAULT if self._allowed is None else kind in self._allowed

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _end_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(ApiError(409, CONFLICT))
        self._poll = None
