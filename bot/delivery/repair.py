"""Mends what a reader of Markdown would drop without a word.

In a table a `|` ends a cell even inside code, and what stands beyond the header's last column is dropped; a link to
something that no message can link to leaves its text alone; what follows a block's language is not shown, nor a block
without code, nor HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.delivery.source import Edit, code_span, line_prefix, parsed, with_edits

_LINK = re.compile(r"(?:https?://[^\s/]|mailto:\S)\S*", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_CODE_OR_FORMULA = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\$[^$\n]+\$")
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_MOST_PASSES = 8
_TOO_DEEP = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){20}", re.MULTILINE)


def is_link(address: str) -> bool:
    """Whether a message can link to it."""
    return _LINK.fullmatch(address) is not None


def nested_without_sense(markdown: str) -> bool:
    """Whether a line opens so many lists and quotes inside each other that no client shows them."""
    return _TOO_DEEP.search(markdown) is not None


def without_tags(markdown: str, sign: str) -> str:
    """Markdown in which nothing is HTML: there the first `<` is written as `sign`, which is none."""
    text = markdown
    for _ in range(_MOST_PASSES):
        if "<" not in text:
            return text
        source = text.encode()
        starts = {source.find(b"<", start, end) for start, end in _html(text)} - {-1}
        if not starts:
            return text
        text = with_edits(text, [Edit(start, start + 1, sign) for start in starts])
    return text.replace("<", sign)


def _html(markdown: str) -> Iterator[tuple[int, int]]:
    for payload, start, end in parsed(markdown):
        if isinstance(payload, dict) and ("Html" in payload or "InlineHtml" in payload):
            yield start, end


def with_targets(markdown: str) -> str:
    """Markdown in which links that no message can have are spelled out: `text (target)`."""
    return with_edits(markdown, list(_targets(markdown, markdown.encode()))) if "](" in markdown else markdown


def repaired(markdown: str) -> str:
    """Markdown without HTML, of whose tables and blocks of code all is shown."""
    source = markdown.encode()
    edits: list[Edit] = []
    if "|" in markdown and "-" in markdown:
        edits += _rows(markdown, source)
    if "```" in markdown or "~~~" in markdown:
        edits += _blocks(markdown, source)
    return with_edits(markdown, edits) if edits else markdown


def _blocks(markdown: str, source: bytes) -> Iterator[Edit]:
    """What stands behind the language of a block is shown above it, and all of the line when there is no code."""
    begun: tuple[int, int, str] | None = None
    empty = True
    for payload, start, end in parsed(markdown):
        if not isinstance(payload, dict):
            continue
        block = payload["Start"].get("CodeBlock") if isinstance(payload.get("Start"), dict) else None
        if isinstance(block, dict):
            begun, empty = (start, end, block.get("Fenced", "").strip()), True
        elif "Text" in payload:
            empty = empty and not payload["Text"].strip()
        elif payload.get("End") == "CodeBlock" and begun is not None:
            yield from _with_line(source, *begun, empty=empty)
            begun = None


def _with_line(source: bytes, start: int, end: int, info: str, *, empty: bool) -> Iterator[Edit]:
    language = _LANGUAGE.match(info)
    more = info if empty or language is None else info[language.end() :].strip()
    if not more:
        return
    prefix = line_prefix(source, start) or ""
    if empty:
        yield Edit(start, end, f"{code_span(more)}\n")
    else:
        yield Edit(start, start, f"{code_span(more)}\n{prefix.rstrip()}\n{prefix}")


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
    rest = "\\|".join(cells[columns - 1 :])
    return f"| {' | '.join(cell.strip() for cell in [*cells[: columns - 1], rest])} |{ending}"


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
