"""Text and entities that grow together while markup is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.playground.entities import Marked, in_order
from bot.playground.errors import ApiError, bad_request
from bot.playground.utf16 import units
from bot.playground.values import Json


@dataclass(slots=True)
class Marking:
    """What has been read so far; `length` is in UTF-16 units."""

    length: int = 0
    _pieces: list[str] = field(default_factory=list)
    _entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Read on in the text."""
        self._pieces.append(text)
        self.length += units(text)

    def mark(self, kind: str, start: int, **fields: object) -> None:
        """Put an entity on everything from `start` to here; nothing at all gets none."""
        if self.length > start:
            self._entities.append({"type": kind, "offset": start, "length": self.length - start, **fields})

    def text_from(self, start: int) -> str:
        """The text from there on."""
        encoded = "".join(self._pieces).encode("utf-16-le", "surrogatepass")
        return encoded[2 * start :].decode("utf-16-le", "surrogatepass")

    def finish(self) -> Marked:
        """Everything."""
        return Marked("".join(self._pieces), in_order(self._entities))


def complaint(what: str, source: str, position: int | None) -> ApiError:
    """The error for markup that cannot be read, with the place as Telegram gives it."""
    where = "" if position is None else f" at byte offset {len(source[:position].encode(errors='surrogatepass'))}"
    return bad_request(f"can't parse entities: {what}{where}")
