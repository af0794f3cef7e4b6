"""How far back figures reach."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Period(StrEnum):
    """A period that ends now."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def length(self) -> timedelta | None:
        """Its length; None for all time."""
        return {
            Period.DAY: timedelta(days=1),
            Period.WEEK: timedelta(days=7),
            Period.MONTH: timedelta(days=30),
            Period.ALL: None,
        }[self]

    @classmethod
    def parse(cls, text: str) -> Period | None:
        """The period of this name, None when it is none."""
        return next((period for period in cls if period == text.strip().lower()), None)
