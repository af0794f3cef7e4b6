"""`domovoy doctor`: everything checked and said with what to do, as a list or as JSON; a bot may run meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from importlib.metadata import version
from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from bot.checkup.checkup import Surroundings, examine
from bot.checkup.finding import Level, Report, report_of
from bot.checkup.models import ModelToCheck
from bot.checkup.settings import wrong_settings
from bot.errors import Problem
from bot.i18n import DEFAULT_LANGUAGE, Texts
from bot.parts import make_models, model_settings
from bot.settings import Settings
from bot.settings.env_file import read_env
from bot.views.checkup import MARKS, finding_text, mend_text, report_values, summary_text
from llm.capabilities.book import CapabilityBook
from llm.clock import SystemClock
from llm.demo import demo_mounts
from llm.http import make_client
from llm.servers.discover import discover
from storage import CapabilityRows, StorageError, read_database

STYLES = {
    Level.GOOD: "green",
    Level.NOTE: "cyan",
    Level.WARNING: "yellow",
    Level.BROKEN: "bold red",
    Level.SETTINGS: "bold red",
}


async def doctor(settings: Settings, env_file: Path, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Check everything and write what was found; gives the exit code."""
    clock = SystemClock()
    async with make_client(mounts=demo_mounts(clock)) as http:
        around = Surroundings(http, clock, lambda: discover(http), read_env(env_file), env_file, environ)
        report = await look_at_all(settings, around)
    write_report(report, as_json=as_json)
    return report.exit_code


async def look_at_all(settings: Settings, around: Surroundings) -> Report:
    """Look at the servers and check everything."""
    async with AsyncExitStack() as stack:
        book = await _known(stack, settings)
        known = book.at_hand if book is not None else None
        pool = make_models(settings, around.http, around.clock, around.search, known)

        async def look() -> list[ModelToCheck]:
            await pool.refresh()
            prefixes = model_settings(settings, pool)
            return [ModelToCheck(setting, model) for model, (setting, _) in zip(pool.every, prefixes, strict=True)]

        return await examine(settings, around, look)


def tell_wrong_settings(problems: tuple[Problem, ...], *, as_json: bool) -> int:
    """The same for settings with which nothing else can be checked."""
    report = report_of(wrong_settings(problems))
    write_report(report, as_json=as_json)
    return report.exit_code


def write_report(report: Report, *, as_json: bool) -> None:
    """Write a report to the output."""
    t = Texts().translator(DEFAULT_LANGUAGE)
    console = Console(highlight=False)
    if as_json:
        values = report_values(t, report, version("domovoy"))
        console.file.write(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    subject = None
    for one in report.findings:
        if one.subject is not subject:
            subject = one.subject
            console.print(Text(t(f"checkup-subject-{subject.value}"), style="bold"))
        # Names come from servers: as `Text` they cannot be taken for markup.
        console.print(Text.assemble("  ", (MARKS[one.level], STYLES[one.level]), " ", finding_text(t, one)))
        if mend := mend_text(t, one):
            console.print(Text(f"    → {mend}", style="dim"), soft_wrap=True)
    console.print(Text(summary_text(t, report), style="bold"))


async def _known(stack: AsyncExitStack, settings: Settings) -> CapabilityBook | None:
    """What was found out about the models, where a database of this version can be read."""
    try:
        database = await stack.enter_async_context(read_database(settings.effective_database_url))
        book = CapabilityBook(CapabilityRows(database))
        await book.load()
    except StorageError:
        return None
    return book
