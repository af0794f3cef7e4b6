"""Blocks of code that are too long for a message: taken out of an answer, to be sent as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from bot.delivery.formatted import MESSAGE_LIMIT, sendable, utf16_units
from bot.delivery.source import Edit, block_of_code, line_prefix, parsed, with_edits

LONGEST_IN_A_MESSAGE = MESSAGE_LIMIT
"""A block of code of more UTF-16 units becomes a file: in messages it would be cut."""

# What the answer shows of code that is a file.
_LINES_SHOWN = 12
_UNITS_SHOWN = 800
_LINE_SHOWN = 80

# A first line that is a comment with a path and nothing else.
_PATH = re.compile(r"\s*(?:#|//|--|;|%|/\*|<!--)\s*((?:[\w.-]+/)*[\w-][\w.-]*\.\w{1,8})\s*(?:\*/|-->)?\s*")
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_EXTENSIONS = {
    "bash": "sh", "batch": "bat", "bat": "bat", "c": "c", "c#": "cs", "c++": "cpp", "clojure": "clj", "cpp": "cpp",
    "cs": "cs", "csharp": "cs", "css": "css", "csv": "csv", "dart": "dart", "diff": "diff", "dockerfile": "dockerfile",
    "elixir": "ex", "erlang": "erl", "f#": "fs", "fortran": "f90", "fsharp": "fs", "go": "go", "golang": "go",
    "groovy": "groovy", "haskell": "hs", "hs": "hs", "html": "html", "ini": "ini", "java": "java", "javascript": "js",
    "js": "js", "json": "json", "jsonc": "json", "jsx": "jsx", "julia": "jl", "kotlin": "kt", "kt": "kt",
    "latex": "tex", "less": "less", "lisp": "lisp", "lua": "lua", "makefile": "mk", "markdown": "md", "matlab": "m",
    "md": "md", "nix": "nix", "objective-c": "m", "ocaml": "ml", "pascal": "pas", "patch": "patch", "perl": "pl",
    "php": "php", "powershell": "ps1", "ps1": "ps1", "proto": "proto", "py": "py", "python": "py", "python3": "py",
    "r": "r", "rb": "rb", "rs": "rs", "ruby": "rb", "rust": "rs", "scala": "scala", "scss": "scss", "sh": "sh",
    "shell": "sh", "sql": "sql", "svg": "svg", "swift": "swift", "terraform": "tf", "tex": "tex", "toml": "toml",
    "ts": "ts", "tsx": "tsx", "typescript": "ts", "vb": "vb", "vue": "vue", "xml": "xml", "yaml": "yaml", "yml": "yml",
    "zig": "zig", "zsh": "sh",
}  # fmt: skip
_UNKNOWN = "txt"


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One block of code with the name that it has as a file."""

    name: str
    code: str = field(repr=False)
    language: str | None = None


InFile = Callable[[str, int], str]
"""Says that code is in a file, whose name and number of lines are given; a short line without markup."""


def without_long_code(markdown: str, in_file: InFile) -> tuple[str, tuple[CodeFile, ...]]:
    """The Markdown with the first lines of each block that is too long, and the blocks, in their order."""
    if utf16_units(markdown) <= LONGEST_IN_A_MESSAGE:
        return markdown, ()
    text = sendable(markdown)
    source = text.encode()
    files: list[CodeFile] = []
    edits: list[Edit] = []
    for start, end, info, code in _blocks(text):
        if utf16_units(code) <= LONGEST_IN_A_MESSAGE:
            continue
        found = _LANGUAGE.match(info.strip())
        file = CodeFile(_name(code, found[0] if found else "", files), code, found[0] if found else None)
        files.append(file)
        prefix = line_prefix(source, start) or ""
        said = _escaped(in_file(file.name, code.count("\n") + 1))
        shown = block_of_code(_beginning(code), prefix, file.language or "")
        edits.append(Edit(start, end, f"{shown}\n{prefix.rstrip()}\n{prefix}*{said}*\n{prefix.rstrip()}\n"))
    return (with_edits(text, edits), tuple(files)) if edits else (markdown, ())


def _blocks(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start and end in bytes of UTF-8, the language's line and the code of each block."""
    inside: tuple[int, int, str] | None = None
    parts: list[str] = []
    for payload, start, end in parsed(text):
        if not isinstance(payload, dict):
            continue
        begun = payload.get("Start")
        if isinstance(begun, dict) and "CodeBlock" in begun:
            kind = begun["CodeBlock"]
            inside, parts = (start, end, kind.get("Fenced", "") if isinstance(kind, dict) else ""), []
        elif inside is not None and "Text" in payload:
            parts.append(payload["Text"])
        elif inside is not None and payload.get("End") == "CodeBlock":
            yield *inside, "".join(parts).strip("\n")
            inside = None


def _name(code: str, language: str, before: Sequence[CodeFile]) -> str:
    """The name that the code gives itself in its first line, else one by its language; none is given twice."""
    found = _PATH.fullmatch(code.split("\n", 1)[0][:200])
    name = found[1].rpartition("/")[2] if found else f"code.{_EXTENSIONS.get(language.lower(), _UNKNOWN)}"
    taken = {file.name for file in before}
    stem, _, extension = name.rpartition(".")
    names = chain((name,), (f"{stem}-{number}.{extension}" for number in count(2)))
    return next(tried for tried in names if tried not in taken)


def _beginning(code: str) -> str:
    lines: list[str] = []
    units = 0
    for line in code.split("\n", _LINES_SHOWN)[:_LINES_SHOWN]:
        units += utf16_units(line) + 1
        if units > _UNITS_SHOWN:
            lines.append(line[:_LINE_SHOWN])
            break
        lines.append(line)
    return "\n".join([*lines, "…"])


def _escaped(plain: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]~<$|" else char for char in plain)
