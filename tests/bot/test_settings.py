"""Settings: what is read, what is refused, and what a refusal says."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Problem, SettingsError
from bot.settings import AccessMode, RichMode, Settings, format_problems, load_settings

NOWHERE = Path("/nonexistent/.env")
TOKEN = "123456789:AAE" + "x" * 32


def load(**environ: str) -> Settings:
    return load_settings(NOWHERE, environ)


def problems(**environ: str) -> dict[str, Problem]:
    with pytest.raises(SettingsError) as caught:
        load(**environ)
    return {problem.variable: problem for problem in caught.value.problems}


def test_with_nothing_set_everything_has_its_default():
    settings = load()
    assert settings.playground
    assert settings.timeout_seconds == 30
    assert settings.max_retries == 3
    assert settings.fallback_enabled
    assert settings.redetect_every == timedelta(hours=24)
    assert settings.not_yet_in_force() == ()


def test_an_empty_value_counts_as_not_set():
    assert load(ACCESS="", TIMEOUT_SECONDS=" ").model_fields_set == set()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BOT_TOKEN", "no-token", "@BotFather"),
        ("ADMIN_IDS", "1,x", "positive numbers"),
        ("ALLOWED_IDS", "-5", "positive"),
        ("ACCESS", "everybody", "'open', 'approve' or 'allowlist'"),
        ("TELEGRAM_API_BASE", "localhost:8081", "http://"),
        ("LLM_API_BASE", "ftp://127.0.0.1", "http://"),
        ("DATABASE_URL", "mysql://h/d", "sqlite+aiosqlite:///"),
        ("TIMEOUT_SECONDS", "0", "greater than 0"),
        ("TIMEOUT_SECONDS", "soon", "number"),
        ("MAX_RETRIES", "99", "20"),
        ("REDETECT_EVERY", "1 week", "24h"),
        ("REDETECT_EVERY", "9999999999999d", "calendar"),
        ("CLOUD_BUDGET_MONTH", "inf", "finite"),
        ("CLOUD_BUDGET_DAY", "-1", "greater than or equal to 0"),
        ("RICH_MESSAGES", "maybe", "'ask', 'always' or 'never'"),
        ("SELECTION", "random", "'auto' or 'ordered'"),
        ("PLAYGROUND_HOST", "0.0.0.0", "this machine"),  # noqa: S104 - refused, that is the test
        ("PLAYGROUND_PORT", "70000", "65535"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("LOG_FORMAT", "xml", "'console'"),
        ("FALLBACK_ENABLED", "perhaps", "boolean"),
    ],
)
def test_a_wrong_value_names_the_variable_and_what_is_allowed(name: str, value: str, words: str):
    found = problems(**{name: value})
    assert list(found) == [name]
    assert words in found[name].allowed
    shown = format_problems(tuple(found.values()))
    assert name in shown
    assert words in shown
    secret = name in ("BOT_TOKEN", "DATABASE_URL")
    assert (repr(value) in shown) is not secret


def test_all_faults_are_told_at_once():
    assert set(problems(ACCESS="x", LOG_LEVEL="y", MAX_RETRIES="z")) == {"ACCESS", "LOG_LEVEL", "MAX_RETRIES"}


# The mark keeps a drawn secret from being a word that a message has of its own, such as "postgres".
SECRETS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=4, max_size=40).map(lambda text: f"8q{text}")


@given(SECRETS)
def test_no_refusal_shows_a_secret(secret: str):
    with pytest.raises(SettingsError) as caught:
        load(
            BOT_TOKEN=f"{secret}!",
            TELEGRAM_API_BASE=f"ftp://me:{secret}@host",
            PRIMARY_MODEL__API_KEY=secret,
            PRIMARY_MODEL__APIKEE=secret,
            PRIMARY_MODEL__MAX_TOKENS="0",
            FALLBACK_MODELS=f'[{{"name": "x", "api_key": "{secret}"}}, "{secret}"]',
            CLASSIFICATION_MODEL=f'"{secret}"',
            DATABASE_URL=f"mysql://u:{secret}@host/db",
        )
    assert len(caught.value.problems) > 7
    for shown in (format_problems(caught.value.problems), str(caught.value), repr(caught.value)):
        assert secret not in shown


@given(SECRETS, st.sampled_from(["PRIMARY_MODEL", "FALLBACK_MODELS", "FALLBACK_MODELS__0"]))
def test_json_that_is_broken_or_of_the_wrong_kind_shows_no_secret(secret: str, name: str):
    for value in (secret, f'"{secret}"', f'{{"api_key": "{secret}"', f'["{secret}", {{"{secret}": 1}}'):
        with pytest.raises(SettingsError) as caught:
            load(**{name: value})
        assert secret not in format_problems(caught.value.problems)


@given(SECRETS)
def test_no_refusal_of_the_file_shows_a_secret(secret: str):
    with TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_text(f'{secret} here\nLLM_API_KEE={secret}\nBOT_TOKEN {secret}\nLLM_API_KEY="{secret}\n')
        with pytest.raises(SettingsError) as caught:
            load_settings(file, {})
        assert secret not in format_problems(caught.value.problems).replace(folder, "")


def test_a_wrong_number_of_tokens_is_shown_although_its_name_is_like_a_secret():
    model = {"PRIMARY_MODEL__NAME": "a", "PRIMARY_MODEL__API_BASE": "http://h"}
    assert problems(**model, PRIMARY_MODEL__MAX_TOKENS="0")["PRIMARY_MODEL__MAX_TOKENS"].value == "0"


def test_a_misspelt_field_of_a_model_gets_a_suggestion():
    found = problems(PRIMARY_MODEL__NAME="a", PRIMARY_MODEL__API_BASE="http://h", PRIMARY_MODEL__MAX_TOKNS="5")
    assert "MAX_TOKENS" in found["PRIMARY_MODEL__MAX_TOKNS"].allowed


def test_a_misspelt_field_of_the_capabilities_gets_a_suggestion():
    model = {"PRIMARY_MODEL__NAME": "a", "PRIMARY_MODEL__API_BASE": "http://h"}
    found = problems(**model, PRIMARY_MODEL__CAPABILITIES__MAX_CONTXT="8192")
    assert "MAX_CONTEXT" in found["PRIMARY_MODEL__CAPABILITIES__MAX_CONTXT"].allowed


def test_a_missing_field_of_a_model_is_named_by_its_variable():
    assert problems(PRIMARY_MODEL__NAME="a")["PRIMARY_MODEL__API_BASE"].allowed == "is missing"
    assert "FALLBACK_MODELS__0__API_BASE" in problems(FALLBACK_MODELS='[{"name": "x"}]')


def test_fallback_models_may_be_json_or_numbered():
    as_json = load(FALLBACK_MODELS='[{"name": "a", "api_base": "http://a"}, {"name": "b", "api_base": "http://b"}]')
    numbered = load(
        FALLBACK_MODELS__1__NAME="b",
        FALLBACK_MODELS__1__API_BASE="http://b",
        FALLBACK_MODELS__0__NAME="a",
        FALLBACK_MODELS__0__API_BASE="http://a",
    )
    assert as_json.fallback_models == numbered.fallback_models
    assert [model.name for model in numbered.multi_model().fallback_models] == ["a", "b"]
    assert numbered.not_yet_in_force() == ()


def test_fields_of_several_values_are_json_however_the_model_is_given():
    def model(name: str) -> dict[str, str]:
        return {
            f"{name}__NAME": "a",
            f"{name}__API_BASE": "h:1",
            f"{name}__TAGS": '["x", "y"]',
            f"{name}__TEMPERATURE_RANGE": "[0, 1]",
            f"{name}__CAPABILITIES": '{"max_context": 8192}',
        }

    settings = load(
        **model("PRIMARY_MODEL"), **model("FALLBACK_MODELS__0"), FALLBACK_MODELS__1='{"name":"b","api_base":"h"}'
    )
    assert settings.primary_model == settings.fallback_models[0]
    assert settings.fallback_models[0].tags == ("x", "y")
    assert settings.fallback_models[0].temperature_range == (0, 1)
    assert settings.fallback_models[0].capabilities.max_context == 8192
    assert settings.fallback_models[1].name == "b"
    deeper = load(**model("PRIMARY_MODEL") | {"PRIMARY_MODEL__CAPABILITIES__VISION": "true"})
    assert deeper.primary_model is not None
    assert deeper.primary_model.capabilities.vision


@pytest.mark.parametrize("field", ["TAGS", "TEMPERATURE_RANGE", "CAPABILITIES"])
@pytest.mark.parametrize("model", ["PRIMARY_MODEL", "AUGMENTATION_MODEL", "FALLBACK_MODELS__0"])
def test_a_field_that_must_be_json_and_is_none_is_named(model: str, field: str):
    name = f"{model}__{field}"
    found = problems(**{f"{model}__NAME": "a", f"{model}__API_BASE": "http://h", name: "a,b"})
    assert list(found) == [name]
    assert "must be JSON" in found[name].allowed


@pytest.mark.parametrize("value", ["5", '"text"', "[1]"])
def test_json_of_the_wrong_kind_says_what_a_model_is(value: str):
    assert "JSON object" in problems(PRIMARY_MODEL=value)["PRIMARY_MODEL"].allowed
    assert "JSON" in problems(FALLBACK_MODELS=value)["FALLBACK_MODELS"].allowed


def test_numbers_may_have_zeros_before_them_and_must_be_numbers():
    found = load(FALLBACK_MODELS__00__NAME="a", FALLBACK_MODELS__00__API_BASE="http://a").fallback_models
    assert [model.name for model in found] == ["a"]
    assert "numbered" in problems(FALLBACK_MODELS__FIRST__NAME="a")["FALLBACK_MODELS"].allowed


def test_a_list_and_numbered_models_together_are_refused():
    found = problems(FALLBACK_MODELS="[]", FALLBACK_MODELS__0__NAME="a", FALLBACK_MODELS__0__API_BASE="http://a")
    assert "FALLBACK_MODELS__0__NAME" in found["FALLBACK_MODELS"].allowed


def test_the_address_and_the_key_of_each_model_are_checked():
    found = problems(
        FALLBACK_MODELS='[{"name": "a", "api_base": "ftp://a", "api_key": "\u2026"}]', LLM_API_KEY="sk-\u2026"
    )
    assert set(found) == {"FALLBACK_MODELS__0__API_BASE", "FALLBACK_MODELS__0__API_KEY", "LLM_API_KEY"}


def test_a_gap_in_the_numbers_is_refused():
    found = problems(
        FALLBACK_MODELS__0__NAME="a", FALLBACK_MODELS__0__API_BASE="http://a", FALLBACK_MODELS__2__NAME="c"
    )
    assert "found 0, 2" in found["FALLBACK_MODELS"].allowed


def test_broken_json_says_where_it_breaks():
    assert problems(FALLBACK_MODELS='[{"name":}]')["FALLBACK_MODELS"].allowed.endswith("character 10")


def test_two_ways_to_name_the_primary_model_must_not_disagree():
    found = problems(LLM_MODEL="a", PRIMARY_MODEL__NAME="b", PRIMARY_MODEL__API_BASE="http://h")
    assert "PRIMARY_MODEL__NAME" in found["LLM_MODEL"].allowed
    same = load(LLM_MODEL="b", LLM_API_BASE="http://h/", PRIMARY_MODEL__NAME="b", PRIMARY_MODEL__API_BASE="http://h")
    assert same.primary_model is not None


def test_ids_are_split_at_commas():
    assert load(ADMIN_IDS="5, 6,").admin_ids == (5, 6)
    assert load(ADMIN_IDS="7").admin_ids == (7,)


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("90s", 90), ("30m", 1800), ("1.5h", 5400), ("7D", 604800)])
def test_durations_have_units(text: str, seconds: int):
    assert load(REDETECT_EVERY=text).redetect_every == timedelta(seconds=seconds)


def test_the_page_is_open_and_has_its_own_database_unless_something_else_is_set():
    page, bot = load(), load(BOT_TOKEN=TOKEN)
    assert (page.effective_access, bot.effective_access) == (AccessMode.OPEN, AccessMode.APPROVE)
    assert page.effective_database_url != bot.effective_database_url
    assert load(ACCESS="Approve").effective_access is AccessMode.APPROVE
    assert load(DATABASE_URL="sqlite+aiosqlite:///x.db").effective_database_url.endswith("x.db")


def test_rich_messages_are_for_whom_they_show():
    assert [RichMode.ASK.applies(chosen) for chosen in (None, False, True)] == [False, False, True]
    assert RichMode.ALWAYS.applies(None)
    assert not RichMode.NEVER.applies(True)


def test_every_secret_that_is_set_is_known_to_the_log():
    settings = load(
        BOT_TOKEN=TOKEN, LLM_API_KEY="key-1", FALLBACK_MODELS='[{"name":"a","api_base":"http://a","api_key":"key-2"}]'
    )
    assert set(settings.secrets) == {TOKEN, "key-1", "key-2"}


def test_passwords_within_addresses_are_known_to_the_log():
    settings = load(
        LLM_API_BASE="http://me:p%40ss-1@h",
        DATABASE_URL="postgresql+asyncpg://u:pass-2@h/db",
        TELEGRAM_API_BASE="http://h",
    )
    assert set(settings.secrets) == {"p%40ss-1", "p@ss-1", "pass-2"}


def test_settings_without_a_feature_are_named_only_when_they_were_changed():
    assert load(MAX_RETRIES="3", SELECTION="auto", TIMEOUT_SECONDS="5").not_yet_in_force() == ()


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://h.example", True),
        ("https://h.example:8443/telegram", True),
        ("https://h.example:80/telegram", True),
        ("http://h.example/telegram", False),
        ("https://h.example:8080/telegram", False),
        ("https://h.example:99999/", False),
        ("h.example", False),
    ],
)
def test_a_webhook_is_where_telegram_calls(address: str, right: bool):
    if right:
        assert load(WEBHOOK_URL=address, BOT_TOKEN=TOKEN).webhook_url == address
    else:
        assert list(problems(WEBHOOK_URL=address, BOT_TOKEN=TOKEN)) == ["WEBHOOK_URL"]


def test_a_bot_api_server_of_ones_own_calls_any_address():
    own = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": "http://127.0.0.1:8081"}
    assert load(WEBHOOK_URL="http://10.0.0.2:9000/x", **own).webhook_url == "http://10.0.0.2:9000/x"
    assert list(problems(WEBHOOK_URL="http://10.0.0.2:99999/x", **own)) == ["WEBHOOK_URL"]


def test_the_secret_of_a_webhook_is_what_telegram_takes():
    assert list(problems(WEBHOOK_SECRET="with spaces")) == ["WEBHOOK_SECRET"]
    assert load(WEBHOOK_SECRET="a-Z_9").webhook_secret.get_secret_value() == "a-Z_9"


def test_a_wrong_setting_ends_the_program_with_two_and_no_traceback(tmp_path: Path):
    environ = {**os.environ, "ACCESS": "everybody", "BOT_TOKEN": "hunter2hunter2", "PYTHONPATH": str(Path.cwd())}
    run = subprocess.run(
        [sys.executable, "-m", "bot"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "ACCESS = 'everybody'" in run.stderr
    assert "BOT_TOKEN" in run.stderr
    assert "hunter2" not in run.stderr
    assert "Traceback" not in run.stderr


def test_a_settings_file_that_was_named_must_exist(tmp_path: Path):
    command = [sys.executable, "-m", "bot", "--env-file", str(tmp_path / "typo.env")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=15)
    assert run.returncode == 2
    assert "--env-file" in run.stderr
    assert "Traceback" not in run.stderr
