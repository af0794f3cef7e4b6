"""Sorts messages as well as that can be had for nearly nothing: by rules, else by a model that is hardly waited for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from types import TracebackType
from typing import Self

import structlog

from llm.clock import Clock
from llm.errors import LLMError
from llm.json_answers import Ask
from llm.tasks.classification import Classification, Classifier, MessageKind, kind_by_rule

logger = structlog.get_logger()

SHORT_CHARACTERS = 80
"""A message of fewer is answered without asking anybody what it is."""
WAIT_SECONDS = 1.5
"""So long an answer may be held up by its message being sorted, counted from the beginning of that."""
RUN_SECONDS = 20.0
"""So long a model may take all the same, to show that it can: it may have to be loaded."""
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 900.0
"""After a sorting that came to nothing, or came too late, no model is asked for so long; doubled each time."""
MOST_AT_ONCE = 4
REMEMBERED = 1000

# Nothing but what a message consists of can make it one of these.
_BY_RULE_ONLY = frozenset({MessageKind.VISION, MessageKind.LONG_DOCUMENT})


class _Run:
    """A model being asked about one message; `missed`: it is known to come too late, or to nothing."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.missed = False
        self.task: asyncio.Task[str] | None = None


class MessageSorter:
    """Tells of what kind messages are; an async context manager, so that no sorting outlives it.

    A model is asked only when no rule can tell, the message is not short, and its kind would make a difference: when
    there is a model for some kind that only a model can tell. While sortings come in time a message waits a moment
    for its own. After one that did not, no message waits: every now and then a model is asked beside the answer, until
    it was in time again. So a server that hangs costs one person one moment, and one that fails costs nobody anything.
    """

    def __init__(self, ask: Ask, clock: Clock, kinds: Iterable[str]) -> None:
        """`kinds` are those that have a model of their own."""
        self._ask = ask
        self._clock = clock
        self._kinds: frozenset[str] | None = None
        self._classifier: Classifier | None = None
        self._runs: dict[bytes, _Run] = {}
        self._told: OrderedDict[bytes, Classification] = OrderedDict()
        self.work_by(kinds)

    def work_by(self, kinds: Iterable[str]) -> None:
        """Sort for other kinds from now on, by other models: that the last ones were slow says nothing of them."""
        self._misses, self._not_before = 0, 0.0
        wanted = frozenset(str(kind) for kind in kinds) - _BY_RULE_ONLY
        if wanted == self._kinds:
            return
        self._kinds = wanted
        known = {kind.value for kind in MessageKind}
        self._classifier = Classifier(self._ask, sorted(wanted - known)) if wanted else None
        self._told.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, text: str, *, has_image: bool = False, at_home: bool = False) -> Sorting:
        """Begin to sort a message, by no cloud when it is to stay `at_home`; never fails."""
        kind = kind_by_rule(text, has_image=has_image)
        if kind is not None or self._classifier is None or len(text.strip()) < SHORT_CHARACTERS:
            return Sorting(self, kind or "")
        mark = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        told = self._told.get(mark)
        if told is not None:
            self._told.move_to_end(mark)
            return Sorting(self, told.kind)
        return Sorting(self, "", self._runs.get(mark) or self._run(self._classifier, mark, text, at_home))

    def _run(self, classifier: Classifier, mark: bytes, text: str, at_home: bool) -> _Run | None:
        now = self._clock.monotonic()
        if len(self._runs) >= (1 if self._misses else MOST_AT_ONCE) or now < self._not_before:
            return None
        run = self._runs[mark] = _Run(now)
        run.task = asyncio.create_task(self._sort(classifier, run, mark, text, at_home), name="sorting")
        run.task.add_done_callback(lambda _: self._runs.pop(mark, None))
        return run

    async def _sort(self, classifier: Classifier, run: _Run, mark: bytes, text: str, at_home: bool) -> str:
        try:
            async with asyncio.timeout(RUN_SECONDS):
                told = await classifier.classify(text, at_home=at_home)
        except (LLMError, TimeoutError) as error:
            logger.info("message_not_sorted", reason=type(error).__name__)
            self._missed(run)
            return ""
        if classifier is self._classifier:
            self._told[mark] = told
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        if self._clock.monotonic() - run.began > WAIT_SECONDS:
            self._missed(run)
        else:
            self._misses, self._not_before = 0, 0.0
        return told.kind

    def _missed(self, run: _Run) -> None:
        if run.missed:
            return
        run.missed = True
        self._misses += 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (self._misses - 1))
        self._not_before = self._clock.monotonic() + pause

    async def wait(self, run: _Run) -> str:
        """The kind as soon as a model has told it; empty when that takes too long, or nobody should wait now."""
        if run.task is None:
            return ""
        if not self._misses:
            left = run.began + WAIT_SECONDS - self._clock.monotonic()
            await asyncio.wait({run.task}, timeout=max(0.0, left))
            if not run.task.done():
                self._missed(run)
        ended = run.task.done() and not run.task.cancelled() and run.task.exception() is None
        return run.task.result() if ended else ""


class Sorting:
    """One message that is being sorted."""

    def __init__(self, sorter: MessageSorter, kind: str, run: _Run | None = None) -> None:
        self._sorter = sorter
        self._kind = kind
        self._run = run

    async def kind(self) -> str:
        """Of what kind the message is; empty: not known. Waits a moment at most, and never fails."""
        return self._kind if self._run is None else await self._sorter.wait(self._run)
