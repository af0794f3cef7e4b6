"""Reads plain text: notes, programs, tables with commas, logs, in the encodings that are still met with."""

from __future__ import annotations

import codecs
import re

from bot.reading.outcome import FileError, Limits, ReadText, Unreadable, tidy

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CYRILLIC_ENCODINGS = ("cp1251", "koi8-r", "cp866")
_MOST_BYTES_OF_A_CHARACTER = 4
_LOWER_CYRILLIC = re.compile("[а-яё]")
_LATIN = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")


def read_text(data: bytes, limits: Limits) -> ReadText:
    """The beginning of a text, up to the end of a line. Raises `FileError`."""
    read = data[: limits.characters * _MOST_BYTES_OF_A_CHARACTER]
    text = tidy(_decoded(read))
    whole = len(read) == len(data) and len(text) <= limits.characters
    if not whole:
        text = text[: limits.characters]
        text = text[: text.rfind("\n")] if text.rfind("\n") > limits.characters // 2 else text
    if not text.strip():
        raise FileError(Unreadable.EMPTY)
    return ReadText(text, "text/plain", whole)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            # What was cut off may end within a character.
            return data[len(mark) :].decode(encoding, "ignore" if encoding == "utf-8" else "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return data.decode(_old_encoding(data), "replace")


def _old_encoding(data: bytes) -> str:
    """Of texts before Unicode: Russian ones have hardly any other letters, and more small ones than capitals."""
    sample = data[:20_000]
    if len(_HIGH.findall(sample)) < len(_LATIN.findall(sample)) / 2:
        return "cp1252"
    return max(_CYRILLIC_ENCODINGS, key=lambda name: len(_LOWER_CYRILLIC.findall(sample.decode(name, "replace"))))
