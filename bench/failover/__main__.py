"""Runs the scenarios against each system and prints the table; `--write` puts it into docs/failover.md.

    python -m bench.failover                 all systems, each in a process of its own (some minutes)
    python -m bench.failover ours            one system
    python -m bench.failover ours S06 S15    some scenarios

litellm and openai come with the dependency group `peers`; what is not installed is left out.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import statistics
import sys
import time
from pathlib import Path

from bench.failover.scenarios import FALLBACK, PRIMARY, SCENARIOS, SPARE, Scenario, Stage, Verdict, usual_fallback
from bench.failover.systems import SYSTEMS
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Json

DOCUMENT = Path(__file__).parents[2] / "docs" / "failover.md"
BEGIN = "<!-- The table: python -m bench.failover --write -->"
END = "<!-- End of the table. -->"
NEEDS = {"litellm.Router": "litellm", "openai": "openai", "ours": "llm"}
DEAD_CALLS = 12
MOST_SECONDS = 136.0


async def play(name: str, scenario: Scenario) -> tuple[Verdict, float]:
    """One scenario with fresh servers and a fresh system."""
    async with ModelServer() as primary, ModelServer() as fallback:
        for server, model in ((primary, PRIMARY), (fallback, FALLBACK)):
            server.get["/v1/models"] = Json({"object": "list", "data": [{"id": model, "object": "model"}]})
        primary.otherwise(scenario.primary())
        fallback.otherwise(scenario.fallback or usual_fallback)
        system = await SYSTEMS[name](primary.base, fallback.base)
        began = time.monotonic()
        try:
            verdict = await scenario.play(Stage(primary, fallback, system))
        finally:
            await system.close()
        return verdict, time.monotonic() - began


async def dead_server(name: str) -> tuple[float, float]:
    """Milliseconds that a dead primary adds to the fallback's own time: the first request, the median of the later."""
    async with ModelServer() as fallback:
        fallback.otherwise(usual_fallback)
        alone = await SYSTEMS[name](fallback.base, fallback.base)
        own = []
        for _ in range(DEAD_CALLS):
            own.append((await alone.ask()).seconds)  # noqa: PERF401 - one after the other
        await alone.close()
        async with ModelServer() as gone:
            closed = gone.base
        system = await SYSTEMS[name](closed, fallback.base)
        spent = []
        for _ in range(DEAD_CALLS):
            outcome = await system.ask()
            spent.append(outcome.seconds if outcome.text == SPARE else float("nan"))
        await system.close()
    base = statistics.median(own)
    return (spent[0] - base) * 1e3, (statistics.median(spent[1:]) - base) * 1e3


async def run(name: str, only: list[str]) -> None:
    """All scenarios with one system; a JSON line for each."""
    began = time.monotonic()
    for scenario in SCENARIOS:
        if only and scenario.name.split()[0] not in only:
            continue
        verdict, seconds = await play(name, scenario)
        print(json.dumps({"scenario": scenario.name, "verdict": verdict, "seconds": round(seconds, 1)}), flush=True)
    total = time.monotonic() - began
    first, later = await dead_server(name)
    print(json.dumps({"total": round(total, 1), "first": round(first, 1), "later": round(later, 2)}), flush=True)


async def in_a_process(name: str) -> list[dict[str, object]]:
    """The lines of one system, run by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.failover", name, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    told, _ = await process.communicate()
    return [json.loads(line) for line in told.decode().splitlines() if line.startswith("{")]


async def compare() -> tuple[str, bool]:
    """The table in Markdown, and whether ours keeps what it promises."""
    names = [name for name in SYSTEMS if importlib.util.find_spec(NEEDS[name]) is not None]
    told = dict(zip(names, await asyncio.gather(*map(in_a_process, names)), strict=True))
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for number, scenario in enumerate(SCENARIOS):
        cells = [f"{told[name][number]['verdict']}, {told[name][number]['seconds']} s" for name in names]
        lines.append(f"| {scenario.name} | {' | '.join(cells)} |")
    passed = {name: sum(line.get("verdict") == Verdict.PASS for line in told[name]) for name in names}
    lines.append(f"| **passed** | {' | '.join(f'**{passed[name]} of {len(SCENARIOS)}**' for name in names)} |")
    ends = {name: told[name][-1] for name in names}
    for title, field, unit in (
        ("all in", "total", "s"),
        ("a dead server adds, first request", "first", "ms"),
        ("a dead server adds, later ones", "later", "ms"),
    ):
        values = (ends[name][field] for name in names)
        lines.append(f"| {title} | {' | '.join('–' if value != value else f'{value} {unit}' for value in values)} |")
    ours = ends["ours"]
    kept = passed["ours"] == len(SCENARIOS) and float(str(ours["total"])) <= MOST_SECONDS
    return "\n".join(lines), kept and float(str(ours["first"])) <= 100 and float(str(ours["later"])) <= 5


def main() -> int:
    """Read the arguments."""
    logging.disable(logging.CRITICAL)
    arguments = [one for one in sys.argv[1:] if one != "--write"]
    if arguments:
        asyncio.run(run(arguments[0], arguments[1:]))
        return 0
    table, kept = asyncio.run(compare())
    print(table)
    if "--write" in sys.argv:
        before, rest = DOCUMENT.read_text().split(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
