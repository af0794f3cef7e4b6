"""What a balancer has learned, as plain values that outlive a restart."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from llm.balancing.balancer import Balancer
from llm.balancing.measured import MeasuredValues, Positive
from llm.balancing.slots import MOST, MOST_NEEDED
from llm.types import Task

HALF_SECONDS = 86400.0
"""Measurements that old have half of their weight."""

Name = Annotated[str, Field(min_length=1)]


class ServerValues(BaseModel):
    """One server: its limit of requests at the same time and how many answers raise it, its models."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slots: tuple[Annotated[int, Field(ge=1, le=MOST)], Annotated[int, Field(ge=1, le=MOST_NEEDED)]]
    models: dict[Name, MeasuredValues]


class Snapshot(BaseModel):
    """All that is kept: servers by name, lengths of answers, and who has which conversation in its cache.

    Requests under way and models in memory are not: nobody knows of them after a restart.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    servers: dict[Name, ServerValues]
    answers: list[tuple[Name, Task, Positive, Annotated[int, Field(ge=1)]]]
    affinity: list[tuple[Name, Name, Name, Annotated[int, Field(ge=0)], Positive]]


def snapshot(balancer: Balancer) -> dict[str, object]:
    """What the balancer has learned, in values that JSON can hold."""
    now = balancer.monotonic()
    kept = Snapshot(
        servers={
            name: ServerValues(
                slots=server.slots.values(),
                models={model: known.values(now) for model, known in server.models.items() if known.tried},
            )
            for name, server in balancer.servers.items()
        },
        answers=balancer.answers.values(),
        affinity=balancer.affinity.values(now),
    )
    return kept.model_dump(mode="json")


def restore(balancer: Balancer, values: object, *, age: float) -> None:
    """Take over what `snapshot` gave so many seconds ago; the older, the less it counts.

    Raises ValueError when it is no snapshot, and changes nothing then.
    """
    kept = Snapshot.model_validate(values)
    now, age = balancer.monotonic(), max(0.0, age)
    discount = 0.5 ** (age / HALF_SECONDS)
    for name, server in kept.servers.items():
        balancer.server(name).slots.set_values(server.slots)
        for model, known in server.models.items():
            balancer.server(name).measured(model, now).set_values(known, age=age, discount=discount, now=now)
    balancer.answers.set_values(kept.answers)
    balancer.affinity.set_values(kept.affinity, age=age, now=now)
