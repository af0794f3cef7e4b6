"""Telegram's HTML style: the text and the entities of a message, or the exact complaint about what is wrong with it.

The tags are those of the Bot API's "HTML style"; the complaints are worded as the Bot API server words them, since a
bot's fallbacks look for "can't parse entities".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.playground.entities import Marked
from bot.playground.markup.addresses import looks_like_address
from bot.playground.markup.marking import Marking, complaint

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}

# Of the named references only these four are known; the others stay as they are written.
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAME = re.compile(r"[a-zA-Z0-9-]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_UNQUOTED = re.compile(r"[a-zA-Z0-9.-]*")
_SPACE = re.compile(r"\s*")


@dataclass(slots=True)
class _Open:
    """A tag that is not closed yet; `code` is the length and language of the `<code>` at the start of a `<pre>`."""

    tag: str
    at: int
    start: int
    attributes: dict[str, str] = field(default_factory=dict)
    code: tuple[int, str] | None = None


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._done = Marking()
        self._open: list[_Open] = []

    def parse(self) -> Marked:
        while self._at < len(self._source):
            bracket = self._source.find("<", self._at)
            if bracket != self._at:
                end = len(self._source) if bracket < 0 else bracket
                self._done.add(unescape(self._source[self._at : end]))
                self._at = end
            elif self._source.startswith("</", bracket):
                self._close_tag()
            else:
                self._open_tag()
        if self._open:
            what = f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"'
            raise complaint(what, self._source, None)
        return self._done.finish()

    def _open_tag(self) -> None:
        at = self._at
        name = self._match(_NAME, at + 1)
        tag = name.lower()
        if tag not in TAGS:
            raise complaint(f'Unsupported start tag "{tag}"', self._source, at)
        self._at = at + 1 + len(name)
        attributes = self._attributes(tag, at)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise complaint('Tag "span" must have class "tg-spoiler"', self._source, at)
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
            raise complaint("Invalid custom emoji identifier specified", self._source, at)
        if tag == "tg-time" and not attributes.get("unix", "").isdigit():
            raise complaint("Invalid date specified", self._source, at)
        self._open.append(_Open(tag, at, self._done.length, attributes))

    def _attributes(self, tag: str, at: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._at >= len(self._source):
                raise complaint(f'Unclosed start tag "{tag}"', self._source, at)
            if self._source[self._at] == ">":
                self._at += 1
                return found
            name = self._match(_ATTRIBUTE_NAME, self._at)
            if not name:
                raise complaint(f'Empty attribute name in the tag "{tag}"', self._source, self._at)
            self._at += len(name)
            self._skip_space()
            if self._here == "=":
                self._at += 1
                self._skip_space()
                found[name.lower()] = self._value(tag, at)
            elif self._here and tag != "blockquote":
                what = f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
                raise complaint(what, self._source, self._at)
            else:
                found[name.lower()] = ""

    def _value(self, tag: str, at: int) -> str:
        quote = self._here
        if quote and quote in "\"'":
            end = self._source.find(quote, self._at + 1)
            if end < 0:
                raise complaint(f'Unclosed start tag "{tag}"', self._source, at)
            value = self._source[self._at + 1 : end]
            self._at = end + 1
            return unescape(value)
        value = self._match(_UNQUOTED, self._at)
        self._at += len(value)
        if self._here and not self._here.isspace() and self._here != ">":
            raise complaint(f'Unexpected end of name token in the tag "{tag}"', self._source, self._at)
        return value

    def _close_tag(self) -> None:
        at = self._at
        name = self._match(_NAME, at + 2)
        self._at = at + 2 + len(name)
        self._skip_space()
        if self._here != ">":
            raise complaint("Unclosed end tag", self._source, at)
        self._at += 1
        if not self._open:
            raise complaint("Unexpected end tag", self._source, at)
        opened = self._open.pop()
        if name and name.lower() != opened.tag:
            what = f'Unmatched end tag, expected "</{opened.tag}>", found "</{name.lower()}>"'
            raise complaint(what, self._source, at)
        self._finish(opened)

    def _finish(self, opened: _Open) -> None:
        kind, start = TAGS[opened.tag], opened.start
        if opened.tag == "a":
            address = opened.attributes.get("href") or self._done.text_from(start)
            if looks_like_address(address):
                self._done.mark(kind, start, url=address)
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            self._done.mark("expandable_blockquote", start)
        elif opened.tag == "tg-emoji":
            self._done.mark(kind, start, custom_emoji_id=opened.attributes["emoji-id"])
        elif opened.tag == "tg-time":
            self._done.mark(kind, start, unix_time=int(opened.attributes["unix"]))
        elif opened.tag == "pre":
            filled = opened.code is not None and opened.code[0] == self._done.length - start
            self._done.mark(kind, start, **({"language": opened.code[1]} if opened.code and filled else {}))
        elif not self._names_language(opened):
            self._done.mark(kind, start)

    def _names_language(self, opened: _Open) -> bool:
        """Whether this `<code class="language-x">` only names the language of the `<pre>` around it."""
        language = opened.attributes.get("class", "")
        around = self._open[-1] if self._open else None
        if around is None or around.tag != "pre" or around.start != opened.start or opened.tag != "code":
            return False
        if language.startswith("language-"):
            around.code = (self._done.length - opened.start, language.removeprefix("language-"))
        return True

    @property
    def _here(self) -> str:
        """The next character; empty at the end."""
        return self._source[self._at : self._at + 1]

    def _match(self, pattern: re.Pattern[str], position: int) -> str:
        found = pattern.match(self._source, position)
        return found.group() if found else ""

    def _skip_space(self) -> None:
        self._at += len(self._match(_SPACE, self._at))


def parse_html(source: str) -> Marked:
    """Read Telegram's HTML. Raises `ApiError` 400 ("can't parse entities: ...") for what Telegram refuses."""
    return _Parser(source).parse()


def unescape(text: str) -> str:
    """Replace the references that Telegram knows."""
    return _REFERENCE.sub(_referred, text)


def _referred(match: re.Match[str]) -> str:
    if match.group(1):
        return html.unescape(match.group())
    code = int(match.group(2)) if match.group(2) else int(match.group(3), 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()
