"""Rewrites a model's Markdown so that telegramify-markdown shows all of it.

The library (1.4.1) drops HTML and footnotes, takes `||` in prose for a spoiler and dollars for formulas, and draws
tables as wide as they come. Tables and formulas are therefore written as code or lists before it sees them, and the
signs that it would misread are replaced by characters of Unicode's private area, one for one, until it is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.delivery.formulas import looks_like_formula, readable
from bot.delivery.repair import repaired, with_targets, without_tags
from bot.delivery.source import Edit, block_of_code, code_span, line_prefix, parsed, with_edits
from bot.delivery.tables import Cell, columns, listing

Plain = Callable[[str], str]

_AUTOLINK = r"(?!(?:https?://|mailto:)[^\s<>]*>)"
_TAG = re.compile(rf"(?<!\\)(?:(?<!\]\()<|<(?!https?://|mailto:)){_AUTOLINK}")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TEX_OPENING = re.compile(rb"(?<!\\)\\[(\[]")
_LONGEST_FORMULA = 2000
_DOLLAR = re.compile(r"(?<!\\)\$")
_TIMES = re.compile(r"(?<=[\d)])\*(?=[\d(])")


class Stand:
    """The private characters that stand for signs while the library works."""

    def __init__(self, text: str) -> None:
        used = set(text)
        free = (chr(code) for code in range(0xE000, 0xF900) if chr(code) not in used)
        self._for = {sign: next(free, sign) for sign in "<$[|*"}

    def hide(self, sign: str) -> str:
        """The character to write for a sign."""
        return self._for[sign]

    def restore(self, text: str) -> str:
        """Put the signs back; the length stays the same."""
        return text.translate({ord(stand): sign for sign, stand in self._for.items()})


def prepare(markdown: str, stand: Stand, plain: Plain) -> str:
    """Rewrite Markdown; `plain` turns the Markdown of a table's cell into the text that is shown for it."""
    text = _TAG.sub(stand.hide("<"), markdown).replace("[^", stand.hide("[") + "^")
    text = repaired(without_tags(text, stand.hide("<")))
    if "$" in text or "\\(" in text or "\\[" in text:
        text = with_edits(text, _formulas(text, stand))
    text = with_targets(text)
    if "|" in text and "-" in text:
        text = with_edits(text, _tables(text, stand, plain))
    text = _DOLLAR.sub(stand.hide("$"), text)
    text = _TIMES.sub(stand.hide("*"), text)
    return text.replace("|", stand.hide("|"))


# Formulas


def _formulas(text: str, stand: Stand) -> list[Edit]:
    source = text.encode()
    edits: list[Edit] = []
    code: list[tuple[int, int]] = []
    for payload, start, end in parsed(text):
        if not isinstance(payload, dict):
            continue
        begun = payload.get("Start")
        if "Code" in payload or (isinstance(begun, dict) and "CodeBlock" in begun):
            code.append((start, end))
        elif "DisplayMath" in payload:
            edits.append(Edit(start, end, _formula(payload["DisplayMath"], source, start, end)))
        elif "InlineMath" in payload:
            shown = source[start:end].decode().replace("$", stand.hide("$"))
            if looks_like_formula(payload["InlineMath"]) and not source[end : end + 1].isdigit():
                shown = _formula(payload["InlineMath"], source, start, end)
            edits.append(Edit(start, end, shown))
    taken = sorted([*code, *((edit.start, edit.end) for edit in edits)])
    done = 0
    for start, end in (*taken, (len(source), len(source))):
        if start > done:
            edits.extend(_tex_formulas(source, done, start))
        done = max(done, end)
    return edits


def _tex_formulas(source: bytes, first: int, last: int) -> Iterator[Edit]:
    r"""Formulas in `\(` `\)` and `\[` `\]` between two offsets."""
    missing: set[bytes] = set()
    index = first
    while (found := _TEX_OPENING.search(source, index, last)) is not None:
        index = found.end()
        closing = b"\\)" if found[0] == b"\\(" else b"\\]"
        if closing in missing:
            continue
        end = source.find(closing, index, last)
        if end < 0:
            missing.add(closing)
        elif end - index <= _LONGEST_FORMULA and (content := source[index:end]).strip() and b"\n\n" not in content:
            index = end + len(closing)
            yield Edit(found.start(), index, _formula(content.decode(), source, found.start(), index))


def _formula(latex: str, source: bytes, start: int, end: int) -> str:
    """A formula as a span of code, or as a block when it needs several lines and stands alone."""
    text = readable(latex.replace("\n>", "\n")).replace("|", "∣")
    if "\n" not in text:
        return code_span(text)
    prefix = line_prefix(source, start)
    alone = prefix is not None and source[end : end + 1] in {b"", b"\n"}
    return block_of_code(text, prefix or "") if alone else code_span("; ".join(text.split("\n")))


# Tables


def _tables(text: str, stand: Stand, plain: Plain) -> list[Edit]:
    source = text.encode()
    edits: list[Edit] = []
    rows: list[list[Cell]] = []
    table_end = 0
    for payload, start, end in parsed(text):
        begun = payload.get("Start") if isinstance(payload, dict) else None
        if isinstance(begun, dict) and "Table" in begun:
            rows, table_end = [], end
            edits.append(Edit(start, end, ""))
        elif begun in ("TableHead", "TableRow"):
            rows.append([])
        elif begun == "TableCell":
            rows[-1].append(_cell(source[start:end].decode(), stand, plain))
        elif rows and end == table_end and isinstance(payload, dict) and payload.get("End") == "Table":
            edits[-1] = Edit(edits[-1].start, end, _table(rows, line_prefix(source, edits[-1].start) or ""))
            rows = []
    return edits


def _cell(markdown: str, stand: Stand, plain: Plain) -> Cell:
    markdown = _BREAK_TAG.sub(" ", markdown.replace(stand.hide("<"), "<")).replace("<", stand.hide("<"))
    markdown = markdown.strip().replace("\\|", stand.hide("|"))
    return Cell(markdown, plain(markdown) if re.search(r"[^\w\s.,:;%+-]", markdown) else markdown)


def _table(rows: list[list[Cell]], prefix: str) -> str:
    aligned = columns(rows)
    if aligned is not None:
        return block_of_code(aligned, prefix) + "\n"
    return f"\n{prefix}".join(listing(rows).split("\n")) + "\n\n"
