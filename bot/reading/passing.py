"""Hands limits to the process that reads a file, and what it read back: as JSON, which can do nothing but be read."""

from __future__ import annotations

from dataclasses import asdict, replace

import orjson

from bot.reading.outcome import FileContent, FileError, Limits, ReadPicture, ReadText, Unreadable


def write_limits(limits: Limits) -> str:
    """Limits as an argument of a program."""
    return orjson.dumps(asdict(limits)).decode()


def read_limits(written: str) -> Limits:
    """What `write_limits` wrote."""
    return Limits(**orjson.loads(written))


def write_content(content: FileContent | Unreadable) -> bytes:
    """A line of JSON, and after it the text or the picture."""
    match content:
        case ReadText():
            head = asdict(replace(content, text=""))
            return orjson.dumps(head) + b"\n" + content.text.encode("utf-8", "replace")
        case ReadPicture():
            return orjson.dumps({"picture": content.mime}) + b"\n" + content.data
        case Unreadable():
            return orjson.dumps({"unreadable": content.value}) + b"\n"


def read_content(written: bytes) -> FileContent:
    """What `write_content` wrote. Raises `FileError` for a reason that was written, `BROKEN` for anything else."""
    line, _, rest = written.partition(b"\n")
    try:
        head = orjson.loads(line)
        if "unreadable" in head:
            raise FileError(Unreadable(head["unreadable"]))
        if "picture" in head:
            return ReadPicture(rest, str(head["picture"]))
        return ReadText(**{**head, "text": rest.decode()})
    except (ValueError, TypeError, KeyError) as error:
        raise FileError(Unreadable.BROKEN) from error
