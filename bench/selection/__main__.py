"""Replays simulated traces with each way of choosing, prints what each loses, and how long a decision takes.

    python -m bench.selection                 all traces, twelve seeds each (a few minutes)
    python -m bench.selection 4 1             four seeds, beginning with 1

What is lost is the share of what the best single model, known only afterwards, would have earned on average; below
nothing is better than that. Ends with 1 when a promise is not kept.
"""

from __future__ import annotations

import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.selection.decisions import MOST_DECISION_US, TARGETS, decision_us
from bench.selection.results import (
    MOST_LOST,
    MOST_SAMPLES,
    REQUESTS,
    STEPS,
    Result,
    broken_promises,
    gather,
    play,
)
from bench.selection.traces import TRACES
from bench.selection.ways import WAYS

SEEDS = 12
FIRST_SEED = 1


def table(results: list[Result]) -> None:
    """What each way has lost at the end of each trace."""
    print(f"{'lost to the best single model':<32}{'ours':>8}{'worst':>8}", end="")
    print("".join(f"{name:>13}" for name in WAYS if name != "ours"), end="")
    print(f"{'best always':>13}{'tried':>8}{'adapts in':>18}")
    for one in results:
        mark = "" if one.trace.judged else " *"
        print(f"{one.trace.name + mark:<32}{one.lost['ours']:>8.2%}{one.worst:>8.2%}", end="")
        print("".join(f"{one.lost[name]:>13.2%}" for name in WAYS if name != "ours"), end="")
        print(f"{one.lost_by_oracle:>13.2%}{one.tried:>8.1%}", end="")
        figures = (one.adapts_median, one.adapts_p90, one.adapts_well_median) if one.adapts else ()
        print(f"{'/'.join(f'{figure:.0f}' for figure in figures):>18}")
    print("* not judged: too little is said of too small differences to tell the best in so many requests")
    print("adapts in: requests until twenty in a row get 90 % of what is possible, median / nine of ten; 95 %, median")


def curves(results: list[Result]) -> None:
    """The regret as it grows: perfect answers lost to the best single model, ours / random / static."""
    print(f"\n{'regret: ours/random/static after':<32}" + "".join(f"{step:>16}" for step in STEPS))
    for one in results:
        cells = ("/".join(f"{one.regret[name][step]:.0f}" for name in ("ours", "random", "static")) for step in STEPS)
        print(f"{one.trace.name:<32}" + "".join(f"{cell:>16}" for cell in cells))


def main() -> int:
    """Read the arguments, replay, measure, judge."""
    numbers = [int(one) for one in sys.argv[1:]]
    seeds = range(numbers[1] if len(numbers) > 1 else FIRST_SEED, FIRST_SEED + SEEDS)
    if numbers:
        seeds = range(seeds.start, seeds.start + numbers[0])
    print(f"seeds {seeds.start} to {seeds.stop - 1}, {REQUESTS} requests each")
    # By itself, before the processors are busy.
    microseconds = decision_us(seeds.start)
    places = [place for place in range(len(TRACES)) for _ in seeds]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        played = list(pool.map(play, places, [seed for _ in TRACES for seed in seeds], chunksize=2))
    results = [gather(trace, [one for one in played if one.trace == trace.name]) for trace in TRACES]
    table(results)
    curves(results)
    judged = [one for one in results if one.trace.judged]
    broken = broken_promises(results)
    most = max(one.lost["ours"] for one in judged)
    slowest = max(one.adapts_median for one in judged if one.adapts)
    print(f"\n{'most lost to the best single model':<44}{most:>9.2%}   limit {MOST_LOST:.0%}")
    print(f"{'adapts when a model gets worse, median':<44}{slowest:>9.0f}   limit {MOST_SAMPLES}")
    print(f"{f'a decision among {TARGETS} targets, median, us':<44}{microseconds:>9.1f}   limit {MOST_DECISION_US:.0f}")
    if microseconds > MOST_DECISION_US:
        broken.append(f"a decision takes {microseconds:.1f} us")
    for one in broken:
        print(f"MISSED: {one}")
    spread = statistics.pstdev([one.lost["ours"] for one in judged])
    print(f"traces judged {len(judged)}, deviation among them {spread:.2%}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
