"""What one probe has shown: all that conclusions are drawn from, and all that is kept of an unfinished detection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Seen = Mapping[str, float | str | bool]


class Verdict(StrEnum):
    """What became of a probe."""

    PASSED = "passed"
    FAILED = "failed"
    """An answer came, and not the one that was asked for."""
    REFUSED = "refused"
    """The server does not take such a request."""
    OVERFLOW = "overflow"
    """The server says that it is too long."""
    EMPTY = "empty"
    """No answer came where there should be one."""
    BROKEN = "broken"
    """The server failed at it again and again, at this and not at others: it tells nothing."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One probe that was made; `calls` are the requests that it took, `seen` what was measured (`Measured`)."""

    probe: str
    verdict: Verdict
    calls: int = 1
    seen: Seen = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the model did as it was asked."""
        return self.verdict is Verdict.PASSED

    def number(self, name: str) -> float | None:
        """Something that was measured; None: it was not."""
        value = self.seen.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        """Something that was seen."""
        return self.seen.get(name) is True

    def written(self) -> dict[str, object]:
        """As plain values, for `read`."""
        return {"probe": self.probe, "verdict": self.verdict.value, "calls": self.calls, "seen": dict(self.seen)}

    @classmethod
    def read(cls, value: object) -> Observation | None:
        """What `written` gave; None for anything else."""
        match value:
            case {"probe": str(probe), "verdict": str(verdict), "calls": int(calls), "seen": dict(seen)}:
                if verdict in set(Verdict):
                    return cls(probe, Verdict(verdict), calls, seen)
        return None
