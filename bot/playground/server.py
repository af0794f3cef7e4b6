"""The playground: a Bot API server and a chat page on this machine, started and stopped as one thing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.playground.acts import Acts
from bot.playground.bot_api import BotApi
from bot.playground.closing import PATIENCE_SECONDS, Closing
from bot.playground.errors import PortTaken
from bot.playground.faults import Call, Faults
from bot.playground.group_acts import GroupActs
from bot.playground.guard import guard
from bot.playground.inline_acts import InlineActs
from bot.playground.inspector import Inspector
from bot.playground.limits import FloodGate, Limits
from bot.playground.methods.base import Api
from bot.playground.page_api import PageApi
from bot.playground.snapshot import Keeper
from bot.playground.state import World
from bot.playground.values import Draft, Message, Person
from bot.playground.webhooks import WebhookCaller
from llm.clock import Clock

TICK_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 0.05
MOST_IN_A_REQUEST = 64 * 1024 * 1024
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not listened on


class Playground:
    """Listens from `async with` on until its end; port 0 takes a free one.

    The real Bot API client talks to it at `base_url`, people through its page. The methods below act as a person does
    on the page, for tests. `faults` makes it go wrong on order, and `calls` are the newest calls of the Bot API.
    With a `state_path`, what has been said is still there after a restart. With `strict`, formatting that Telegram
    would put right without a word is refused. Raises `PortTaken` when it cannot listen.
    """

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        clock: Clock,
        *,
        state_path: Path | None = None,
        limits: Limits | None = None,
        strict: bool = False,
    ) -> None:
        self._host = host
        self._asked_port = port
        self.port = port
        bot_id = token.partition(":")[0]
        self.world = World(int(bot_id) if bot_id.isdigit() else 1, clock)
        self.faults = Faults()
        self._keeper = Keeper(self.world, state_path)
        self._acts = Acts(self.world)
        self.groups = GroupActs(self.world)
        self.inline = InlineActs(self.world)
        self.inspector = Inspector()
        api = Api(self.world, FloodGate(limits or Limits(), clock))
        self._bot_api = BotApi(token, api, self.faults, self.inspector, strict=strict)
        self._stack = AsyncExitStack()

    @property
    def base_url(self) -> str:
        """Where it is, without a slash at the end."""
        host = _WILDCARDS.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._keeper.load()
            stack.push_async_callback(self._keeper.save)
            closing = Closing()
            application = web.Application(
                middlewares=[closing.middleware(), guard()], client_max_size=MOST_IN_A_REQUEST
            )
            page = PageApi(self.world, self._acts, self.groups, self.inline, self.inspector)
            application.add_routes([*self._bot_api.routes(), *page.routes()])
            application.on_shutdown.append(closing.now)
            # A poll or a page whose client has gone must end with it.
            runner = web.AppRunner(
                application, access_log=None, handler_cancellation=True, shutdown_timeout=PATIENCE_SECONDS
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await self._listen(runner)
            stack.push_async_callback(
                _cancel, asyncio.create_task(WebhookCaller(self.world).run(), name="playground-webhook")
            )
            over = asyncio.Event()
            stack.push_async_callback(_end, over, asyncio.create_task(self._tick(over), name="playground-tick"))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _listen(self, runner: web.AppRunner) -> None:
        site = web.TCPSite(runner, self._host, self._asked_port)
        try:
            await site.start()
        except OSError as error:
            raise PortTaken(self._host, self._asked_port, error.strerror or type(error).__name__) from error
        self.port = runner.addresses[0][1]

    async def _tick(self, over: asyncio.Event) -> None:
        """Notice what happens by itself. In real time: whether the time has come is the clock's to say."""
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await over.wait()
            self.world.expire()
            await self._keeper.save_sometimes()

    # For tests

    @property
    def calls(self) -> Sequence[Call]:
        """The newest calls of the Bot API, oldest first."""
        return tuple(self._bot_api.calls)

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self._bot_api.calls if call.method.lower() == method.lower()]

    def say(
        self,
        person_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        thread_id: int | None = None,
        quote: str | None = None,
        forwarded_from: str | None = None,
    ) -> Message:
        """Let a person write a message, or forward one."""
        return self._acts.say(
            person_id, text, reply_to=reply_to, thread_id=thread_id, quote=quote, forwarded_from=forwarded_from
        )

    def edit(self, person_id: int, message_id: int, text: str) -> Message:
        """Let a person change a message of theirs."""
        return self._acts.edit(person_id, message_id, text)

    def react(self, person_id: int, message_id: int, emoji: str | None) -> Message:
        """Let a person react to a message of the bot, or take that back."""
        return self._acts.react(person_id, message_id, emoji)

    def upload(self, person_id: int, name: str, content: bytes, *, caption: str = "") -> Message:
        """Let a person send a file."""
        return self._acts.upload(person_id, name, content, caption=caption)

    def album(self, person_id: int, files: Sequence[tuple[str, bytes]], *, caption: str = "") -> list[Message]:
        """Let a person send several files at once."""
        return self._acts.album(person_id, files, caption=caption)

    def press(self, person_id: int, message_id: int, data: str) -> str:
        """Let a person press a button; returns the id of the callback query."""
        return self._acts.press(person_id, message_id, data)

    def stop(self, person_id: int, draft_id: int) -> None:
        """Let a person stop an answer."""
        self._acts.stop(person_id, draft_id)

    def speak(self, person_id: int, language_code: str) -> Person:
        """Change the language of a person's application."""
        return self._acts.speak(person_id, language_code)

    def start(self, person_id: int) -> None:
        """Let the bot write to a person who has not written to it."""
        self.world.change_person(person_id, started=True)

    def block(self, person_id: int, *, blocked: bool = True) -> None:
        """Let a person block the bot, or take it back."""
        self.world.change_person(person_id, blocked=blocked)

    def messages(self, chat_id: int) -> list[Message]:
        """The messages of a chat, oldest first."""
        return list(self.world.chats[chat_id].messages.values())

    def drafts(self, chat_id: int) -> list[Draft]:
        """The drafts that are shown in a chat now."""
        self.world.expire()
        return list(self.world.chats[chat_id].drafts.values())

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a limit of real time, for tests
        """Wait until something is true. Raises `TimeoutError` after so many seconds of real time.

        Looks again after every event, and twenty times a second for what makes none.
        """
        with self.world.feed.subscribe(self.world.feed.sequence) as subscription:
            async with asyncio.timeout(timeout):
                while not predicate():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await subscription.take()


async def _end(over: asyncio.Event, task: asyncio.Task[None]) -> None:
    """Let it end by itself: a thread that is writing cannot be cancelled, and must not meet the last writing."""
    over.set()
    await task


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
