"""What comes of reading a file: its text, its picture, or why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Unreadable(StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    """It has more bytes than may be fetched."""
    TOO_BIG_INSIDE = "too_big_inside"
    """It becomes far too large when it is unpacked."""
    TOO_MANY_PIXELS = "too_many_pixels"
    ENCRYPTED = "encrypted"
    NO_TEXT = "no_text"
    """There is no text in it, as in a scan."""
    OLD_OFFICE = "old_office"
    """A format of Office before 2007."""
    UNKNOWN_KIND = "unknown_kind"
    BROKEN = "broken"
    TOO_SLOW = "too_slow"


class FileError(Exception):
    """A file cannot be read."""

    def __init__(self, reason: Unreadable) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one file.

    `packed_bytes` is the size of the file, `unpacked_bytes` of what is in it; `side` is the longest one of a picture in
    pixels, `picture_bytes` how large it may be. After `seconds` what was read until then has to do.
    """

    packed_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 64 * 1024 * 1024
    characters: int = 100_000
    pages: int = 300
    seconds: float = 12.0
    pixels: int = 60_000_000
    side: int = 1568
    picture_bytes: int = 1_500_000


@dataclass(frozen=True, slots=True)
class ReadText:
    """The text of a file; `whole` is False when only its beginning was read. Pages are 0 for a file without any."""

    text: str = field(repr=False)
    mime: str
    whole: bool = True
    pages: int = 0
    all_pages: int = 0


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture of a size that models take."""

    data: bytes = field(repr=False)
    mime: str


FileContent = ReadText | ReadPicture


def tidy(text: str) -> str:
    """The text without what only fills it: control characters, ends of lines of old systems, heaps of empty lines."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n"} | {0x7F: None, 0xFEFF: None}
