"""HTML as a tree, as far as rich messages need it: no scripts run here, unknown things are the caller's to judge."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.playground.errors import bad_request

VOID = frozenset({"br", "hr", "img", "input", "wbr"})
CLOSED_BY_BLOCK = frozenset({"p"})
BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "ul",
        "ol",
        "table",
        "blockquote",
        "details",
        "hr",
        "footer",
        "div",
    ]
) | frozenset(["aside", "section", "article", "figure", "tg-math-block", "tg-thinking", "tg-button-row"])
SIBLINGS = {"li": ("li",), "tr": ("tr", "td", "th"), "td": ("td", "th"), "th": ("td", "th")}
DEEPEST = 100

# Python's own parser takes seconds for 32 kB of unclosed tags; here no part reaches beyond the next "<", so that the
# time grows with the length only. What is no tag is text.
_MARKUP = re.compile(
    r"""<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>(?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|<!--[^<]*?-->"""
)
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s=/"']+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"']+))?""")


@dataclass(slots=True)
class Element:
    """A tag with what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


Node: TypeAlias = "Element | str"


class _Builder:
    def __init__(self, *, strict: bool) -> None:
        self.root = Element("")
        self._stack = [self.root]
        self._strict = strict

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in BLOCKS and self._stack[-1].tag in CLOSED_BY_BLOCK:
            self._stack.pop()
        while self._stack[-1].tag in SIBLINGS.get(tag, ()):
            self._stack.pop()
        element = Element(tag, attributes)
        self._stack[-1].children.append(element)
        if tag in VOID:
            return
        if len(self._stack) > DEEPEST:
            raise bad_request("can't parse rich message: too many nested tags")
        self._stack.append(element)

    def end(self, tag: str) -> None:
        if tag in [element.tag for element in self._stack[1:]]:
            while self._stack.pop().tag != tag:
                pass
        elif self._strict and tag not in VOID and tag != "p":
            raise bad_request(f'can\'t parse rich message: unexpected end tag "{tag}"')

    def text(self, text: str) -> None:
        children = self._stack[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += text
        elif text:
            children.append(text)

    def finish(self) -> Element:
        still_open = [element.tag for element in self._stack[1:] if element.tag not in ("p", "li", "tr", "td", "th")]
        if self._strict and still_open:
            raise bad_request(f"can't parse rich message: can't find end tag for \"{still_open[-1]}\"")
        return self.root


def parse_tree(source: str, *, strict: bool) -> Element:
    """Read HTML. Strictly, a tag that is not closed or not opened raises `ApiError` 400; else it is put right."""
    builder = _Builder(strict=strict)
    read = 0
    for markup in _MARKUP.finditer(source):
        builder.text(html.unescape(source[read : markup.start()]))
        read = markup.end()
        name = (markup["name"] or "").lower()
        if markup["closing"]:
            builder.end(name)
        elif name:
            builder.start(name, _attributes(markup["attributes"]))
            if markup["attributes"].endswith("/") and name not in VOID:
                builder.end(name)
    builder.text(html.unescape(source[read:]))
    return builder.finish()


def _attributes(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(source):
        value = attribute["value"] or ""
        quoted = value[:1] in ("'", '"')
        found.setdefault(attribute["name"].lower(), html.unescape(value[1:-1] if quoted else value))
    return found


def plain(nodes: list[Node]) -> str:
    """The text in some nodes."""
    pieces: list[str] = []
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        else:
            waiting.extend(reversed(node.children))
    return "".join(pieces)
