"""What stands in a settings file, and in which line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from bot.errors import Problem


@dataclass(frozen=True, slots=True)
class EnvFile:
    """`values` by their names as they are written, `lines` by the names in capitals: where each was set last.

    `problems` are the lines that say nothing. A file that is not there has none of all three.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_env(path: Path) -> EnvFile:
    """Read a file. Blocks; never fails."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return EnvFile()
    except OSError as error:
        return unreadable(path, type(error).__name__)
    return parse_env(content, path)


def unreadable(path: Path, reason: str) -> EnvFile:
    """A file that is there and can't be read; `reason` is the name of an error."""
    return EnvFile(problems=(Problem(str(path), None, f"cannot be read as a text file: {reason}"),))


def parse_env(content: bytes, path: Path) -> EnvFile:
    """What a file says; `path` is its name for messages."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unreadable(path, type(error).__name__)
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems = []
    for binding in parse_stream(StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))):
        if binding.error or (binding.key is not None and binding.value is None):
            # The text itself is not shown: it may be a secret.
            allowed = "must be NAME=value, with quotation marks closed"
            problems.append(Problem(str(path), None, allowed, _line(binding)))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
            lines[binding.key.upper()] = _line(binding)
    return EnvFile(values, lines, tuple(problems))


def located(problems: Iterable[Problem], file: EnvFile, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """The same problems with their lines, as far as it is the file that causes them and not the environment."""
    elsewhere = {name.upper() for name in environ}
    return tuple(
        one if one.line is not None else replace(one, line=_line_of(one.variable, file.lines, elsewhere))
        for one in problems
    )


def _line(binding: Binding) -> int:
    """Where it begins: the parser counts the empty lines before it to it."""
    blank = len(binding.original.string) - len(binding.original.string.lstrip())
    return binding.original.line + binding.original.string[:blank].count("\n")


def _line_of(variable: str, lines: Mapping[str, int], elsewhere: set[str]) -> int | None:
    """Where a variable is set; a field of a model that is missing: where the model is."""
    if variable.endswith("…"):  # shown without what may be a value
        shown = variable[:-1]
        return min((line for name, line in lines.items() if name.startswith(shown) and name != shown), default=None)
    name = variable
    while name:
        if name in elsewhere:
            return None
        if name in lines:
            return lines[name]
        within = [line for other, line in lines.items() if other.startswith(f"{name}__")]
        if within:
            return min(within)
        name = name.rpartition("__")[0]
    return None
