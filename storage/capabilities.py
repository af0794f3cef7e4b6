"""Keeps what models can do, and how far a detection has come: `CapabilityStore` of the language-model layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Table, and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm.capabilities.facts import Ability, Fact, Facts, FactValue, Known, ModelKey, Source
from llm.capabilities.observation import Observation
from llm.capabilities.store import Past
from storage.database import Database
from storage.tables import capabilities, capability_history, capability_observations, capability_runs

MOST_PAST = 50
"""So many values that held once are kept for each ability of a model."""

_FACT = ("ability", "value", "source", "confidence", "low", "high", "at")
_ABILITIES, _SOURCES = frozenset(Ability), frozenset(Source)
_CONCLUDED = (
    select(
        capability_runs.c.server,
        capability_runs.c.model,
        capability_runs.c.fingerprint,
        capability_runs.c.at.label("concluded_at"),
        *(capabilities.c[name] for name in _FACT),
    )
    .join_from(
        capability_runs,
        capabilities,
        and_(capabilities.c.server == capability_runs.c.server, capabilities.c.model == capability_runs.c.model),
        isouter=True,
    )
    .order_by(capability_runs.c.server, capability_runs.c.model, capabilities.c.number)
)


class CapabilityRows:
    """One row for each value, one for each value that it has replaced, one for each probe of an unfinished detection.

    What this version cannot read, since a newer one wrote it, is left out. Methods that read raise `ReadFailed`, the
    others `WriteFailed`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, key: ModelKey) -> Known | None:
        """What was concluded last; None: nothing yet."""
        rows = await self._database.rows("capabilities.known", _CONCLUDED.where(_of(key, capability_runs)))
        return _known(rows) if rows else None

    async def everything(self) -> Mapping[ModelKey, Known]:
        """What was concluded last of each model."""
        rows = await self._database.rows("capabilities.everything", _CONCLUDED)
        models = groupby(rows, lambda row: ModelKey(row.server, row.model))
        return {key: _known(list(of_model)) for key, of_model in models}

    async def begun(self, key: ModelKey, fingerprint: str) -> tuple[Observation, ...]:
        """What an unfinished detection of this state has seen, in its order."""
        query = (
            select(capability_observations.c.observation)
            .where(_of(key, capability_observations), capability_observations.c.fingerprint == fingerprint)
            .order_by(capability_observations.c.number)
        )
        rows = await self._database.rows("capabilities.begun", query)
        seen = [Observation.read(row.observation) for row in rows]
        return tuple(one for one in seen if one is not None)

    async def observe(self, key: ModelKey, fingerprint: str, seen: Sequence[Observation]) -> None:
        """Keep what the running detection has seen so far."""
        rows = [
            {
                "server": key.server,
                "model": key.model,
                "number": number,
                "fingerprint": fingerprint,
                "observation": one.written(),
            }
            for number, one in enumerate(seen)
        ]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(capability_observations).where(_of(key, capability_observations)))
            if rows:
                await connection.execute(insert(capability_observations), rows)

        await self._database.write("capabilities.observe", work)

    async def conclude(self, key: ModelKey, known: Known) -> None:
        """Keep the facts, with the values that they replace as history; forget the observations."""
        facts = [_row(key, number, *fact) for number, fact in enumerate(known.facts.items())]
        new = self._database.insert(capability_runs).values(
            server=key.server, model=key.model, fingerprint=known.fingerprint, at=known.at
        )
        run = new.on_conflict_do_update(
            index_elements=["server", "model"],
            set_={"fingerprint": new.excluded.fingerprint, "at": new.excluded.at},
        )

        async def work(connection: AsyncConnection) -> None:
            await _move_into_history(connection, key, known)
            await connection.execute(delete(capabilities).where(_of(key, capabilities)))
            if facts:
                await connection.execute(insert(capabilities), facts)
            await connection.execute(run)
            await connection.execute(delete(capability_observations).where(_of(key, capability_observations)))

        await self._database.write("capabilities.conclude", work)

    async def history(self, key: ModelKey) -> Past:
        """Values that held once, the last 50 of each ability."""
        query = select(capability_history).where(_of(key, capability_history)).order_by(capability_history.c.id.desc())
        rows = await self._database.rows("capabilities.history", query)
        return tuple((*fact, row.replaced_at) for row in rows if (fact := _fact(row)) is not None)


def _of(key: ModelKey, table: Table) -> ColumnElement[bool]:
    return and_(table.c.server == key.server, table.c.model == key.model)


async def _move_into_history(connection: AsyncConnection, key: ModelKey, known: Known) -> None:
    """Copy what the new facts replace, what cannot be read included, and drop what is too old of it."""
    now = {ability.value: fact.value for ability, fact in known.facts.items()}
    query = select(capabilities).where(_of(key, capabilities)).order_by(capabilities.c.number)
    past = [
        {
            "server": key.server,
            "model": key.model,
            **{name: row._mapping[name] for name in _FACT},
            "replaced_at": known.at,
        }
        for row in (await connection.execute(query)).all()
        if row.ability not in now or now[row.ability] != row.value
    ]
    if past:
        await connection.execute(insert(capability_history), past)
        await connection.execute(_forgetting(key))


def _forgetting(key: ModelKey) -> Delete:
    table = capability_history.c
    place = func.row_number().over(partition_by=table.ability, order_by=table.id.desc()).label("place")
    places = select(table.id, place).where(_of(key, capability_history)).subquery()
    return delete(capability_history).where(table.id.in_(select(places.c.id).where(places.c.place > MOST_PAST)))


def _row(key: ModelKey, number: int, ability: Ability, fact: Fact) -> dict[str, object]:
    return {
        "server": key.server,
        "model": key.model,
        "ability": ability.value,
        "number": number,
        "value": fact.value,
        "source": fact.source.value,
        "confidence": fact.confidence,
        "low": fact.low,
        "high": fact.high,
        "at": fact.at,
    }


def _known(rows: Sequence[Row[Any]]) -> Known:
    """What the rows of one model say; there is one without a value when it has no facts."""
    facts: Facts = dict(fact for row in rows if (fact := _fact(row)) is not None)
    return Known(rows[0].fingerprint, facts, rows[0].concluded_at)


def _fact(row: Row[Any]) -> tuple[Ability, Fact] | None:
    """The value of a row; None: there is none, or none that this version knows."""
    if row.ability not in _ABILITIES or row.source not in _SOURCES or not isinstance(row.value, FactValue):
        return None
    fact = Fact(row.value, Source(row.source), row.confidence, row.at, row.low, row.high)
    return Ability(row.ability), fact
