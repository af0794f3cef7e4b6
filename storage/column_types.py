"""How Python's values lie in columns: moments in UTC, text that every database takes, JSON, enumerations as words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, Text, TypeDecorator

Member = TypeVar("Member", bound=StrEnum)

ENUM_LENGTH = 32


class UtcMoment(TypeDecorator[datetime]):
    """A moment with its time zone. SQLite keeps none, so everything is stored in UTC and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Move the moment to UTC. Raises ValueError for one without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AnyText(TypeDecorator[str]):
    """Text as people and models write it.

    PostgreSQL refuses NUL and no database takes half a surrogate pair, which broken JSON from a model can hold; an
    answer must not be lost over such a character.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Leave out NUL, put a question mark for half a surrogate pair."""
        if value is None:
            return None
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class JsonText(TypeDecorator[Any]):
    """A plain value, written as JSON; None for what is none.

    In a column that SQLite knows as JSON a number that stands alone becomes a number of SQLite's: 5.0 would come back
    as 5, and a long integer rounded. PostgreSQL's JSON refuses what is infinite.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Write the value, in ASCII. Raises TypeError for one that is not plain."""
        return json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value."""
        try:
            return None if value is None else json.loads(value)
        except ValueError:
            return None


def big_id() -> BigInteger:
    """A 64-bit integer key. On SQLite it must be called INTEGER to be the row's own id."""
    return BigInteger().with_variant(Integer(), "sqlite")


def words(kind: type[Member]) -> Enum:
    """A column that holds an enumeration by its values, without a constraint: new members need no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=ENUM_LENGTH,
        values_callable=lambda members: [member.value for member in members],
    )
