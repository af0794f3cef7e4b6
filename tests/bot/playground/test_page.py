"""The playground's page: it is whole, brings everything itself, and fits a strict content policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest

from bot.playground.server import Playground
from llm.clock import SystemClock

STATIC = Path(__file__).parents[3] / "bot" / "playground" / "static"
FILES = sorted(path for path in STATIC.iterdir() if path.is_file())
MODULES = sorted(STATIC.glob("*.js"))
STYLES = sorted(STATIC.glob("*.css"))
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML")
MOST_LINES = 300


class _Page(HTMLParser):
    """Collects the tags of the page with their attributes, and what stands inside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inline: list[str] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style") and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def values(self, name: str) -> set[str]:
        """All values of an attribute."""
        return {attributes[name] for _, attributes in self.tags if name in attributes}


@pytest.fixture(scope="module")
def page() -> _Page:
    parsed = _Page()
    parsed.feed((STATIC / "index.html").read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def script() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in MODULES)


def _imports(path: Path) -> Iterator[Path]:
    for name in re.findall(r'from "\./([\w.]+)"', path.read_text(encoding="utf-8")):
        yield STATIC / name


def _words(script: str, language: str) -> set[str]:
    block = re.search(rf"^  {language}: {{\n(.*?)^  }},$", script, re.DOTALL | re.MULTILINE)
    assert block
    return set(re.findall(r"^    (\w+):", block[1], re.MULTILINE))


async def test_every_file_is_served_with_its_type_and_the_strict_policy() -> None:
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
    async with (
        Playground("127.0.0.1", 0, "42:token", SystemClock()) as playground,
        aiohttp.ClientSession(playground.base_url) as session,
    ):
        for path, kind in [("/", "text/html"), *((f"/static/{file.name}", types[file.suffix]) for file in FILES)]:
            async with session.get(path) as response:
                policy = response.headers["Content-Security-Policy"]
                assert (response.status, response.content_type) == (200, kind), path
                assert "default-src 'self'" in policy or "default-src 'none'" in policy
                assert "unsafe" not in policy


def test_the_page_has_no_inline_script_style_or_handler(page: _Page) -> None:
    assert page.inline == []
    assert [tag for tag, _ in page.tags if tag == "style"] == []
    assert [
        name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")
    ] == []


def test_the_page_refers_only_to_its_own_files_and_icons(page: _Page) -> None:
    addresses = page.values("src") | page.values("href")
    icons = {address for address in addresses if address.startswith("#")}
    assert icons <= {f"#{name}" for name in page.values("id")}
    for address in addresses - icons:
        assert address.startswith("/static/")
        assert (STATIC / address.removeprefix("/static/")).is_file(), address


def test_every_module_is_there_and_used(page: _Page) -> None:
    reached: set[Path] = set()
    waiting = [STATIC / address.removeprefix("/static/") for address in page.values("src") if address.endswith(".js")]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        waiting += _imports(path)
    assert reached == set(MODULES)


def test_styles_take_nothing_from_elsewhere() -> None:
    for path in STYLES:
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", text):
            assert (STATIC / address.removeprefix("/static/")).is_file(), (path.name, address)


def test_scripts_name_no_outside_address(script: str) -> None:
    assert set(re.findall(r"(?:https?|wss?)://[\w./-]+", script)) <= set(NAMESPACES)


@pytest.mark.parametrize(
    "sink",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "createContextualFragment",
    ],
)
def test_scripts_put_text_in_as_text(script: str, sink: str) -> None:
    assert sink not in script


def test_only_the_sanitiser_reads_html() -> None:
    readers = [path.name for path in MODULES if "DOMParser" in path.read_text(encoding="utf-8")]
    assert readers == ["sanitize.js"]


def test_scripts_look_for_parts_that_the_page_has(page: _Page, script: str) -> None:
    wanted = set(re.findall(r'byId\("([\w-]+)"\)', script))
    assert wanted
    assert wanted <= page.values("id")


def test_scripts_use_icons_that_the_page_has(page: _Page, script: str) -> None:
    used = set(re.findall(r'\bicon\("(\w+)"', script)) | {"auto", "light", "dark"}
    assert {f"i-{name}" for name in used} <= page.values("id")


def test_english_and_russian_have_the_same_words_and_all_that_are_used(page: _Page, script: str) -> None:
    english, russian = _words(script, "en"), _words(script, "ru")
    used = set(re.findall(r'\bt\("(\w+)"\)', script))
    for attribute in ("data-i18n", "data-i18n-label", "data-i18n-placeholder"):
        used |= page.values(attribute)
    assert english == russian
    assert used <= english


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_says_its_purpose_first_and_stays_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert re.match(r"(?://|/\*|<!--|<!doctype html><!--) [A-Z]", lines[0])
    assert len(lines) < MOST_LINES
