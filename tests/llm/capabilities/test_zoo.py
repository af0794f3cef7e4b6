"""The detector in the zoo: dozens of simulated models over real sockets, twelve requests for each at most."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.fakes.zoo import ZOO
from tests.fakes.zoo.animal import Animal
from tests.llm.capabilities.visit import MOST_CALLS, Judged, visit

LEAST_ANIMALS = 28
LEAST_RIGHT = 0.98
AT_A_TIME = 8


async def visit_all() -> list[Judged]:
    """All detections; a few animals at a time, since most of the time is waiting."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(animal: Animal) -> tuple[Judged, ...]:
        async with gate:
            try:
                return await visit(animal)
            except Exception as error:
                error.add_note(animal.name)
                raise

    return [judged for several in await asyncio.gather(*map(one, ZOO)) for judged in several]


def table(all_judged: list[Judged]) -> str:
    """What came of it, a row for each detection."""
    width = max(len(one.name) for one in all_judged)
    lines = [f"{'animal':{width}}  calls  right"]
    for one in all_judged:
        lines.append(f"{one.name:{width}}  {one.calls:5}  {one.right:2}/{one.expected}")
        lines += [f"    {wrong}" for wrong in one.wrong]
    right, of = sum(one.right for one in all_judged), sum(one.expected for one in all_judged)
    calls = [one.calls for one in all_judged]
    lines.append(
        f"{len(ZOO)} animals, {len(all_judged)} detections, {right}/{of} right ({right / of:.1%}), "
        f"{sum(calls) / len(calls):.1f} calls on the average, {max(calls)} at most"
    )
    return "\n".join(lines)


@pytest.mark.timeout(120)
async def test_what_is_found_out_of_the_animals_is_right_and_takes_a_dozen_requests(
    capsys: pytest.CaptureFixture[str],
) -> None:
    all_judged = await visit_all()
    seen = table(all_judged)
    with capsys.disabled():
        sys.stdout.write(f"\n{seen}\n")
    assert len(ZOO) == len({animal.name for animal in ZOO}) >= LEAST_ANIMALS
    assert [one.name for one in all_judged if one.calls > MOST_CALLS] == [], seen
    assert [one.name for one in all_judged if one.calls != one.told_calls] == [], "what it tells is what was sent"
    right, of = sum(one.right for one in all_judged), sum(one.expected for one in all_judged)
    assert right / of >= LEAST_RIGHT, seen


async def test_a_model_that_became_another_is_seen_to_have_changed_in_just_that() -> None:
    for animal in (animal for animal in ZOO if animal.update is not None):
        assert animal.update is not None
        first, second = await visit(animal)
        assert first.detection.before is None
        assert first.detection.fingerprint != second.detection.fingerprint
        assert {change.ability for change in second.detection.changes} == animal.update.changes
