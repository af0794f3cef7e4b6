"""What has changed, in words; each setting knows when it takes effect, and no secret is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Notice
from bot.i18n import LANGUAGES, Texts
from bot.live.changes import MOST_LINES, changes
from bot.live.groups import (
    ACCESS,
    AT_START,
    BUDGETS,
    CALLS,
    CHOICE,
    DETECTION,
    LIMITS,
    LIVE,
    LOG,
    MODELS,
    OTHERS,
    TRANSCRIPTION,
    held_back,
    waiting,
)
from bot.settings import AccessMode, Settings, load_settings
from bot.settings.fields import LATER
from bot.views.notices import notice_text

TOKEN = "123456789:AAE" + "x" * 32
SPARE = {"FALLBACK_MODELS__0__NAME": "spare", "FALLBACK_MODELS__0__API_BASE": "http://spare:1"}
LINES = {"LLM_API_BASE": "http://h:1", "LLM_MODEL": "m"}


def load(**environ: str) -> Settings:
    return load_settings(Path("/nonexistent/.env"), environ)


def words(before: dict[str, str], now: dict[str, str], language: str = "en") -> list[str]:
    """The lines as an admin reads them, without their bullets."""
    t = Texts().translator(language)
    return [notice_text(t, line).removeprefix("• ") for line in changes(load(**before), load(**now))]


def test_each_setting_takes_effect_at_once_or_at_the_next_start_or_later():
    assert set(Settings.model_fields) == LIVE | AT_START | LATER
    assert not LIVE & (AT_START | LATER)
    assert MODELS | CALLS | DETECTION | BUDGETS | ACCESS | LIMITS | LOG | CHOICE | TRANSCRIPTION | OTHERS == LIVE


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (LINES, LINES, []),
        ({}, LINES, ["m at h:1 answers first."]),
        (LINES, {}, ["What is found on this machine answers first."]),
        (LINES, {"LLM_MODEL": "m"}, ["m answers first, wherever it is found on this machine."]),
        (LINES, {"LLM_API_BASE": "http://h:1"}, ["The first suitable model of h:1 answers first."]),
        (LINES, {"PRIMARY_MODEL__NAME": "m", "PRIMARY_MODEL__API_BASE": "http://h:1"}, []),
        (LINES, {**LINES, "PRIMARY_MODEL__MAX_TOKENS": "9"}, ["PRIMARY_MODEL: changed MAX_TOKENS."]),
        (LINES, {**LINES, "LLM_API_KEY": "k"}, ["LLM_API_KEY: another key."]),
        (
            {**LINES, "PRIMARY_MODEL__API_KEY": "k"},
            {**LINES, "PRIMARY_MODEL__API_KEY": "l"},
            ["PRIMARY_MODEL__API_KEY: another key."],
        ),
        (LINES, {**LINES, **SPARE}, ["When it can not, these do, in this order: spare."]),
        ({**LINES, **SPARE}, LINES, ["There are no fallback models any more."]),
        (SPARE, {**SPARE, "FALLBACK_MODELS__0__API_KEY": "k"}, ["FALLBACK_MODELS__0__API_KEY: another key."]),
        (
            SPARE,
            {**SPARE, "FALLBACK_MODELS__0__PRICE_IN": "1", "FALLBACK_MODELS__0__LOCAL": "false"},
            ["FALLBACK_MODELS__0: changed PRICE_IN, LOCAL."],
        ),
        ({}, {"TASK_MODELS__CODE__NAME": "c", "TASK_MODELS__CODE__API_BASE": "h:2"}, ["TASK_MODELS__CODE: c at h:2."]),
        (
            {"AUGMENTATION_MODEL__NAME": "c", "AUGMENTATION_MODEL__API_BASE": "h:2"},
            {"AUGMENTATION_MODEL__NAME": "d", "AUGMENTATION_MODEL__API_BASE": "h:2"},
            ["AUGMENTATION_MODEL: d at h:2."],
        ),
        (
            {"CLASSIFICATION_MODEL__NAME": "c", "CLASSIFICATION_MODEL__API_BASE": "h:2"},
            {},
            ["CLASSIFICATION_MODEL: none any more."],
        ),
        (
            {"AUGMENTATION_MODEL": '{"name": "c", "api_base": "h:2"}'},
            {"AUGMENTATION_MODEL": '{"name": "c", "api_base": "h:2", "api_key": "k"}'},
            ["AUGMENTATION_MODEL__API_KEY: another key."],
        ),
        ({}, {"ADMIN_IDS": "5,1000006"}, ["New admins: 5, 1000006."]),
        ({"ADMIN_IDS": "5"}, {}, ["No longer an admin by the settings: 5."]),
        ({"ALLOWED_IDS": "5"}, {"ALLOWED_IDS": "6"}, ["May use the bot: 6.", "No longer named in ALLOWED_IDS: 5."]),
        ({}, {"ACCESS": "approve"}, ["An admin decides who may use the bot."]),
        ({"BOT_TOKEN": TOKEN}, {"BOT_TOKEN": TOKEN, "ACCESS": "open"}, ["Everybody may use the bot."]),
        ({}, {"TIMEOUT_SECONDS": "7.5"}, ["TIMEOUT_SECONDS: 30 → 7.5"]),
        ({}, {"REDETECT_EVERY": "0"}, ["REDETECT_EVERY: 1 d → 0"]),
        ({}, {"CLOUD_BUDGET_DAY": "2"}, ["CLOUD_BUDGET_DAY: – → 2"]),
        ({}, {"LIMIT_TOKENS_DAY": "20000"}, ["LIMIT_TOKENS_DAY: – → 20000"]),
        ({}, {"SELECTION": "ordered", "BOT_TOKEN": ""}, []),
    ],
)
def test_each_change_has_its_words(before: dict[str, str], now: dict[str, str], said: list[str]):
    assert words(before, now) == said
    assert len(words(before, now, "ru")) == len(said)


def test_a_long_list_of_changes_is_cut():
    spares = {f"FALLBACK_MODELS__{n}__{field}": f"h{n}" for n in range(30) for field in ("NAME", "API_BASE")}
    dearer = {f"FALLBACK_MODELS__{n}__PRICE_IN": "1" for n in range(30)}
    said = words(spares, {**spares, **dearer})
    assert len(said) == MOST_LINES + 1
    assert said[-1] == "and 10 more"


TEXTS = Texts()
SECRETS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=6, max_size=40).map(lambda text: f"8q{text}")


@given(SECRETS, SECRETS, st.booleans())
def test_no_change_tells_a_secret(old: str, new: str, three_lines: bool):
    def made(key: str) -> Settings:
        primary = "LLM_API_KEY" if three_lines else "PRIMARY_MODEL__API_KEY"
        spare = {
            **SPARE,
            "FALLBACK_MODELS__0__API_BASE": f"http://me:{key}@spare:1",
            "FALLBACK_MODELS__0__API_KEY": key,
        }
        base = {"LLM_API_BASE": f"http://me:{key}@h:1", "LLM_MODEL": "m"}
        return load(**base, **spare, **{primary: key}, WEBHOOK_SECRET=key)

    for language in LANGUAGES:
        t = TEXTS.translator(language)
        notice = Notice("notice-settings-applied", "", {"lines": changes(made(old), made(new))})
        for secret in (old, new):
            assert secret not in notice_text(t, notice)


def test_what_only_the_next_start_can_change_stays_as_it_is_with_all_that_follows_from_it():
    bot, page = load(BOT_TOKEN=TOKEN, MAX_RETRIES="1"), load(MAX_RETRIES="2", METRICS_PORT="9")
    now = held_back(bot, page)
    assert not now.playground
    assert now.effective_access is AccessMode.APPROVE
    assert (now.max_retries, now.metrics_port) == (2, 0)
    assert set(waiting(now, page)) == {"bot_token", "metrics_port"}
    back = held_back(now, bot)
    assert waiting(back, bot) == {}
    assert changes(bot, back) == ()


def test_who_is_let_in_by_default_follows_from_what_runs_and_not_from_what_is_to_come():
    page = load()
    assert page.effective_access is AccessMode.OPEN
    assert held_back(page, load(BOT_TOKEN=TOKEN)).effective_access is AccessMode.OPEN
