"""A small picture of two colours, to see whether a model sees."""

from __future__ import annotations

import struct
import zlib
from functools import cache

COLOURS = ("red", "blue")
"""The left and the right half."""
_SIDE = 96
_RED, _BLUE = b"\xff\x00\x00", b"\x00\x00\xff"


@cache
def picture() -> bytes:
    """A PNG, half red, half blue."""
    row = b"\x00" + _RED * (_SIDE // 2) + _BLUE * (_SIDE // 2)
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * _SIDE)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, data) for kind, data in parts)


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
