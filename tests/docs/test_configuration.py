"""docs/configuration.md says of each setting what the program says."""

from __future__ import annotations

from bot.settings import Settings
from llm.config import ModelConfig
from tests.docs.settings_page import PAGE, default_of, page, sections


def test_the_page_is_what_the_settings_say():
    assert PAGE.read_text() == page(), "python -m tests.docs.settings_page writes it anew"


def test_every_field_says_what_it_means_in_whole_sentences():
    for name, field in (*Settings.model_fields.items(), *ModelConfig.model_fields.items()):
        assert field.description, name
        assert field.description.rstrip().endswith("."), name


def test_every_setting_is_below_one_heading():
    names = [name for section in sections().values() for name in section]
    assert sorted(names) == sorted(Settings.model_fields)


def test_defaults_are_written_as_in_the_settings_file():
    fields = {**ModelConfig.model_fields, **Settings.model_fields}
    written = {name: default_of(fields[name]) for name in fields}
    assert written["redetect_every"] == "`24h`"
    assert written["hedging"] == "`false`"
    assert written["temperature_range"] == "`[0, 2]`"
    assert written["bot_token"] == written["fallback_models"] == written["capabilities"] == "empty"
    assert written["name"] == "–"
