"""Tables as a message can show them: in columns when they are narrow, as lists of values when they are not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

COLUMNS_THAT_FIT = 40
"""Monospaced characters that a phone shows in one line without wrapping."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its Markdown and the same as plain text."""

    markdown: str = field(repr=False)
    plain: str = field(repr=False)


def columns(rows: Sequence[Sequence[Cell]]) -> str | None:
    """The rows, the first one being the header, aligned in columns; None when they are too wide."""
    count = max(len(row) for row in rows)
    table = [[row[index].plain if index < len(row) else "" for index in range(count)] for row in rows]
    widths = [max(text_width(row[index]) for row in table) for index in range(count)]
    if sum(widths) + 3 * (count - 1) > COLUMNS_THAT_FIT or any("\n" in cell for row in table for cell in row):
        return None
    lines = [" │ ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in table]
    lines.insert(1, "─┼─".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def listing(rows: Sequence[Sequence[Cell]]) -> str:
    """The rows as Markdown: for each one a group of lines, `header: value`."""
    header, *body = rows
    if not body:
        return " · ".join(cell.markdown for cell in header if cell.markdown)
    return "\n\n".join(_group(header, row) for row in body)


def text_width(text: str) -> int:
    """How many monospaced columns a text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _padded(text: str, width: int) -> str:
    return text + " " * (width - text_width(text))


def _group(header: Sequence[Cell], row: Sequence[Cell]) -> str:
    lines = []
    for index, cell in enumerate(row):
        name = header[index].plain if index < len(header) else ""
        if cell.markdown:
            lines.append(f"**{_escaped(name)}:** {cell.markdown}" if name else cell.markdown)
    return "\\\n".join(lines)


def _escaped(plain: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]~<" else char for char in plain)
