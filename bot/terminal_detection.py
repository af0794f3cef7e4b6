"""`domovoy detect`: finds out what models can do, with a bar that moves; a bot may run meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot.i18n import DEFAULT_LANGUAGE, Texts, Translator
from bot.parts import make_detections, make_models, make_spending
from bot.settings import Settings
from bot.views.detection import ability_name, topic_of, value_text
from bot.views.failures import failure_key
from bot.views.numbers import NOTHING
from llm.capabilities.book import CapabilityBook
from llm.capabilities.detector import DetectionUnfinished
from llm.capabilities.detector import Progress as Step
from llm.capabilities.facts import Detection, Fact
from llm.capabilities.store import CapabilitiesInMemory, CapabilityStore
from llm.clock import Clock, SystemClock
from llm.demo import demo_mounts
from llm.errors import NoModelAvailable
from llm.http import make_client
from llm.routing.detection import Detections
from llm.routing.model_in_use import ModelSource
from llm.routing.people_first import PeopleFirst
from llm.routing.pool import ModelPool
from llm.routing.serving_model import ServingModel
from llm.routing.traffic import Traffic
from storage import CapabilityRows, Database, DatabaseLocked, Statistics, open_database, read_database

EXIT_NOTHING = 1
_SURE_DIGITS = 2


async def detect_in_terminal(settings: Settings, wanted: str | None, *, as_json: bool) -> int:
    """Detect every model, or the one of this name, and write the tables; gives the exit code.

    The code is 1 when there is no such model, or its server does not answer. Raises `StorageError`.
    """
    clock, t = SystemClock(), Texts().translator(DEFAULT_LANGUAGE)
    out, aside = Console(highlight=False), Console(highlight=False, stderr=True)
    async with AsyncExitStack() as stack:
        database, store = await stack.enter_async_context(_kept_in(settings, clock, aside))
        http = await stack.enter_async_context(make_client(mounts=demo_mounts(clock)))
        book = CapabilityBook(store)
        await book.load()
        pool = make_models(settings, http, clock, None, book.at_hand)
        await pool.refresh()
        models = _models(pool, wanted)
        if not models:
            aside.print(t("detect-unknown-model") if wanted else t("detect-nothing"))
            for model in pool.every if wanted else ():
                aside.print(Text(f"  {model.name}"))
            return EXIT_NOTHING
        spending = await make_spending(settings, Statistics(database, clock), clock)
        conditions = PeopleFirst(Traffic(clock), spending=spending)
        detections = await stack.enter_async_context(make_detections(settings, pool, book, clock, conditions))
        found = await _detect_each(detections, models, t, aside)
    if as_json:
        written = orjson.dumps([_plain(one) for one in found], option=orjson.OPT_INDENT_2)
        out.file.write(written.decode() + "\n")
    else:
        for one in found:
            out.print(_table(t, one))
            out.print(*_remarks(t, one), sep="\n")
    return 0 if len(found) == len(models) else EXIT_NOTHING


@asynccontextmanager
async def _kept_in(settings: Settings, clock: Clock, aside: Console) -> AsyncIterator[tuple[Database, CapabilityStore]]:
    """Where it is kept. Beside a bot at work nothing can be: then what that bot knows is only read."""
    url = settings.effective_database_url
    try:
        async with open_database(url, clock) as database:
            yield database, CapabilityRows(database)
    except DatabaseLocked:
        aside.print(
            "A bot is at work on this database: what is found is shown, not kept. /detect in the chat keeps it."
        )
        async with read_database(url) as database:
            yield database, CapabilitiesInMemory(await CapabilityRows(database).everything())


async def _detect_each(
    detections: Detections, models: Sequence[ServingModel], t: Translator, aside: Console
) -> list[Detection]:
    found = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[topic]}"))
    with Progress(*columns, console=aside, transient=True) as bars:
        for model in models:
            bar = bars.add_task(Text(model.name).markup, total=None, topic="")

            def move(step: Step, bar: Any = bar) -> None:
                topic = t(f"detect-topic-{topic_of(step)}")
                bars.update(bar, completed=step.made, total=step.made + step.left, topic=topic)

            try:
                found.append(await detections.detect(model, move))
            except DetectionUnfinished as error:
                aside.print(Text(f"{model.name}: {t('detect-unfinished', reason=t(failure_key(error.failure)))}"))
            bars.remove_task(bar)
    return found


def _models(pool: ModelPool, wanted: str | None) -> list[ServingModel]:
    models = []
    for model in pool.every:
        try:
            in_use = model.current()
        except NoModelAvailable:
            continue
        if in_use.source is not ModelSource.DEMO and wanted in {None, in_use.config.name}:
            models.append(model)
    return models


def _table(t: Translator, detection: Detection) -> Table:
    table = Table(
        title=f"{detection.key.model} at {detection.key.server}",
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 2, 0, 0),
        header_style="bold",
    )
    for name in ("Ability", "Value", "Sure", "Between", "From", "Before"):
        table.add_column(name, overflow="fold")
    changed = {change.ability: change.before for change in detection.changes} if detection.before else {}
    for ability, fact in detection.facts.items():
        before = changed.get(ability)
        table.add_row(
            ability_name(t, ability),
            value_text(t, ability, fact),
            f"{fact.confidence:.0%}",
            _interval(fact),
            fact.source.value,
            value_text(t, ability, before) if before is not None else "new" if ability in changed else "",
        )
    return table


def _interval(fact: Fact) -> str:
    if fact.low is None and fact.high is None:
        return ""
    low, high = (NOTHING if end is None else f"{round(end, _SURE_DIGITS):g}" for end in (fact.low, fact.high))
    return f"{low} … {high}"


def _remarks(t: Translator, detection: Detection) -> list[Text]:
    asked = f"detect-skipped-{detection.skipped}" if detection.skipped else "detect-asked"
    return [Text(t(asked, **({} if detection.skipped else {"number": detection.calls}))), Text("")]


def _plain(detection: Detection) -> dict[str, Any]:
    return {
        "model": detection.key.model,
        "server": detection.key.server,
        "fingerprint": detection.fingerprint,
        "calls": detection.calls,
        "skipped": detection.skipped or None,
        "facts": {ability.value: _plain_fact(fact) for ability, fact in detection.facts.items()},
        "changed": {
            change.ability.value: None if change.before is None else change.before.value
            for change in (detection.changes if detection.before is not None else ())
        },
    }


def _plain_fact(fact: Fact) -> dict[str, Any]:
    return {
        "value": fact.value,
        "source": fact.source.value,
        "confidence": fact.confidence,
        "low": fact.low,
        "high": fact.high,
        "at": fact.at.isoformat(),
    }
