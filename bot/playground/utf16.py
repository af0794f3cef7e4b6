"""Texts measured as Telegram measures them: in UTF-16 code units."""

from __future__ import annotations


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def positions(text: str) -> list[int | None]:
    """For each offset in UTF-16 units, the index of its character; None in the middle of one. One more for the end."""
    found: list[int | None] = []
    for index, character in enumerate(text):
        found.append(index)
        if character > "\uffff":
            found.append(None)
    found.append(len(text))
    return found
