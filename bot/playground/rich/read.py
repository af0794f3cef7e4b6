"""Reads an InputRichMessage: its Markdown or HTML becomes the blocks that the Bot API gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyromark

from bot.playground.errors import bad_request
from bot.playground.rich.inline import is_display_math, rich_text
from bot.playground.rich.tree import BLOCKS, Element, Node, parse_tree, plain
from bot.playground.values import Json

MARKDOWN = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_MATH
)
TRANSPARENT = frozenset({"div", "section", "article", "figure"})
IGNORED = frozenset({"script", "style", "head", "title", "template"})


def blocks_of_markdown(source: str) -> list[Json]:
    """The blocks of Rich Markdown, which may have HTML in it. Nothing in it is an error."""
    return _Reader(strict=False).blocks(parse_tree(pyromark.html(source, options=MARKDOWN), strict=False).children)


def blocks_of_html(source: str) -> list[Json]:
    """The blocks of Rich HTML. Raises `ApiError` 400 for tags that are unknown or not closed."""
    return _Reader(strict=True).blocks(parse_tree(source, strict=True).children)


class _Reader:
    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def blocks(self, nodes: list[Node]) -> list[Json]:
        """Blocks; text between them becomes paragraphs."""
        found: list[Json] = []
        line: list[Node] = []
        for node in nodes:
            if isinstance(node, Element) and (node.tag in BLOCKS or node.tag in IGNORED or is_display_math(node)):
                self._paragraph(line, found)
                line = []
                found += self._block(node)
            else:
                line.append(node)
        self._paragraph(line, found)
        return found

    def _paragraph(self, nodes: list[Node], found: list[Json]) -> None:
        text = self._text(nodes)
        if text:
            found.append({"type": "paragraph", "text": text})

    def _text(self, nodes: list[Node]) -> Any:
        return rich_text(nodes, strict=self._strict)

    def _block(self, node: Element) -> list[Json]:
        if node.tag in IGNORED:
            if self._strict:
                raise bad_request(f'can\'t parse rich message: unsupported start tag "{node.tag}"')
            return []
        if is_display_math(node):
            return [{"type": "mathematical_expression", "expression": plain(node.children).strip()}]
        if node.tag == "p" or node.tag in TRANSPARENT:
            return self.blocks(node.children)
        if node.tag == "hr":
            return [{"type": "divider"}]
        if node.tag[0] == "h" and node.tag[1:].isdigit():
            return [{"type": "heading", "text": self._text(node.children), "size": int(node.tag[1:])}]
        readers: Mapping[str, Callable[[Element], Json]] = {
            "pre": _preformatted,
            "ul": self._list,
            "ol": self._list,
            "table": self._table,
            "blockquote": self._quotation,
            "details": self._details,
            "footer": lambda node: {"type": "footer", "text": self._text(node.children)},
            "aside": lambda node: {"type": "pullquote", "text": self._text(node.children)},
            "tg-thinking": lambda node: {"type": "thinking", "text": self._text(node.children)},
        }
        reader = readers.get(node.tag)
        if reader is None:
            raise bad_request(f'can\'t parse rich message: the playground does not know the tag "{node.tag}"')
        return [reader(node)]

    def _list(self, node: Element) -> Json:
        start = node.attributes.get("start", "1")
        number = int(start) if start.isdigit() and len(start) < 9 else 1
        items: list[Json] = []
        for child in node.children:
            if isinstance(child, Element) and child.tag == "li":
                items.append(self._item(child, number + len(items) if node.tag == "ol" else None))
        return {"type": "list", "items": items}

    def _item(self, node: Element, number: int | None) -> Json:
        item: Json = {"label": "•" if number is None else f"{number}.", "blocks": self.blocks(node.children)}
        if number is not None:
            item |= {"value": number, "type": "1"}
        if (box := _checkbox(node)) is not None:
            item["has_checkbox"] = True
            if "checked" in box.attributes:
                item["is_checked"] = True
        return item

    def _table(self, node: Element) -> Json:
        rows: list[list[Json]] = []
        table: Json = {"type": "table", "cells": rows}
        waiting: list[Node] = list(reversed(node.children))
        while waiting:
            child = waiting.pop()
            if isinstance(child, str):
                continue
            if child.tag in ("thead", "tbody", "tfoot"):
                waiting.extend(reversed(child.children))
            elif child.tag == "caption":
                table["caption"] = self._text(child.children)
            elif child.tag == "tr":
                rows.append([self._cell(cell) for cell in child.children if isinstance(cell, Element)])
        return table | {f"is_{name}": True for name in ("bordered", "striped", "compact") if name in node.attributes}

    def _cell(self, node: Element) -> Json:
        style = node.attributes.get("style", "").replace(" ", "")
        align = node.attributes.get("align") or style.removeprefix("text-align:").rstrip(";")
        cell: Json = {"align": align if align in ("left", "center", "right") else "left", "valign": "middle"}
        cell["text"] = self._text(node.children)
        if node.tag == "th":
            cell["is_header"] = True
        for name in ("colspan", "rowspan"):
            span = node.attributes.get(name, "")
            if span.isdigit() and 1 < int(span[:3]) <= 100:
                cell[name] = int(span[:3])
        return cell

    def _quotation(self, node: Element) -> Json:
        credit = next((child for child in node.children if isinstance(child, Element) and child.tag == "cite"), None)
        inside = [child for child in node.children if child is not credit]
        quoted: Json = {"type": "blockquote", "blocks": self.blocks(inside)}
        if "expandable" in node.attributes:
            quoted = {"type": "expandable_blockquote", "text": self._text(inside)}
        return quoted if credit is None else quoted | {"credit": self._text(credit.children)}

    def _details(self, node: Element) -> Json:
        summary = next(
            (child for child in node.children if isinstance(child, Element) and child.tag == "summary"), None
        )
        inside = [child for child in node.children if child is not summary]
        details: Json = {"type": "details", "summary": self._text(summary.children if summary else [])}
        details["blocks"] = self.blocks(inside)
        return details | ({"is_open": True} if "open" in node.attributes else {})


def _preformatted(node: Element) -> Json:
    block: Json = {"type": "pre", "text": plain(node.children).removesuffix("\n")}
    code = next((child for child in node.children if isinstance(child, Element) and child.tag == "code"), node)
    for name in code.attributes.get("class", "").split():
        if name.startswith("language-"):
            block["language"] = name.removeprefix("language-")
    return block


def _checkbox(node: Element) -> Element | None:
    """The checkbox at the start of an item, also inside its first paragraph."""
    for child in node.children:
        if isinstance(child, Element):
            if child.tag == "input":
                return child
            return _checkbox(child) if child.tag == "p" else None
        if child.strip():
            return None
    return None
