"""Reads a file of any kind that can be read; slow, and for a process that a hostile file may bring down."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.reading.outcome import FileContent, FileError, Limits, Unreadable
from bot.reading.recognise import FileKind, kind_of


def read_file(data: bytes, limits: Limits, monotonic: Callable[[], float] = time.monotonic) -> FileContent:
    """What is in a file. Raises `FileError`. Each reader is loaded when it is wanted: two of them take their time."""
    if not data:
        raise FileError(Unreadable.EMPTY)
    if len(data) > limits.packed_bytes:
        raise FileError(Unreadable.TOO_LARGE)
    match kind_of(data):
        case FileKind.PDF:
            from bot.reading.pdf import read_pdf

            return read_pdf(data, limits, monotonic)
        case FileKind.ZIP:
            from bot.reading.docx import read_docx

            return read_docx(data, limits, monotonic)
        case FileKind.PICTURE:
            from bot.reading.picture import read_picture

            return read_picture(data, limits)
        case FileKind.TEXT:
            from bot.reading.text import read_text

            return read_text(data, limits)
        case FileKind.OLD_OFFICE:
            locked = "EncryptedPackage".encode("utf-16-le") in data
            raise FileError(Unreadable.ENCRYPTED if locked else Unreadable.OLD_OFFICE)
        case FileKind.OTHER:
            raise FileError(Unreadable.UNKNOWN_KIND)
