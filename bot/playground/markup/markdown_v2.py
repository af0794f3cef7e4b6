"""Telegram's "MarkdownV2 style": everything special must be escaped, and what is opened must be closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.entities import Marked
from bot.playground.errors import ApiError
from bot.playground.markup.addresses import looks_like_address
from bot.playground.markup.marking import Marking, complaint

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
SPANS: Mapping[str, str] = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
NAMES: Mapping[str, str] = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}


@dataclass(frozen=True, slots=True)
class _Open:
    kind: str
    at: int
    start: int
    language: str = ""


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._done = Marking()
        self._open: list[_Open] = []
        self._line_starts = True

    def parse(self) -> Marked:
        while self._at < len(self._source):
            self._step(self._source[self._at])
        if self._top == "blockquote":
            self._close("blockquote", 0)
        if self._open:
            unclosed = self._open[-1]
            raise complaint(f"Can't find end of {NAMES[unclosed.kind]} entity", self._source, unclosed.at)
        return self._done.finish()

    @property
    def _top(self) -> str:
        return self._open[-1].kind if self._open else ""

    def _step(self, character: str) -> None:
        following = self._source[self._at + 1 : self._at + 2]
        if character == "\\" and following and "\x00" < following < "\x7f":
            self._add(following, 2)
        elif self._top in ("code", "pre"):
            self._in_code(character)
        elif character == "\n":
            self._line_end()
        elif character in RESERVED:
            self._reserved(character)
        else:
            self._add(character, 1)

    def _add(self, text: str, read: int) -> None:
        self._done.add(text)
        self._at += read
        self._line_starts = text == "\n"

    def _in_code(self, character: str) -> None:
        fence = "```" if self._top == "pre" else "`"
        if self._source.startswith(fence, self._at):
            self._close(self._top, len(fence))
        elif character == "`" and self._top == "pre":
            raise self._is_reserved("`")
        else:
            self._add(character, 1)

    def _line_end(self) -> None:
        quoted = any(opened.kind == "blockquote" for opened in self._open)
        if quoted and self._source[self._at + 1 : self._at + 2] != ">":
            if self._top != "blockquote":
                unclosed = self._open[-1]
                raise complaint(f"Can't find end of {NAMES[unclosed.kind]} entity", self._source, unclosed.at)
            self._close("blockquote", 0)
        self._add("\n", 1)

    def _reserved(self, character: str) -> None:
        pair = self._source[self._at : self._at + 2]
        if character == ">" and self._line_starts:
            self._quote()
        elif character == "`":
            self._code()
        elif character == "[":
            self._begin("text_link", 1)
        elif pair == "![":
            self._begin("custom_emoji", 2)
        elif character == "]" and self._top in ("text_link", "custom_emoji"):
            self._link()
        elif pair == "||" and self._top == "blockquote" and self._source[self._at + 2 : self._at + 3] in ("", "\n"):
            self._close("expandable_blockquote", 2)
        elif (token := pair if pair in SPANS else character) in SPANS:
            self._span(SPANS[token], len(token))
        else:
            raise self._is_reserved(character)

    def _quote(self) -> None:
        if not any(opened.kind == "blockquote" for opened in self._open):
            self._begin("blockquote", 1)
        else:
            self._at += 1
        self._line_starts = False

    def _span(self, kind: str, read: int) -> None:
        if self._top == kind:
            self._close(kind, read)
        else:
            self._begin(kind, read)

    def _code(self) -> None:
        if not self._source.startswith("```", self._at):
            self._begin("code", 1)
            return
        at = self._at
        line_end = self._source.find("\n", at)
        language = self._source[at + 3 : line_end] if line_end > 0 else ""
        if not language or any(character.isspace() or character == "`" for character in language):
            skipped = self._source.startswith("\n", at + 3)
            self._begin("pre", 3 + skipped)
        else:
            self._open.append(_Open("pre", at, self._done.length, language))
            self._at = line_end + 1

    def _begin(self, kind: str, read: int) -> None:
        self._open.append(_Open(kind, self._at, self._done.length))
        self._at += read

    def _close(self, kind: str, read: int) -> None:
        opened = self._open.pop()
        fields = {"language": opened.language} if opened.language else {}
        self._done.mark(kind, opened.start, **fields)
        self._at += read

    def _link(self) -> None:
        opened = self._open.pop()
        self._at += 1
        address = self._done.text_from(opened.start)
        if self._source.startswith("(", self._at):
            address = self._address()
        if opened.kind == "custom_emoji":
            emoji_id = address.removeprefix("tg://emoji?id=")
            if emoji_id == address or not emoji_id.isdigit():
                raise complaint("Custom emoji URL must have an emoji identifier", self._source, None)
            self._done.mark("custom_emoji", opened.start, custom_emoji_id=emoji_id)
        elif looks_like_address(address):
            self._done.mark("text_link", opened.start, url=address)

    def _address(self) -> str:
        began = self._at
        self._at += 1
        characters: list[str] = []
        while self._at < len(self._source) and self._source[self._at] != ")":
            if self._source[self._at] == "\\" and self._at + 1 < len(self._source):
                self._at += 1
            characters.append(self._source[self._at])
            self._at += 1
        if self._at >= len(self._source):
            raise complaint("Can't find end of a URL", self._source, began)
        self._at += 1
        return "".join(characters)

    def _is_reserved(self, character: str) -> ApiError:
        return complaint(
            f"Character '{character}' is reserved and must be escaped with the preceding '\\'", self._source, None
        )


def parse_markdown_v2(source: str) -> Marked:
    """Read MarkdownV2. Raises `ApiError` 400 ("can't parse entities: ...") for what Telegram refuses."""
    return _Parser(source).parse()
