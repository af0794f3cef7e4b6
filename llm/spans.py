"""Hours, days and months, in UTC, as figures are added up and budgets are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Span(StrEnum):
    """A stretch of the calendar. Days and months begin at midnight UTC, as the bills of the clouds do."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"

    def begin(self, moment: datetime) -> datetime:
        """When the stretch that holds a moment began."""
        hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if self is Span.HOUR:
            return hour
        return hour.replace(hour=0) if self is Span.DAY else hour.replace(day=1, hour=0)

    def end(self, moment: datetime) -> datetime:
        """When it ends, and the next one begins."""
        began = self.begin(moment)
        if self is Span.MONTH:
            return (began + timedelta(days=32)).replace(day=1)
        return began + (timedelta(hours=1) if self is Span.HOUR else timedelta(days=1))

    def first_from(self, moment: datetime) -> datetime:
        """When the first stretch begins that lies wholly after a moment."""
        began = self.begin(moment)
        return began if began == moment else self.end(moment)
