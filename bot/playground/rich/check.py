"""What a rich message may be: its three ways of being written, its limits, and the blocks that a bot gives itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.rich.given import DEEPEST, given_blocks
from bot.playground.rich.read import blocks_of_html, blocks_of_markdown
from bot.playground.utf16 import units
from bot.playground.values import Json

LONGEST = 32_768
MOST_BLOCKS = 500
MOST_COLUMNS = 20
"""Telegram's limits (docs/delivery.md)."""


@dataclass(frozen=True, slots=True)
class RichMessage:
    """A checked rich message, with all that can be read in it as plain text."""

    blocks: tuple[Json, ...] = field(repr=False)
    is_rtl: bool
    text: str = field(repr=False)


def read_rich_message(raw: Any, *, draft: bool = False) -> RichMessage:
    """Read and check an InputRichMessage; a draft may hold thoughts and may be empty. Raises `ApiError` 400."""
    if not isinstance(raw, dict):
        raise bad_request("rich message must be specified")
    given = [name for name in ("markdown", "html", "blocks") if raw.get(name)]
    if len(given) > 1:
        raise bad_request("exactly one of the fields markdown, html and blocks must be used in a rich message")
    blocks = _blocks(raw, given[0]) if given else []
    if not blocks and not draft:
        raise bad_request("rich message must be non-empty")
    text = _check_size(blocks)
    if not draft and any(block["type"] == "thinking" for block, _ in walk(blocks)):
        raise bad_request("thinking blocks can be used only in drafts")
    return RichMessage(tuple(blocks), bool(raw.get("is_rtl")), text)


def walk(blocks: Sequence[Json], depth: int = 1) -> Iterator[tuple[Json, int]]:
    """Each block with the level on which it stands, from 1 on."""
    for block in blocks:
        yield block, depth
        if depth > DEEPEST:
            continue
        yield from walk(block.get("blocks", ()), depth + 1)
        for item in block.get("items", ()):
            yield from walk(item["blocks"], depth + 1)


def plain_text(text: Any) -> str:
    """A RichText without its formatting."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(map(plain_text, text))
    if not isinstance(text, dict):
        return ""
    return plain_text(text.get("text") or text.get("expression") or text.get("alternative_text") or "")


def _blocks(raw: Json, kind: str) -> list[Json]:
    content = raw[kind]
    if kind == "blocks":
        return given_blocks(content)
    if not isinstance(content, str):
        raise bad_request(f'can\'t parse rich message: field "{kind}" must be of type String')
    if len(content) > 2 * LONGEST:  # no markup is that heavy; do not even read it
        raise bad_request("message is too long")
    return blocks_of_markdown(content) if kind == "markdown" else blocks_of_html(content)


def _check_size(blocks: Sequence[Json]) -> str:
    lines: list[str] = []
    for number, (block, depth) in enumerate(walk(blocks), 1):
        if number > MOST_BLOCKS:
            raise bad_request("too many blocks in a rich message")
        if depth > DEEPEST:
            raise bad_request("too many nested blocks in a rich message")
        if any(len(row) > MOST_COLUMNS for row in block.get("cells", ())):
            raise bad_request("too many columns in a table of a rich message")
        lines.append(_own_text(block))
    text = "\n".join(line for line in lines if line)
    if units(text) > LONGEST:
        raise bad_request("message is too long")
    return text


def _own_text(block: Json) -> str:
    """The text of a block without that of the blocks in it."""
    if "cells" in block:
        return "\n".join("\t".join(plain_text(cell.get("text", "")) for cell in row) for row in block["cells"])
    return "\n".join(
        filter(None, (plain_text(block.get(name)) for name in ("text", "summary", "expression", "credit")))
    )
