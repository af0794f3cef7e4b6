"""One turn in, the events of its answer out; knows nothing of Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.conversation import messages_for, words_of
from bot.events import (
    AnswerCompleted,
    AnswerEvent,
    AnswerFailed,
    AnswerLoading,
    AnswerQueued,
    AnswerReplaced,
    AnswerRetracted,
    AnswerStarted,
    AnswerStopped,
    AnswerText,
    AnswerThinking,
    Notice,
    Notify,
)
from bot.manner import PLAIN, Manner
from bot.wishes import NONE, Wishes
from llm.errors import FailureKind
from llm.pictures import asks_about_pictures
from llm.routing.attempts import Answered, Attempt, Loading, NoAnswer, Queued, Restarted, RoutedEvent
from llm.routing.fallback import LLMFallbackManager
from llm.routing.target import Target
from llm.servers.kinds import ServerKind
from llm.tasks.sorting import MessageSorter, Sorting
from llm.types import ChatRequest, Message, PromptCut, Task, TextDelta, TextRetracted, ThinkingDelta
from storage import AttachmentKind, Conversations, StorageError, Summaries, Turn

logger = structlog.get_logger()

Event = TypeVar("Event")


class StopSignal:
    """A person's wish that an answer should end, felt at once by whoever waits for the next piece of it."""

    def __init__(self) -> None:
        self.requested = False
        self._scope: asyncio.Timeout | None = None

    def stop(self) -> None:
        """Ask for the end. The wait for a model ends now; its connection is closed."""
        self.requested = True
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def next_of(self, stream: AsyncIterator[Event]) -> Event | None:
        """The next event of a stream, or None when the answer is to end."""
        return None if self.requested else await self.of(anext(stream))

    async def of(self, work: Awaitable[Event]) -> Event | None:
        """What comes of some work, or None when the answer is to end before that, and the work with it."""
        try:
            async with asyncio.timeout(None) as self._scope:
                return await work
        except TimeoutError:
            if self.requested:
                return None
            raise
        finally:
            self._scope = None


class Answering:
    """Gets an answer from whoever can give one, tells what comes, and tells the admins what they have to mend."""

    def __init__(
        self,
        manager: LLMFallbackManager,
        conversations: Conversations,
        notify: Notify,
        *,
        sorter: MessageSorter | None = None,
        summaries: Summaries | None = None,
    ) -> None:
        """`sorter` tells of what kind messages are, `summaries` what long conversations came to."""
        self._manager = manager
        self._conversations = conversations
        self._notify = notify
        self._sorter = sorter
        self._summaries = summaries

    async def answer(
        self, turn: Turn, stop: StopSignal, manner: Manner = PLAIN, wishes: Wishes = NONE
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Tell the events of one answer; the last is `AnswerCompleted`, `AnswerStopped` or `AnswerFailed`.

        Closing the generator, or cancelling the task that reads it, closes the connection to the model server.
        """
        sorting = self._sort(turn, at_home=wishes.at_home)
        messages = await messages_for(self._conversations, turn, self._summaries, manner, wishes.instructions)
        yield AnswerStarted()
        text: list[str] = []
        asked = self._manager.new_request_id()
        request = _request(messages, turn, asked, manner, wishes)
        stream = self._asked(request, sorting)
        try:
            async with aclosing(stream):
                while (event := await stop.next_of(stream)) is not None:
                    if isinstance(event, TextDelta):
                        text.append(event.text)
                        yield AnswerText(event.text)
                    elif isinstance(event, TextRetracted):
                        text.clear()
                        yield AnswerRetracted()
                    elif isinstance(event, Restarted):
                        text.clear()
                        yield AnswerReplaced()
                    elif isinstance(event, Queued):
                        yield AnswerQueued(event.place, event.seconds)
                    elif isinstance(event, Loading):
                        yield AnswerLoading(event.model)
                    elif isinstance(event, ThinkingDelta):
                        yield AnswerThinking(event.text)
                    elif isinstance(event, Answered):
                        self._look_at(event)
                        unseeing, forgotten = self._unseeing(request, event), await self._forgotten(turn, event)
                        yield AnswerCompleted(event.result, asked, unseeing, forgotten)
                        return
        except NoAnswer as error:
            _log_attempts(error.attempts)
            logger.warning("no_answer", reason=error.failure.kind.value, code=error.failure.code)
            yield _failed(error, asked)
            return
        yield AnswerStopped("".join(text), asked)

    def _sort(self, turn: Turn, *, at_home: bool) -> Sorting | None:
        if self._sorter is None:
            return None
        photos = any(one.kind is AttachmentKind.PHOTO for one in turn.attachments)
        return self._sorter.begin(words_of(turn.text, turn.attachments), has_image=photos, at_home=at_home)

    async def _asked(self, request: ChatRequest, sorting: Sorting | None) -> AsyncGenerator[RoutedEvent, None]:
        """The answer of whoever is best at such messages, as far as it is known in time of what kind this one is."""
        if sorting is not None:
            request = replace(request, kind=await sorting.kind())
        async with aclosing(self._manager.stream_with_fallback(request)) as events:
            async for event in events:
                yield event

    def _unseeing(self, request: ChatRequest, answered: Answered) -> str:
        """The model that the person has chosen, when another one had to look at their pictures in its place."""
        chosen = request.own_choice
        if chosen is None or answered.attempts[-1].model == chosen or not asks_about_pictures(request.messages):
            return ""
        blind = [one for one in self._manager.targets if one.source.name == chosen and one.source.sees is False]
        return chosen if blind else ""

    async def _forgotten(self, turn: Turn, answered: Answered) -> int:
        """How much of the beginning no longer reaches a model, when that is news."""
        if self._summaries is None:
            return 0
        use = answered.result.context_use
        try:
            left_out = use.left_out if use is not None else 0
            return await self._summaries.tell_long(turn.conversation_id, left_out=left_out)
        except StorageError as error:  # it is told another time
            logger.info("length_not_told", reason=type(error).__name__)
            return 0

    def _look_at(self, answered: Answered) -> None:
        _log_attempts(answered.attempts)
        if (cut := answered.result.prompt_cut) is not None:
            self._notify(_prompt_cut(self._manager.targets, answered.attempts[-1], cut))


def _request(messages: tuple[Message, ...], turn: Turn, request_id: int, manner: Manner, wishes: Wishes) -> ChatRequest:
    return ChatRequest(
        messages,
        Task.CHAT,
        request_id=request_id,
        conversation=str(turn.conversation_id),
        person=str(turn.person_id),
        own_choice=manner.own_choice or wishes.model,
        temperature=wishes.temperature,
        at_home=wishes.at_home,
    )


def _failed(error: NoAnswer, request_id: int) -> AnswerFailed:
    return AnswerFailed(
        error.failure,
        error.model,
        error.server,
        error.partial,
        tried=error.attempts,
        retry_in=error.retry_in,
        request_id=request_id,
    )


def misconfigured(target: Target, attempt: Attempt) -> Notice:
    """What an admin has to mend: which model, and the name of the setting."""
    kind = attempt.failure.kind if attempt.failure is not None else FailureKind.TRANSPORT
    return Notice(
        "notice-setting",
        mark=f"{attempt.server} {attempt.model} {kind.value}",
        args={
            "model": attempt.model,
            "server": attempt.server,
            "kind": kind.value,
            "prefix": target.setting,
            "name": "MODEL" if target.setting == "LLM_" else "NAME",
        },
    )


def _prompt_cut(targets: tuple[Target, ...], attempt: Attempt, cut: PromptCut) -> Notice:
    """The setting to change is another one on each kind of server; the model may have left the settings meanwhile."""
    kinds = {(target.setting, target.source.name): target.source.kind for target in targets}
    return Notice(
        "notice-prompt-cut",
        mark=f"{attempt.server} {attempt.model}",
        args={
            "model": attempt.model,
            "server": attempt.server,
            "kind": kinds.get((attempt.setting, attempt.model), ServerKind.GENERIC).value,
            "sent": cut.sent_tokens,
            "counted": cut.counted_tokens,
        },
    )


def _log_attempts(attempts: tuple[Attempt, ...]) -> None:
    """Each request that failed, in its order; answers are in the figures."""
    for attempt in attempts:
        failure = attempt.failure
        if failure is None or failure.kind is FailureKind.CANCELLED:
            continue
        logger.warning(
            "model_failed",
            model=attempt.model,
            server=attempt.server,
            why=attempt.why.value,
            kind=failure.kind.value,
            phase=failure.phase.value,
            status=failure.status,
            code=failure.code,
            detail=failure.detail,
            seconds=round(attempt.seconds, 3),
        )
