"""From a tree of HTML to the RichText of the Bot API."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.rich.tree import Element, Node, plain

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "sub": "subscript",
    "sup": "superscript",
    "mark": "marked",
    "tg-spoiler": "spoiler",
}
TRANSPARENT = frozenset({"span", "input", "cite", "p", "summary", "wbr", "tg-time", "caption"})
MATH = frozenset({"tg-math", "tg-math-block"})

RichText = Any
"""A string, a list, or an object with a type (Bot API, RichText)."""


def is_math(node: Element) -> bool:
    """Whether it holds a formula."""
    return node.tag in MATH or (node.tag == "span" and "math" in node.attributes.get("class", "").split())


def is_display_math(node: Node) -> bool:
    """Whether it holds a formula that stands by itself."""
    if isinstance(node, str):
        return False
    return node.tag == "tg-math-block" or (is_math(node) and "math-display" in node.attributes.get("class", ""))


def rich_text(nodes: list[Node], *, strict: bool) -> RichText:
    """The text of some nodes; blank at its ends is left out. Raises `ApiError` 400 for an unknown tag if strict."""
    pieces = _pieces(nodes, strict=strict)
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return _joined(pieces)


def _joined(pieces: list[RichText]) -> RichText:
    pieces = [piece for piece in pieces if piece != ""]
    return "" if not pieces else pieces[0] if len(pieces) == 1 else pieces


def _pieces(nodes: list[Node], *, strict: bool) -> list[RichText]:
    pieces: list[RichText] = []
    after_break = False  # the line end in the source after a <br> is not one more
    for node in nodes:
        if isinstance(node, str):
            text = _spaced(node)
            _append(pieces, text.removeprefix("\n") if after_break else text)
        elif node.tag == "br":
            _append(pieces, "\n")
            after_break = True
            continue
        else:
            for piece in _element(node, strict=strict):
                _append(pieces, piece)
        after_break = False
    return pieces


def _append(pieces: list[RichText], piece: RichText) -> None:
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    else:
        pieces.append(piece)


def _spaced(text: str) -> str:
    """Blanks count as one, and a line break stays one: models mean it so."""
    return re.sub(r"[ \t\r\f]*\n\s*", "\n", re.sub(r"[ \t\f]+", " ", text))


def _element(node: Element, *, strict: bool) -> list[RichText]:
    if is_math(node):
        return [{"type": "mathematical_expression", "expression": plain(node.children).strip()}]
    if node.tag == "span" and "tg-spoiler" in node.attributes.get("class", ""):
        return [{"type": "spoiler", "text": _joined(_pieces(node.children, strict=strict))}]
    if node.tag == "code":
        return [{"type": "code", "text": plain(node.children)}]
    if style := STYLES.get(node.tag):
        inside = _joined(_pieces(node.children, strict=strict))
        return [{"type": style, "text": inside}] if inside else []
    if node.tag == "a":
        return _link(node, strict=strict)
    if node.tag == "img":
        return [node.attributes.get("alt", "")]
    if node.tag == "tg-emoji":
        alternative = plain(node.children)
        emoji_id = node.attributes.get("emoji-id", "")
        return [{"type": "custom_emoji", "custom_emoji_id": emoji_id, "alternative_text": alternative}]
    if strict and node.tag not in TRANSPARENT:
        raise bad_request(f'can\'t parse rich message: unsupported start tag "{node.tag}"')
    if node.tag in ("script", "style"):
        return []
    return _pieces(node.children, strict=strict)


def _link(node: Element, *, strict: bool) -> list[RichText]:
    inside = _joined(_pieces(node.children, strict=strict))
    address = node.attributes.get("href", "")
    if address and inside and not address.startswith("#"):
        return [{"type": "url", "text": inside, "url": address}]
    return [inside]
