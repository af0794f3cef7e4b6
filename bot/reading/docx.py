"""Reads the text of a Word document: an archive with a document in XML, unpacked and read piece by piece.

Read by hand, since a library would read all of it into memory first: what makes a small file a bomb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from xml.parsers import expat
from zipfile import BadZipFile, LargeZipFile, ZipFile
from zlib import error as ZlibError

from bot.reading.outcome import FileError, Limits, ReadText, Unreadable, tidy

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENT = "word/document.xml"
_PIECE = 64 * 1024
_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
# What stands for an element, before what is in it and after.
_BEGINS: Mapping[str, str] = MappingProxyType({"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"})
_ENDS: Mapping[str, str] = MappingProxyType({"p": "\n", "tc": " | ", "tr": "\n"})


class _Enough(Exception):
    """There is as much text as is wanted, or no more time."""


class _Text:
    """Gathers the text of a document from the events of its parser."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._within_text = 0
        self._within_cell = 0
        self._left_out = 0
        self.parts: list[str] = []
        self.characters = 0

    def begin(self, name: str, _attributes: object) -> None:
        if name == _FALLBACK:
            self._left_out += 1
        local = _local(name)
        self._within_text += local == "t"
        self._within_cell += local == "tc"
        self._add(_BEGINS.get(local, ""))

    def end(self, name: str) -> None:
        if name == _FALLBACK:
            self._left_out -= 1
        local = _local(name)
        self._within_text -= local == "t"
        self._within_cell -= local == "tc"
        # A paragraph within a cell does not end its row.
        self._add(" " if local == "p" and self._within_cell else _ENDS.get(local, ""))

    def words(self, text: str) -> None:
        if self._within_text:
            self._add(text)

    def _add(self, text: str) -> None:
        if not text or self._left_out:
            return
        self.parts.append(text)
        self.characters += len(text)
        if self.characters > self._most:
            raise _Enough


def read_docx(data: bytes, limits: Limits, monotonic: Callable[[], float]) -> ReadText:
    """The text of a Word document. Raises `FileError`; `UNKNOWN_KIND` for any other archive."""
    until = monotonic() + limits.seconds
    text = _Text(limits.characters)
    whole = True
    try:
        with ZipFile(BytesIO(data)) as archive:
            if DOCUMENT not in archive.namelist():
                raise FileError(Unreadable.UNKNOWN_KIND)
            if archive.getinfo(DOCUMENT).flag_bits & 1:
                raise FileError(Unreadable.ENCRYPTED)
            _parse(archive, text, limits, lambda: monotonic() < until)
    except _Enough:
        whole = False
    except (BadZipFile, LargeZipFile, ZlibError, expat.ExpatError, NotImplementedError, EOFError, ValueError) as error:
        raise FileError(Unreadable.BROKEN) from error
    read = tidy("".join(text.parts))[: limits.characters]
    if not read.strip():
        raise FileError(Unreadable.NO_TEXT if whole else Unreadable.TOO_BIG_INSIDE)
    return ReadText(read, MIME, whole)


def _parse(archive: ZipFile, text: _Text, limits: Limits, in_time: Callable[[], bool]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = text.begin
    parser.EndElementHandler = text.end
    parser.CharacterDataHandler = text.words
    parser.StartDoctypeDeclHandler = _refuse_doctype
    unpacked = 0
    with archive.open(DOCUMENT) as document:
        while piece := document.read(_PIECE):
            unpacked += len(piece)
            if unpacked > limits.unpacked_bytes or not in_time():
                raise _Enough
            parser.Parse(piece, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    """No program writes one, and entities that grow are declared in it."""
    raise FileError(Unreadable.BROKEN)


def _local(name: str) -> str:
    """The name of an element of Word's, without its space; empty for all others."""
    space, _, local = name.rpartition(" ")
    return local if space in _SPACES else ""
