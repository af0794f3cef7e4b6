"""Writes values into the text of a settings file, and leaves everything else in it as it was."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,~=-]*")
# Behind a value; what has a quotation mark in it may be a value itself.
_REMARK = re.compile(r"[^\S\r\n]+#[^\r\n'\"]*$")
HEADING = "# Settings of Domovoy, written by: domovoy init. docs/configuration.md explains all there are.\n"


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with these values. The last line that sets a name is changed, a name that is new comes behind its own
    commented-out line or to the end; an empty value empties the line.

    Comments, order, ends of lines and names that nobody knows stay. Values must be of one line.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    pieces = [(binding.key, binding.original.string) for binding in parse_stream(StringIO(text, newline=""))]
    for name, value in values.items():
        line = f"{name}={quoted(value)}"
        at = _last_set(pieces, name)
        if at is not None:
            pieces[at] = (pieces[at][0], _replaced(pieces[at][1], line))
            continue
        at = _commented_out(pieces, name)
        place = len(pieces) if at is None else at + 1
        if place and not pieces[place - 1][1].endswith("\n"):
            pieces[place - 1] = (pieces[place - 1][0], pieces[place - 1][1] + end)
        pieces.insert(place, (name, line + end))
    return "".join(piece for _, piece in pieces)


def quoted(value: str) -> str:
    """A value as a settings file has it."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_private(path: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all, for its owner's eyes only. Blocks; raises OSError."""
    path = path.resolve()  # what a link leads to is replaced, not the link
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _last_set(pieces: list[tuple[str | None, str]], name: str) -> int | None:
    return next((at for at in range(len(pieces) - 1, -1, -1) if (pieces[at][0] or "").upper() == name), None)


def _commented_out(pieces: list[tuple[str | None, str]], name: str) -> int | None:
    """Where the name stands in a comment as it would be set."""
    found = (at for at, (key, piece) in enumerate(pieces) if key is None and re.search(rf"^#\s*{name}=", piece, re.M))
    return next(found, None)


def _replaced(piece: str, line: str) -> str:
    """The same piece with another assignment: what is before and behind it stays."""
    before = piece[: len(piece) - len(piece.lstrip())]
    export = "export " if piece.lstrip().startswith("export ") else ""
    remark = _REMARK.search(piece.rstrip())
    if remark is not None and line.endswith("="):
        line += "''"  # else the remark would be read as the value
    after = (remark[0] if remark is not None else "") + piece[len(piece.rstrip()) :]
    return f"{before}{export}{line}{after}"
