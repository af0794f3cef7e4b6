"""Watches over what admins must hear of without asking: servers, settings, money, the disk, the database."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.answering import misconfigured
from bot.checkup.places import DISK_LOW_BYTES, disk_free
from bot.events import ByteCount, Notice
from bot.model_control import ModelControl, SteeredModel
from bot.notices import AdminNotices
from llm.clock import Clock
from llm.errors import AttemptFailed, FailureKind, NoModelAvailable
from llm.routing.attempts import Attempt
from llm.routing.breaker import BreakerState
from llm.routing.spending import Spending, Spent
from llm.routing.target import Target
from llm.servers.kinds import ServerState
from llm.spans import Span
from llm.wire.address import read_address
from storage import Database

DOWN_SECONDS = 30.0
"""Who is back within this time has not been away."""
_OF_THE_CONNECTION = frozenset({FailureKind.TRANSPORT, FailureKind.CONNECT_TIMEOUT})
DISK_WELL_BYTES = 300_000_000


@dataclass(slots=True)
class _Absence:
    """Since when a model has not done its work, and when that was seen last; `told` when admins have heard of it."""

    since: float
    seen: float
    unreachable: bool = False
    failed: AttemptFailed | None = None
    told: Notice | None = None


class Alerts:
    """Compares how things stand with how they stood; each change is told once, and once when it is over."""

    def __init__(
        self,
        *,
        spending: Spending,
        notices: AdminNotices,
        database: Database,
        clock: Clock,
    ) -> None:
        self._spending = spending
        self._notices = notices
        self._database = database
        self._file = database.file
        self._clock = clock
        self._absent: dict[int, _Absence] = {}
        self._misconfigured: dict[int, tuple[Target, Notice]] = {}
        # What was spent before the program started has been told by its last run.
        self._budgets: dict[Span, Notice] = {
            one.span: self._budget_notice(one) for one in spending.spent() if one.cap and one.over
        }
        for notice in self._budgets.values():
            notices.known(notice)
        self._nearly: set[str] = {self._budget_mark(one.span) for one in spending.spent() if one.nearly}
        self._disk: Notice | None = None
        self._trouble: Notice | None = None

    def misconfigured(self, target: Target, attempt: Attempt) -> None:
        """Tell that a setting has to be changed, and remember to tell when that is done."""
        notice = misconfigured(target, attempt)
        self._misconfigured[id(target)] = (target, notice)
        self._notices.tell(notice)

    def forget_gone(self, targets: Collection[Target]) -> None:
        """Forget what was told of models that are not among these any more; of who follows them it is told anew."""
        there = {id(target) for target in targets}
        for key in self._absent.keys() - there:
            told = self._absent.pop(key).told
            if told is not None:
                self._notices.forget(told)
        for key in self._misconfigured.keys() - there:
            self._notices.forget(self._misconfigured.pop(key)[1])

    async def look(self, control: ModelControl) -> None:
        """Tell what has changed since the last look."""
        models = control.models
        self.forget_gone([one.target for one in models])  # an answer that outlived its model may have told of it
        for one in models:
            self._look_at(one)
        self._look_at_settings()
        self._look_at_budgets()
        await self._look_at_disk()
        self._look_at_database()

    def _look_at(self, one: SteeredModel) -> None:
        now = self._clock.monotonic()
        absence = self._absent.get(id(one.target))
        unreachable = one.model.state is ServerState.UNREACHABLE
        if not unreachable and not _failing(one.target):
            self._back(one, now)
            return
        if absence is None:
            absence = self._absent[id(one.target)] = _Absence(now, now)
        absence.unreachable = unreachable
        if unreachable or one.target.last_failed is not absence.failed:
            absence.failed, absence.seen = one.target.last_failed, now
        if absence.told is None and absence.seen - absence.since >= DOWN_SECONDS:
            absence.told = _down(one, absence, timedelta(seconds=now - absence.since))
            if absence.told is not None:
                self._notices.tell(absence.told)

    def _back(self, one: SteeredModel, now: float) -> None:
        absence = self._absent.pop(id(one.target), None)
        if absence is None or absence.told is None:
            return
        args = {**absence.told.args, "time": timedelta(seconds=now - absence.since)}
        self._notices.over(absence.told, Notice("notice-back", absence.told.mark, args))

    def _look_at_settings(self) -> None:
        for key, (target, notice) in list(self._misconfigured.items()):
            if target.breaker.state is BreakerState.CLOSED:
                del self._misconfigured[key]
                self._notices.over(notice, Notice("notice-setting-mended", notice.mark, notice.args))

    def _look_at_budgets(self) -> None:
        spent = {one.span: one for one in self._spending.spent() if one.cap}  # no cloud at all is no news
        for span, told in list(self._budgets.items()):
            one = spent.get(span)
            if one is None or not one.over:
                del self._budgets[span]
                self._budget_over(span, told)
        for one in spent.values():
            mark = self._budget_mark(one.span)
            if one.over and one.span not in self._budgets:
                notice = self._budgets[one.span] = self._budget_notice(one)
                self._nearly.add(mark)
                self._notices.tell(notice)
            if one.nearly and mark not in self._nearly:
                self._nearly.add(mark)
                self._notices.tell(self._nearly_notice(one))
            elif not one.nearly and mark in self._nearly:  # the cap was raised
                self._nearly.discard(mark)
                self._notices.forget(self._nearly_notice(one))

    def _budget_over(self, span: Span, told: Notice) -> None:
        """Say why it may be spent again: another day or month, or another cap, unless that is no cloud at all."""
        if span in {one.span for one in self._spending.spent() if not one.cap}:
            self._notices.forget(told)
            return
        key = "notice-budget-changed" if told.mark == self._budget_mark(span) else "notice-budget-fresh"
        self._notices.over(told, Notice(key, told.mark, {"span": span.value}))

    def _nearly_notice(self, one: Spent) -> Notice:
        args = {"span": one.span.value, "spent": float(one.amount), "cap": float(one.cap)}
        return Notice("notice-budget-nearly", self._budget_mark(one.span), args)

    def _budget_notice(self, one: Spent) -> Notice:
        left = timedelta(seconds=self._spending.seconds_left(one.span))
        args = {"span": one.span.value, "cap": float(one.cap), "time": left}
        return Notice("notice-budget-spent", self._budget_mark(one.span), args)

    def _budget_mark(self, span: Span) -> str:
        return f"{span.value} {span.begin(self._clock.now()).date()}"

    async def _look_at_disk(self) -> None:
        free = await asyncio.to_thread(disk_free, self._file) if self._file is not None else None
        if free is None:
            return
        if self._disk is None and free < DISK_LOW_BYTES:
            self._disk = Notice("notice-disk", "disk", {"free": ByteCount(free)})
            self._notices.tell(self._disk)
        elif self._disk is not None and free > DISK_WELL_BYTES:
            self._notices.over(self._disk, Notice("notice-disk-well", "disk", {"free": ByteCount(free)}))
            self._disk = None

    def _look_at_database(self) -> None:
        trouble = self._database.trouble
        if trouble is not None and self._trouble is None:
            self._trouble = Notice("notice-database", "database", {"reason": trouble})
            self._notices.tell(self._trouble)
        elif trouble is None and self._trouble is not None:
            self._notices.over(self._trouble, Notice("notice-database-well", "database", {}))
            self._trouble = None


def _failing(target: Target) -> bool:
    """Whether a model fails although its server is there. One whose connection broke is well when its server is."""
    state = target.breaker.state
    if state is BreakerState.HALF_OPEN:
        failed = target.last_failed
        return failed is not None and failed.failure.kind not in _OF_THE_CONNECTION
    return state is BreakerState.OPEN


def _down(one: SteeredModel, absence: _Absence, time: timedelta) -> Notice | None:
    """A server that is gone is told once for all its models."""
    try:
        config = one.model.current().config
    except NoModelAvailable:
        return None
    server = read_address(config.api_base).server
    args: dict[str, str | timedelta] = {"model": config.name, "server": server, "time": time}
    if absence.unreachable:
        return Notice("notice-server-down", server, args)
    return Notice("notice-model-failing", f"{server} {config.name}", args)
