"""HTML as a tree, as far as rich messages need it: no scripts run here, unknown things are the caller's to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
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


@dataclass(slots=True)
class Element:
    """A tag with what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


Node: TypeAlias = "Element | str"


class _Builder(HTMLParser):
    def __init__(self, *, strict: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._stack = [self.root]
        self._strict = strict

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS and self._stack[-1].tag in CLOSED_BY_BLOCK:
            self._stack.pop()
        while self._stack[-1].tag in SIBLINGS.get(tag, ()):
            self._stack.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._stack[-1].children.append(element)
        if tag in VOID:
            return
        if len(self._stack) > DEEPEST:
            raise bad_request("can't parse rich message: too many nested tags")
        self._stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        open_tags = [element.tag for element in self._stack[1:]]
        if tag in open_tags:
            while self._stack.pop().tag != tag:
                pass
        elif self._strict and tag not in VOID and tag != "p":
            raise bad_request(f'can\'t parse rich message: unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        children = self._stack[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)

    def finish(self) -> Element:
        self.close()
        still_open = [element.tag for element in self._stack[1:] if element.tag not in ("p", "li", "tr", "td", "th")]
        if self._strict and still_open:
            raise bad_request(f"can't parse rich message: can't find end tag for \"{still_open[-1]}\"")
        return self.root


def parse_tree(source: str, *, strict: bool) -> Element:
    """Read HTML. Strictly, a tag that is not closed or not opened raises `ApiError` 400; else it is put right."""
    builder = _Builder(strict=strict)
    builder.feed(source)
    return builder.finish()


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
