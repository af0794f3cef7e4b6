"""Rich blocks as HTML for the page: only tags that are named here, everything else escaped."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.playground.render import language_class, link
from bot.playground.values import Json

_STYLES = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "marked": "mark",
    "subscript": "sub",
    "superscript": "sup",
    "mathematical_expression": "tg-math",
}
_ALIGNMENTS = frozenset({"left", "center", "right"})


def render_blocks(blocks: Sequence[Json]) -> str:
    """The HTML of a rich message. Formulas are put into `tg-math` tags as they are written."""
    return "".join(map(_block, blocks))


def render_rich_text(text: Any) -> str:
    """The HTML of a RichText."""
    if isinstance(text, str):
        return html.escape(text)
    if isinstance(text, list):
        return "".join(map(render_rich_text, text))
    if not isinstance(text, dict):
        return ""
    kind = text.get("type")
    inside = render_rich_text(text.get("text") or text.get("expression") or text.get("alternative_text") or "")
    if tag := _STYLES.get(str(kind)):
        return f"<{tag}>{inside}</{tag}>"
    opening = link(str(text.get("url"))) if kind == "url" else None
    return f"{opening}{inside}</a>" if opening else inside


def _block(block: Json) -> str:
    render = _BLOCKS.get(block["type"])
    return render(block) if render else ""


def _text(tag: str) -> Callable[[Json], str]:
    return lambda block: f"<{tag}>{render_rich_text(block.get('text'))}</{tag}>"


def _heading(block: Json) -> str:
    size = block.get("size")
    level = size if isinstance(size, int) and 1 <= size <= 6 else 3
    return f"<h{level}>{render_rich_text(block.get('text'))}</h{level}>"


def _pre(block: Json) -> str:
    return f"<pre><code{language_class(block.get('language'))}>{render_rich_text(block.get('text'))}</code></pre>"


def _math(block: Json) -> str:
    return f"<tg-math-block>{html.escape(str(block.get('expression', '')))}</tg-math-block>"


def _list(block: Json) -> str:
    items: list[Json] = block.get("items", [])
    numbers = [item.get("value") for item in items]
    ordered = any(isinstance(number, int) for number in numbers)
    tag = "ol" if ordered else "ul"
    start = f' start="{numbers[0]}"' if ordered and isinstance(numbers[0], int) and numbers[0] != 1 else ""
    return f"<{tag}{start}>{''.join(map(_item, items))}</{tag}>"


def _item(item: Json) -> str:
    checked = " checked" if item.get("is_checked") else ""
    box = f'<input type="checkbox" disabled{checked}>' if item.get("has_checkbox") else ""
    blocks: list[Json] = item["blocks"]
    if blocks and blocks[0]["type"] == "paragraph":
        return f"<li>{box}{render_rich_text(blocks[0].get('text'))}{render_blocks(blocks[1:])}</li>"
    return f"<li>{box}{render_blocks(blocks)}</li>"


def _table(block: Json) -> str:
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in block["cells"])
    caption = f"<caption>{render_rich_text(block['caption'])}</caption>" if block.get("caption") else ""
    return f"<table>{caption}<tbody>{rows}</tbody></table>"


def _cell(cell: Json) -> str:
    tag = "th" if cell.get("is_header") else "td"
    align = f' align="{cell["align"]}"' if cell.get("align") in _ALIGNMENTS else ""
    spans = "".join(f' {name}="{cell[name]}"' for name in ("colspan", "rowspan") if isinstance(cell.get(name), int))
    return f"<{tag}{align}{spans}>{render_rich_text(cell.get('text'))}</{tag}>"


def _quotation(block: Json) -> str:
    inside = render_blocks(block["blocks"]) if "blocks" in block else render_rich_text(block.get("text"))
    credit = f"<cite>{render_rich_text(block['credit'])}</cite>" if block.get("credit") else ""
    expandable = " expandable" if block["type"] == "expandable_blockquote" else ""
    return f"<blockquote{expandable}>{inside}{credit}</blockquote>"


def _details(block: Json) -> str:
    is_open = " open" if block.get("is_open") else ""
    summary = f"<summary>{render_rich_text(block.get('summary'))}</summary>"
    return f"<details{is_open}>{summary}{render_blocks(block['blocks'])}</details>"


_BLOCKS: Mapping[str, Callable[[Json], str]] = {
    "paragraph": _text("p"),
    "heading": _heading,
    "pre": _pre,
    "footer": _text("footer"),
    "divider": lambda _block: "<hr>",
    "mathematical_expression": _math,
    "list": _list,
    "blockquote": _quotation,
    "expandable_blockquote": _quotation,
    "pullquote": _quotation,
    "table": _table,
    "details": _details,
    "thinking": _text("tg-thinking"),
}
