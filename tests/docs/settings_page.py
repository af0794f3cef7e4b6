"""The tables of docs/configuration.md, made from the settings: `python -m tests.docs.settings_page` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.live.groups import AT_START
from bot.settings import Settings
from bot.settings.fields import LATER
from llm.config import ModelConfig

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "configuration.md"
EXAMPLE = ROOT / ".env.example"
_UNITS = ((timedelta(hours=1), "h"), (timedelta(minutes=1), "m"), (timedelta(seconds=1), "s"))


def sections() -> dict[str, list[str]]:
    """The settings in the order of .env.example, below its headings."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in EXAMPLE.read_text().splitlines():
        if title := re.match(r"# --- ([^:.]+).* ---$", line):
            heading = title[1].removesuffix(" ---")
            found[heading] = []
        elif name := re.match(r"#?([A-Z][A-Z_0-9]*)=", line):
            setting = name[1].split("__")[0].lower()
            if setting not in found[heading]:
                found[heading].append(setting)
    return found


def settings_tables() -> str:
    """A table for each heading."""
    tables = []
    for heading, names in sections().items():
        lines = [f"### {heading}", "", *_header("variable", "default", "in force", "meaning")]
        for name in names:
            field = Settings.model_fields[name]
            lines.append(f"| `{name.upper()}` | {default_of(field)} | {in_force(name)} | {meaning(field)} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


def fields_table(model: type[BaseModel]) -> str:
    """The fields of a model."""
    fields = model.model_fields.items()
    rows = [f"| `{name.upper()}` | {default_of(field)} | {meaning(field)} |" for name, field in fields]
    return "\n".join([*_header("field", "default", "meaning"), *rows])


def in_force(name: str) -> str:
    """When a change takes effect."""
    if name in LATER:
        return "later"
    return "start" if name in AT_START else "now"


def meaning(field: FieldInfo) -> str:
    """What is said of a field where it stands in the program, as one line."""
    assert field.description
    return re.sub(r"\s+", " ", field.description).strip().replace("|", r"\|")


def default_of(field: FieldInfo) -> str:
    """The default as it would be written into `.env`."""
    if field.is_required():
        return "–"
    written = _written(field.get_default(call_default_factory=True))
    return f"`{written}`" if written else "empty"


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case SecretStr():
            return value.get_secret_value()
        case timedelta():
            return next(f"{value // unit}{letter}" for unit, letter in _UNITS if not value % unit)
        case (float(), *_):
            return f"[{', '.join(f'{one:g}' for one in value)}]"
        case float():
            return f"{value:g}"
        case int() | str():
            return str(value)
        case _:
            assert not value or value == type(value)(), value
            return ""


def _header(*titles: str) -> Iterable[str]:
    return f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"


def page() -> str:
    """The page with tables that are up to date."""
    text = PAGE.read_text()
    for what, table in (("settings", settings_tables()), ("fields", fields_table(ModelConfig))):
        marks = re.search(rf"(?s)(<!-- The {what}: [^\n]* -->\n).*(<!-- End of the {what}\. -->)", text)
        assert marks, what
        text = f"{text[: marks.start()]}{marks[1]}\n{table}\n\n{marks[2]}{text[marks.end() :]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page())
