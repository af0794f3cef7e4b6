"""What the pages for contributors promise: a language is one file, families are listed, CI runs what is said."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from llm.prompts.families.registry import FAMILIES
from tests.docs.pages import ROOT, Page


def test_a_third_language_is_one_file(tmp_path: Path):
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__", "playground"))
    words = (ROOT / "bot" / "locales" / "en.ftl").read_text()
    (tmp_path / "bot" / "locales" / "de.ftl").write_text(words.replace("= English", "= Deutsch"))
    program = """
from bot.i18n import Texts
from bot.views.numbers import decimal
texts = Texts()
t = texts.translator("de-AT")
print(*texts.languages, t("language-name"), decimal(t, 1234.5, 1), texts.own_name("de"))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert run.stdout.split() == ["en", "de", "ru", "Deutsch", "1.234,5", "Deutsch"]


def test_every_family_is_listed():
    assert set(FAMILIES) <= set(Page(ROOT / "docs" / "servers.md").inline_code)


def test_each_way_to_add_something_names_its_tests():
    for page in (ROOT / "docs" / "contributing").iterdir():
        assert [command for command in Page(page).commands() if "pytest" in command], page.name
