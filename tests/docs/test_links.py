"""Every link of the documentation leads somewhere, and what it names is there."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from bot.settings import Settings
from llm.config import ModelConfig
from llm.tasks.classification import MessageKind
from tests.docs.pages import ROOT, Page, pages

PAGES = pages()
NAMES = [page.name for page in PAGES]
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)
# Pages about other programs name files and variables of theirs.
OUR_PAGES = [page for page in PAGES if "reference" not in page.path.parts]
about_us = pytest.mark.parametrize("page", OUR_PAGES, ids=[page.name for page in OUR_PAGES])
# Variables of others that are spoken of.
NOT_OURS = {"HTTP_PROXY"}
FOR_DEVELOPMENT = {"DOMOVOY_ENGINES", "DOMOVOY_WRITE_MATRIX", "TEST_WORKERS"}
LANGUAGES = {"sh", "dotenv", "text", "mermaid", "python", "fluent", "caddyfile", "nginx"}


@each_page
def test_links_within_the_repository_lead_to_files_and_headings(page: Page):
    for link in page.links:
        if urlsplit(link).scheme:
            continue
        name, _, anchor = link.partition("#")
        target = (page.path.parent / name).resolve() if name else page.path
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in Page(target).anchors, link


@each_page
def test_links_to_elsewhere_are_whole_addresses(page: Page):
    for link in page.links:
        if urlsplit(link).scheme:
            place = urlsplit(link)
            assert place.scheme == "https", link
            assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", place.hostname or ""), link


def test_every_page_is_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        here = ahead.pop()
        reached.add(here)
        leads = {(here.parent / link.partition("#")[0]).resolve() for link in Page(here).links if "://" not in link}
        ahead += [path for path in leads - reached if path.suffix == ".md"]
    assert {page.path for page in PAGES} == reached


@each_page
def test_a_page_has_one_title_and_leaves_out_no_level(page: Page):
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_page
def test_blocks_of_code_say_what_they_are_in(page: Page):
    assert {language for language, _ in page.blocks} <= LANGUAGES


def test_sections_that_docstrings_name_exist():
    """`servers.md 1.7` in a docstring or a comment is a section of docs/reference/servers.md."""
    sections = {
        path.name: set(re.findall(r"^#+ (\d+(?:\.\d+|[a-z])?)\.? ", path.read_text(), re.MULTILINE))
        for path in (ROOT / "docs" / "reference").iterdir()
    }
    section = rf"({'|'.join(sections)})((?:,? (?:and |to )?\d[\w.]*)+)"
    named = set()
    for room in ("bot", "llm", "storage", "tests", "bench"):
        for path in (ROOT / room).rglob("*.py"):
            for name, numbers in re.findall(section, path.read_text()):
                named |= {(name, number.rstrip(".")) for number in re.findall(r"\d[\w.]*", numbers)}
    assert len(named) > 40
    assert {(name, number) for name, number in named if number not in sections[name]} == set()


@about_us
def test_files_that_are_named_exist(page: Page):
    """With their place in the repository, or by their name alone where the text says in which room."""
    python = {
        path.name for package in ("bot", "llm", "storage", "tests", "bench") for path in (ROOT / package).rglob("*.py")
    }
    for text in page.inline_code:
        if re.fullmatch(r"(bot|llm|storage|tests|bench|docs|scripts|deploy|\.ci)/[\w./-]*", text):
            assert (ROOT / text).exists(), text
        elif re.fullmatch(r"\w+\.py", text):
            assert text in python, text


@about_us
def test_variables_that_are_named_exist(page: Page):
    fields = {name.upper() for name in ModelConfig.model_fields}
    kinds = {kind.name for kind in MessageKind}
    known = {name.upper() for name in Settings.model_fields} | fields | kinds | NOT_OURS | FOR_DEVELOPMENT
    for text in page.inline_code:
        if name := re.match(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=|__|$)", text):
            assert name[1].split("__")[0] in known, text
