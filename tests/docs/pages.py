"""The pages of the documentation as a reader of Markdown sees them: headings, links, code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
_NO_PART_OF_AN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Page:
    """One file."""

    path: Path

    @property
    def name(self) -> str:
        """As one would name it in the repository."""
        return str(self.path.relative_to(ROOT))

    @cached_property
    def tokens(self) -> list[Token]:
        """What the page is made of."""
        return MarkdownIt("commonmark").enable("table").parse(self.path.read_text())

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text."""
        pairs = zip(self.tokens, self.tokens[1:], strict=False)
        return [(int(one.tag[1]), inline.content) for one, inline in pairs if one.type == "heading_open"]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may name behind its #: headings as GitHub names them, and names that were given."""
        found: set[str] = set(re.findall(r'<a id="([^"]+)"', self.path.read_text()))
        for _, text in self.headings:
            anchor = plain = _NO_PART_OF_AN_ANCHOR.sub("", text.lower()).replace(" ", "-")
            number = 0
            while anchor in found:
                number += 1
                anchor = f"{plain}-{number}"
            found.add(anchor)
        return found

    @cached_property
    def inlines(self) -> list[Token]:
        """The pieces of its lines, those of tables too."""
        return [child for token in self.tokens if token.type == "inline" for child in token.children or ()]

    @cached_property
    def links(self) -> list[str]:
        """Where its links and pictures lead, in their order."""
        kinds = {"link_open": "href", "image": "src"}
        return [str(token.attrs[kinds[token.type]]) for token in self.inlines if token.type in kinds]

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """Blocks of code: their language, and what is in them."""
        return [(one.info, one.content) for one in self.tokens if one.type in ("fence", "code_block")]

    @cached_property
    def inline_code(self) -> list[str]:
        """What stands in a line between backticks."""
        return [token.content for token in self.inlines if token.type == "code_inline"]

    def commands(self) -> Iterator[list[str]]:
        """What somebody could type: the lines of shell blocks, and our programs where they are named in a line."""
        for language, content in self.blocks:
            if language == "sh":
                for line in content.splitlines():
                    yield from commands_of(line)
        for text in self.inline_code:
            if re.match(r"([A-Z_]+=\S+ )?(domovoy|python -m|scripts/\w+|\.ci/run|docker compose|uv)( |$)", text):
                yield from commands_of(text)


def commands_of(line: str) -> Iterator[list[str]]:
    """The single commands of a line, without what is set before them and whom they are run as."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    words.whitespace_split = True
    command: list[str] = []
    for word in (*words, "|"):
        if word in ("|", "&&", "||", ";"):
            if command:
                yield command
            command = []
        elif command or not re.fullmatch(r"[A-Z_]+=.*", word):
            command.append(word)


def pages() -> list[Page]:
    """All pages that people read."""
    found = [ROOT / "README.md", ROOT / "README.ru.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [Page(path) for path in found]
