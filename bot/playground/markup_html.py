"""Telegram's HTML style: the text and the entities of a message, or the exact complaint about what is wrong with it.

The tags are those of the Bot API's "HTML style"; the complaints are worded as the Bot API server words them, since a
bot's fallbacks look for "can't parse entities".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.playground.entities import Marked, in_order
from bot.playground.errors import ApiError, bad_request
from bot.playground.utf16 import units
from bot.playground.values import Json

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
    tag: str
    at: int
    start: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text: list[str] = []
        self.length = 0
        self.entities: list[Json] = []
        self.open: list[_Open] = []

    def parse(self) -> Marked:
        while self.position < len(self.source):
            bracket = self.source.find("<", self.position)
            if bracket != self.position:
                end = len(self.source) if bracket < 0 else bracket
                self._add(unescape(self.source[self.position : end]))
                self.position = end
            elif self.source.startswith("</", bracket):
                self._close_tag()
            else:
                self._open_tag()
        if self.open:
            last = self.open[-1]
            raise self._complaint(f'Can\'t find end tag corresponding to start tag "{last.tag}"', None)
        return Marked("".join(self.text), in_order(self.entities))

    def _add(self, text: str) -> None:
        self.text.append(text)
        self.length += units(text)

    def _open_tag(self) -> None:
        at = self.position
        name = self._match(_NAME, at + 1)
        tag = name.lower()
        if tag not in TAGS:
            raise self._complaint(f'Unsupported start tag "{tag}"', at)
        self.position = at + 1 + len(name)
        attributes = self._attributes(tag, at)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._complaint('Tag "span" must have class "tg-spoiler"', at)
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
            raise self._complaint("Invalid custom emoji identifier specified", at)
        self.open.append(_Open(tag, at, self.length, attributes))

    def _attributes(self, tag: str, at: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip_space()
            if self.position >= len(self.source):
                raise self._complaint(f'Unclosed start tag "{tag}"', at)
            if self.source[self.position] == ">":
                self.position += 1
                return found
            name = self._match(_ATTRIBUTE_NAME, self.position)
            if not name:
                raise self._complaint(f'Empty attribute name in the tag "{tag}"', self.position)
            self.position += len(name)
            self._skip_space()
            if self.source[self.position : self.position + 1] == "=":
                self.position += 1
                self._skip_space()
                found[name.lower()] = self._value(tag, at)
            elif self.source[self.position : self.position + 1] and tag != "blockquote":
                raise self._complaint(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}"', self.position
                )
            else:
                found[name.lower()] = ""

    def _value(self, tag: str, at: int) -> str:
        quote = self.source[self.position : self.position + 1]
        if quote in ('"', "'") and quote:
            end = self.source.find(quote, self.position + 1)
            if end < 0:
                raise self._complaint(f'Unclosed start tag "{tag}"', at)
            value = self.source[self.position + 1 : end]
            self.position = end + 1
            return unescape(value)
        value = self._match(_UNQUOTED, self.position)
        self.position += len(value)
        following = self.source[self.position : self.position + 1]
        if not following:
            raise self._complaint(f'Unclosed start tag "{tag}"', at)
        if not following.isspace() and following != ">":
            raise self._complaint(f'Unexpected end of name token in the tag "{tag}"', self.position)
        return value

    def _close_tag(self) -> None:
        at = self.position
        name = self._match(_NAME, at + 2)
        self.position = at + 2 + len(name)
        self._skip_space()
        if self.source[self.position : self.position + 1] != ">":
            raise self._complaint("Unclosed end tag", at)
        self.position += 1
        if not self.open:
            raise self._complaint("Unexpected end tag", at)
        opened = self.open.pop()
        if name and name.lower() != opened.tag:
            raise self._complaint(f'Unmatched end tag, expected "</{opened.tag}>", found "</{name.lower()}>"', at)
        self._finish(opened)

    def _finish(self, opened: _Open) -> None:
        length = self.length - opened.start
        if not length:
            return
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.start, "length": length}
        if opened.tag == "a":
            address = opened.attributes.get("href") or self._text_from(opened.start)
            if not looks_like_address(address):
                return
            entity["url"] = address
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes["emoji-id"]
        elif opened.tag == "tg-time":
            if not opened.attributes.get("unix", "").isdigit():
                raise self._complaint("Invalid date specified", opened.at)
            entity["unix_time"] = int(opened.attributes["unix"])
        elif opened.tag == "code" and self._is_language(opened, length):
            return
        elif opened.tag == "pre":
            self._absorb_code(entity)
        self.entities.append(entity)

    def _is_language(self, opened: _Open, length: int) -> bool:
        """Whether this `<code class="language-x">` only names the language of the `<pre>` around it."""
        language = opened.attributes.get("class", "")
        if not (self.open and self.open[-1].tag == "pre" and language.startswith("language-")):
            return False
        if self.open[-1].start != opened.start:
            return False
        self.open[-1].attributes["language"] = language.removeprefix("language-")
        self.open[-1].attributes["code-length"] = str(length)
        self._pre_of_code = self.open[-1]
        return True

    _pre_of_code: _Open | None = None

    def _absorb_code(self, entity: Json) -> None:
        """Give a `<pre>` the language of the `<code>` that fills it."""
        pre, self._pre_of_code = self._pre_of_code, None
        if pre is not None and pre.attributes.get("code-length") == str(entity["length"]):
            entity["language"] = pre.attributes["language"]

    def _text_from(self, start: int) -> str:
        encoded = "".join(self.text).encode("utf-16-le", "surrogatepass")
        return encoded[2 * start :].decode("utf-16-le", "surrogatepass")

    def _match(self, pattern: re.Pattern[str], position: int) -> str:
        found = pattern.match(self.source, position)
        return found.group() if found else ""

    def _skip_space(self) -> None:
        self.position += len(self._match(_SPACE, self.position))

    def _complaint(self, what: str, position: int | None) -> ApiError:
        where = "" if position is None else f" at byte offset {len(self.source[:position].encode())}"
        return bad_request(f"can't parse entities: {what}{where}")


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


def looks_like_address(address: str) -> bool:
    """Whether Telegram would make a link of it; it silently leaves out those that are none."""
    return bool(re.match(r"(?:https?|tg|ton|mailto|tel)://?\S+$|[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?$", address.strip()))
