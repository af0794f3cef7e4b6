"""Mends what a reader of Markdown would drop without a word: cells beyond the header, targets that are no links.

In a table a `|` ends a cell even inside code, and what stands beyond the header's last column is dropped; a link to
something that no message can link to would leave its text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.delivery.source import Edit, code_span, parsed, with_edits

_LINK = re.compile(r"(?:https?://[^\s/]|mailto:\S)\S*", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_CODE_OR_FORMULA = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\$[^$\n]+\$")
_TOO_DEEP = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){20}", re.MULTILINE)


def is_link(address: str) -> bool:
    """Whether a message can link to it."""
    return _LINK.fullmatch(address) is not None


def nested_without_sense(markdown: str) -> bool:
    """Whether a line opens so many lists and quotes inside each other that no client shows them."""
    return _TOO_DEEP.search(markdown) is not None


def repaired(markdown: str) -> str:
    """Markdown of which all is shown. It is sendable, and stays so."""
    rows = "|" in markdown and "-" in markdown
    links = "](" in markdown
    if not (rows or links):
        return markdown
    source = markdown.encode()
    edits = [*(_rows(markdown, source) if rows else ()), *(_targets(markdown, source) if links else ())]
    return with_edits(markdown, edits) if edits else markdown


def _rows(markdown: str, source: bytes) -> Iterator[Edit]:
    columns = last = 0
    row = (0, 0)
    for payload, start, end in parsed(markdown):
        if not isinstance(payload, dict):
            continue
        begun, ended = payload.get("Start"), payload.get("End")
        if isinstance(begun, dict) and "Table" in begun:
            columns = len(begun["Table"])
        elif begun == "TableRow":
            row, last = (start, end), start
        elif ended == "TableCell":
            last = end
        elif ended == "TableRow" and source[last : row[1]].strip(b"| \t\n>"):
            line = source[row[0] : row[1]].decode()
            yield Edit(*row, _with_cells(line, columns))


def _with_cells(line: str, columns: int) -> str:
    """A row with as many cells: first the pipes in code and formulas are taken for text, then those at its end."""
    line = _CODE_OR_FORMULA.sub(lambda found: _PIPE.sub(r"\\|", found[0]), line)
    body = line.rstrip()
    ending = line[len(body) :]
    cells = _PIPE.split(body.strip().removeprefix("|"))
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    first, rest = cells[: columns - 1], cells[columns - 1 :]
    return f"| {' | '.join(cell.strip() for cell in [*first, chr(92).join(_joined(rest))])} |{ending}"


def _joined(cells: list[str]) -> list[str]:
    return [cells[0], *(f"|{cell}" for cell in cells[1:])]


def _targets(markdown: str, source: bytes) -> Iterator[Edit]:
    waiting: list[tuple[str, int]] = []
    for payload, start, end in parsed(markdown):
        if not isinstance(payload, dict):
            continue
        begun, ended = payload.get("Start"), payload.get("End")
        kind = next((name for name in ("Link", "Image") if isinstance(begun, dict) and name in begun), None)
        if kind is not None and isinstance(begun, dict):
            waiting.append((begun[kind]["dest_url"] if begun[kind]["link_type"] == "Inline" else "", end))
        elif ended in ("Link", "Image") and waiting:
            target, _ = waiting.pop()
            if target and not target.startswith("#") and not is_link(target):
                yield from _spelled_out(source, start, end, target)


def _spelled_out(source: bytes, start: int, end: int, target: str) -> Iterator[Edit]:
    """`[text](target)` as `text (target)`."""
    opening = 2 if source[start : start + 1] == b"!" else 1
    closing = source.rfind(b"](", start, end)
    if closing < 0:
        return
    text = source[start + opening : closing].decode()
    shown = text if text.strip("`") == target else f"{text} ({code_span(target)})" if text else code_span(target)
    yield Edit(start, end, shown)
