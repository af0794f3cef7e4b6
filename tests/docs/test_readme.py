"""What the two READMEs promise holds, and both promise the same."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.commands import ADMINS, EVERYONE
from bot.i18n import Texts
from bot.settings import Settings, load_settings
from llm.servers.discover import _KIND_OF_PORT
from llm.servers.hosts import is_local
from llm.servers.kinds import ServerKind
from tests.docs.pages import ROOT, Page

ENGLISH, RUSSIAN = Page(ROOT / "README.md"), Page(ROOT / "README.ru.md")
both = pytest.mark.parametrize("page", [ENGLISH, RUSSIAN], ids=["en", "ru"])
SERVERS = [ServerKind.OLLAMA, ServerKind.VLLM, ServerKind.LMSTUDIO, ServerKind.TEXTGEN]


def code_of(page: Page) -> list[tuple[str, str]]:
    """Its blocks, without comments and the spaces before them."""
    return [(language, re.sub(r" *#.*", "", content)) for language, content in page.blocks]


def read_as_settings(content: str, directory: Path) -> Settings:
    """A block as somebody copies it."""
    (directory / ".env").write_text(content)
    return load_settings(directory / ".env", {})


def test_both_have_the_same_sections():
    assert [level for level, _ in ENGLISH.headings] == [level for level, _ in RUSSIAN.headings]


def test_both_have_the_same_code():
    assert code_of(ENGLISH) == code_of(RUSSIAN)


def test_both_lead_to_the_same_places():
    assert ENGLISH.links[1:] == RUSSIAN.links[1:]
    assert (ENGLISH.links[0], RUSSIAN.links[0]) == ("README.ru.md", "README.md")


def test_both_have_the_same_tables():
    def shape(page: Page) -> list[int]:
        return [line.count("|") for line in page.path.read_text().splitlines() if line.startswith("|")]

    assert shape(ENGLISH) == shape(RUSSIAN)


def test_both_name_the_same_things():
    """What stands in backticks; an example of a question is translated."""
    english, russian = (sorted(set(page.inline_code)) for page in (ENGLISH, RUSSIAN))
    assert set(english) - set(russian) == {"@bot question"}
    assert set(russian) - set(english) == {"@бот вопрос"}


@both
def test_the_commands_of_everyone_and_of_admins_are_listed(page: Page):
    listed = [line for line in page.path.read_text().splitlines() if line.startswith("|") and "`/start`" in line]
    listed += [line for line in page.path.read_text().splitlines() if line.startswith("|") and "`/models`" in line]
    assert [re.findall(r"`/(\w+)`", line) for line in listed] == [list(EVERYONE), list(ADMINS)]


@both
def test_buttons_are_called_as_they_are(page: Page):
    t = Texts().translator("ru" if page is RUSSIAN else "en")
    assert all(t(key) in page.path.read_text() for key in ("access-allow", "access-refuse"))


def test_the_settings_are_for_the_servers_that_they_name(tmp_path: Path):
    blocks = [content for language, content in ENGLISH.blocks if language == "dotenv"]
    assert [3 <= len(content.splitlines()) <= 6 for content in blocks] == [True] * 5
    for kind, content in zip(SERVERS, blocks, strict=False):
        settings = read_as_settings(content, tmp_path)
        assert _KIND_OF_PORT[urlsplit(settings.llm_api_base).port or 0] is kind
        assert settings.llm_model
        assert settings.playground


def test_what_further_fields_say_is_in_force(tmp_path: Path):
    ollama, _, lm_studio, textgen, _ = (content for language, content in ENGLISH.blocks if language == "dotenv")
    models = [read_as_settings(content, tmp_path).primary_model for content in (ollama, lm_studio, textgen)]
    assert all(model is not None for model in models)
    assert [model.capabilities.max_context for model in models if model] == [16384, None, 8192]
    assert [model.keep_alive for model in models if model] == [None, "1h", None]


def test_the_cloud_is_a_fallback_with_a_budget_beside_any_of_the_servers(tmp_path: Path):
    *local, cloud = (content for language, content in ENGLISH.blocks if language == "dotenv")
    for content in ("", *local):
        settings = read_as_settings(content + cloud, tmp_path)
        [model] = settings.fallback_models
        assert not is_local(urlsplit(model.api_base).hostname or "")
        assert model.price_in > 0
        assert model.price_out > 0
        assert list(settings.cloud_budgets.values()) == [1]
