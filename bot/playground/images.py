"""Recognises pictures by their first bytes and reads their size."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureSize:
    """What kind of picture it is and its size in pixels."""

    mime: str
    width: int
    height: int


def picture_size(content: bytes) -> PictureSize | None:
    """The size of a PNG, JPEG or WebP picture; None for everything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return PictureSize("image/png", width, height)
    if content.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg_size(content)
        return PictureSize("image/jpeg", width, height)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        width, height = _webp_size(content)
        return PictureSize("image/webp", width, height)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the first frame header; (0, 0) when it is not found."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X" and len(content) >= 30:
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and len(content) >= 30:
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
