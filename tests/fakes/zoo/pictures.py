"""How the honest model sees: a PNG is unpacked, and the colours along its middle are named."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence

_ASKED = re.compile(r"\bcolou?rs?\b|\bpicture\b|\bimage\b|\bphoto\b", re.IGNORECASE)
_NAMES = {
    "red": (255, 0, 0), "green": (0, 160, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "white": (255, 255, 255),
    "black": (0, 0, 0), "grey": (128, 128, 128), "orange": (255, 165, 0), "purple": (128, 0, 128),
}  # fmt: skip
_RGB = 3


def colours(asked: str, images: Sequence[bytes]) -> str | None:
    """The colours from left to right of the first picture; None when none is asked for."""
    if not _ASKED.search(asked):
        return None
    if not images:
        return "I can't see any picture."
    seen: list[str] = []
    for pixel in _middle_row(images[0]):
        name = _name(pixel)
        if name not in seen:
            seen.append(name)
    return " ".join(seen)


def _middle_row(file: bytes) -> Iterator[tuple[int, int, int]]:
    """The pixels of the middle row of a PNG of eight bits a colour, without filters and alpha."""
    parts = dict(_parts(file))
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, kind) == (8, 2), "only plain colours are read"
    rows, line = zlib.decompress(parts[b"IDAT"]), 1 + _RGB * width
    row = rows[height // 2 * line : (height // 2 + 1) * line]
    assert row[0] == 0, "only rows without a filter are read"
    return ((row[place], row[place + 1], row[place + 2]) for place in range(1, line, _RGB))


def _parts(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(file):
        size = int.from_bytes(file[place : place + 4], "big")
        yield file[place + 4 : place + 8], file[place + 8 : place + 8 + size]
        place += 12 + size


def _name(pixel: tuple[int, int, int]) -> str:
    return min(_NAMES, key=lambda name: sum((a - b) ** 2 for a, b in zip(_NAMES[name], pixel, strict=True)))
