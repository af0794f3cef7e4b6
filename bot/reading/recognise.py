"""Tells what a file is by its bytes; names and what a sender says of it prove nothing."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """What a file is, as far as somebody here can read it."""

    PDF = "pdf"
    ZIP = "zip"
    """An archive; a document of Word is one."""
    OLD_OFFICE = "old_office"
    """Office before 2007; also a newer document with a password."""
    PICTURE = "picture"
    TEXT = "text"
    OTHER = "other"


PDF_WITHIN = 1024
"""Some programs write something before the beginning of a PDF."""
_LOOKED_AT = 64 * 1024
_MOST_CONTROLS = 0.002
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
# Files that begin with letters and are no text all the same.
_OTHERS = (b"{\\rtf", b"%!PS", b"Rar!", b"OggS", b"ID3", b"fLaC", b"FLV", b"SQLite format 3\x00", b"MZ", b"wOF")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> FileKind:
    """What the bytes are."""
    if b"%PDF-" in data[:PDF_WITHIN]:
        return FileKind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.ZIP
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return FileKind.OLD_OFFICE
    if picture_mime(data) is not None:
        return FileKind.PICTURE
    return FileKind.TEXT if _is_text(data) else FileKind.OTHER


def picture_mime(data: bytes) -> str | None:
    """What kind of picture the bytes are; None: none that can be read here."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    mime = next((mime for begin, mime in _PICTURES.items() if data.startswith(begin)), None)
    # Two letters are soon met with: a bitmap also says how long it is, and has zeros where others have text.
    return None if mime == "image/bmp" and data[6:10] != bytes(4) else mime


def _is_text(data: bytes) -> bool:
    if data.startswith(_BYTE_ORDER_MARKS):
        return True
    begin = data[:_LOOKED_AT]
    if begin.startswith(_OTHERS) or b"\x00" in begin:
        return False
    controls = sum(begin.count(bytes((code,))) for code in range(1, 32) if code not in (8, 9, 10, 12, 13, 27))
    return controls <= _MOST_CONTROLS * len(begin)
