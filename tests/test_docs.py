"""What is documented is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.commands import ADMINS, EVERYONE
from bot.live.groups import AT_START
from bot.settings import Settings, load_settings
from bot.settings.fields import LATER
from llm.config import ModelConfig

ROOT = Path(__file__).parent.parent
NAMES = {name.upper() for name in Settings.model_fields}


def rows() -> dict[str, list[str]]:
    """The rows of the table of settings: variable to its cells."""
    text = (ROOT / "docs/configuration.md").read_text().split("## Fields of a model")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")
    ]
    return {row[0].strip("`"): row for row in cells}


def test_each_setting_stands_in_the_documentation_and_none_stands_there_only():
    assert set(rows()) == NAMES


def test_the_documentation_says_which_settings_are_not_in_force_yet():
    assert {name for name, row in rows().items() if row[2] == "later"} == {name.upper() for name in LATER}


def test_the_documentation_says_which_settings_wait_for_the_next_start():
    assert {name for name, row in rows().items() if row[2] == "start"} == {name.upper() for name in AT_START - LATER}
    assert {row[2] for row in rows().values()} == {"now", "start"} | ({"later"} if LATER else set())


def test_each_setting_stands_in_the_example_and_none_stands_there_only():
    text = (ROOT / ".env.example").read_text()
    found = {name.split("__")[0] for name in re.findall(r"^#?([A-Z][A-Z_0-9]*)=", text, re.MULTILINE)}
    assert found == NAMES


def test_the_example_says_which_settings_are_not_in_force_yet():
    marked, later, within_comment = set(), False, False
    for line in (ROOT / ".env.example").read_text().splitlines():
        name = re.match(r"#?([A-Z][A-Z_0-9]*)=", line)
        if name and later:
            marked.add(name[1].split("__")[0])
        if not name and not within_comment:  # the first line of a comment speaks for all names below it
            later = line.startswith("# [later]")
        within_comment = line.startswith("# ")
    assert marked == {name.upper() for name in LATER}


def test_every_field_of_a_model_is_documented():
    fields = {name.upper() for name in ModelConfig.model_fields}
    example = (ROOT / ".env.example").read_text()
    table = (ROOT / "docs/configuration.md").read_text().split("## Fields of a model")[1]
    first_cells = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"[A-Z_]{3,}", first_cells)) == fields
    assert {name for name in fields if not re.search(rf"\b{name}\b", example)} == set()


def test_every_room_is_in_the_description_of_the_house():
    text = (ROOT / "docs/architecture.md").read_text()
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for package in ("bot", "llm", "storage")
        for path in (ROOT / package).iterdir()
        if path.name[0] != "." and path.name not in ("__init__.py", "__pycache__")
    }
    assert {room for room in rooms if f"{room}`" not in text} == set()


def test_the_example_shows_the_defaults(tmp_path: Path):
    """Every line that is commented out, switched on, changes nothing."""
    text = (ROOT / ".env.example").read_text()
    lines = [
        line.lstrip("#") for line in text.splitlines() if re.match(r"#?[A-Z][A-Z_0-9]*=", line) and "__" not in line
    ]
    (tmp_path / ".env").write_text("\n".join(lines))
    chosen, untouched = load_settings(tmp_path / ".env", {}), load_settings(tmp_path / "none", {})
    assert chosen.model_dump() == untouched.model_dump()


def test_copying_the_example_sets_nothing():
    assert load_settings(ROOT / ".env.example", {}).model_fields_set == set()


def test_the_readme_lists_the_commands():
    text = (ROOT / "README.md").read_text()
    lines = {
        line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith(("| everyone", "| admins"))
    }
    assert re.findall(r"/(\w+)", lines["everyone"]) == list(EVERYONE)
    assert re.findall(r"/(\w+)", lines["admins"]) == list(ADMINS)


def test_the_changelog_has_a_heading_for_what_is_not_released():
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()


def test_every_link_to_a_file_leads_somewhere():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
