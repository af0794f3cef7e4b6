"""How long the bot takes to start, and how much memory it holds while nobody writes.

    python -m bench.start [rounds]

Starts the real program with the playground, several times: with a fresh database and with one that is there already.
Prints each figure beside its limit, as a ratio; ends with 1 when a limit is passed. Needs Linux (`/proc`).
Time is that from the start of the process to the event `ready` in its log, the search for model servers included.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

START_LIMIT_SECONDS = 2.0
MEMORY_LIMIT_MB = 120.0
IDLE_SECONDS = 3.0
START_PATIENCE_SECONDS = 60.0
STOP_PATIENCE_SECONDS = 10.0
ROUNDS = 3
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figures:
    """One start: seconds until `ready`, those of them in the bot's own work after its imports, and megabytes then."""

    ready_seconds: float
    own_seconds: float
    idle_mb: float


def measure(folder: Path) -> Figures:
    """Start the bot in a folder, let it idle, end it. Raises RuntimeError when it does not start."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ |= {"PLAYGROUND_PORT": "0", "LOG_FORMAT": "json", "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "bot"], cwd=folder, env=environ, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None  # noqa: S101 - for the type only
            own_seconds = wait_for_ready(process.stderr, began)
            ready_seconds = time.perf_counter() - began
            time.sleep(IDLE_SECONDS)
            return Figures(ready_seconds, own_seconds, resident_mb(process.pid))
        finally:
            end(process)


def wait_for_ready(log: IO[bytes], began: float) -> float:
    """Read the log until it says that the bot is ready; the seconds that it tells there."""
    said = []
    for line in log:
        said.append(line.decode(errors="replace"))
        if line.startswith(b"{") and (event := json.loads(line)).get("event") == "ready":
            return float(event["seconds"])
        if time.perf_counter() - began > START_PATIENCE_SECONDS:
            break
    raise RuntimeError("the bot did not start:\n" + "".join(said[-20:]))


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop the bot as whoever runs it does; with force when it does not listen."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def resident_mb(process_id: int) -> float:
    """The memory that a process holds, in MB of 10^6 bytes (VmRSS)."""
    status = Path(f"/proc/{process_id}/status").read_text()
    [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(kibibytes) * 1024 / 1e6


def show(what: str, values: list[float], limit: float, unit: str) -> bool:
    """Print the median and the worst of some figures beside their limit; whether the worst is within it."""
    middle, worst = statistics.median(values), max(values)
    print(
        f"{what:<34} median {middle:7.2f} {unit:<2}  worst {worst:7.2f} {unit:<2}"
        f"  limit {limit:6.1f} {unit:<2}  ratio {worst / limit:.2f}"
    )
    return worst <= limit


def main(rounds: int = ROUNDS) -> int:
    """Measure and print."""
    fresh: list[Figures] = []
    existing: list[Figures] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="domovoy-bench-") as name:
            fresh.append(measure(Path(name)))
            existing.append(measure(Path(name)))
    within = []
    for what, figures in (("fresh database", fresh), ("existing database", existing)):
        within += [
            show(f"{what}: ready", [each.ready_seconds for each in figures], START_LIMIT_SECONDS, "s"),
            show(f"{what}: idle memory", [each.idle_mb for each in figures], MEMORY_LIMIT_MB, "MB"),
        ]
        own = statistics.median(each.own_seconds for each in figures)
        print(f"{what}: of it after the imports   median {own:7.2f} s")
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
