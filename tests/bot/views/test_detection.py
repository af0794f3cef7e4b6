"""What was found out of a model reads the same everywhere, in both languages, and fits a phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.i18n import LANGUAGES, Texts
from bot.views.detection import detection_view, facts_rows, progress_text, stopped_text, topic_of, value_text
from bot.views.stats import aligned, stats_caption
from llm.capabilities.detector import Progress
from llm.capabilities.facts import (
    NO_JSON,
    Ability,
    Detection,
    Fact,
    FactValue,
    Known,
    ModelKey,
    Source,
    SystemMessages,
    Thinking,
)
from llm.capabilities.questions import INSTRUCTIONS, JSON, VISION
from llm.types import JsonMode

NOW = datetime(2026, 11, 26, tzinfo=UTC)
KEY = ModelKey("127.0.0.1:11434", "qwen3:8b")
PHONE = 34
"""Letters of one width that a phone shows in a line."""

EVERY: list[tuple[Ability, FactValue]] = [
    (Ability.CONTEXT, 131072),
    *((Ability.SYSTEM, one.value) for one in SystemMessages),
    *((Ability.JSON, one.value) for one in JsonMode),
    (Ability.JSON, NO_JSON),
    *((Ability.THINKING, one.value) for one in Thinking),
    *(
        (ability, flag)
        for ability in Ability
        for flag in (True, False)
        if ability.value in {"vision", "silent_truncation"}
    ),
    (Ability.INSTRUCTIONS, 0.857),
    (Ability.PREFILL_SPEED, 12345.6),
    (Ability.DECODE_SPEED, 7.25),
    (Ability.LOAD_SECONDS, 125.0),
]


def fact(value: FactValue, source: Source = Source.PROBE, **more: float) -> Fact:
    return Fact(value, source, 0.95, NOW, **more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("ability", "value"), EVERY)
def test_each_value_has_words_and_fits_a_phones_width(language: str, ability: Ability, value: FactValue) -> None:
    t = Texts().translator(language)
    lines = aligned(facts_rows(t, {ability: fact(value)})).splitlines()
    assert max(map(len, lines)) <= PHONE
    assert value_text(t, ability, fact(value)) in lines[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_table_fits_a_phones_width(language: str) -> None:
    t = Texts().translator(language)
    facts = {ability: fact(value) for ability, value in EVERY} | {
        Ability.RUSSIAN: fact(True),
        Ability.TOOLS: fact(False),
    }
    assert max(map(len, aligned(facts_rows(t, facts)).splitlines())) <= PHONE


def test_what_is_only_known_to_be_read_at_least_says_so() -> None:
    t = Texts().translator("en")
    assert value_text(t, Ability.CONTEXT, fact(9024, low=9024)) == "≥ 9,024"
    assert value_text(t, Ability.CONTEXT, fact(4096, low=3686, high=7372)) == "4,096"
    assert value_text(t, Ability.CONTEXT, fact(4096, Source.SERVER)) == "4,096"


def test_a_detection_says_what_was_told_what_is_a_guess_and_what_is_new() -> None:
    t = Texts().translator("en")
    before = Known("f", {Ability.JSON: fact("schema")}, NOW - timedelta(days=2))
    facts = {
        Ability.CONTEXT: fact(8192, Source.SERVER),
        Ability.JSON: fact("prompt"),
        Ability.PREFILL: fact(False, Source.TABLE),
        Ability.VISION: fact(False, Source.SETTINGS),
    }
    view = detection_view(t, Detection(KEY, "f", facts, before, calls=9), NOW)
    assert view.title == "What qwen3:8b can do"
    assert list(view.notes) == [
        "It took 9 short questions.",
        "From your settings: Sees images.",
        "Told by the server: Context.",
        "As is usual, not seen: Continues.",
        "Other than 2 d ago:",
        "• Context: – → 8,192",
        "• JSON answers: by schema → if asked",
        "• Sees images: – → no",
        "• Continues: – → no",
    ]
    same = detection_view(t, Detection(KEY, "f", before.facts, before, calls=9), NOW)
    assert same.notes[-1] == "Nothing is other than 2 d ago."
    first = detection_view(t, Detection(KEY, "f", facts, None, skipped="cloud"), NOW)
    assert first.notes[0].startswith("It is in a cloud")
    assert len(first.notes) == 4


def test_a_models_name_is_no_markup() -> None:
    t = Texts().translator("en")
    view = detection_view(t, Detection(ModelKey("s", "<b>&x"), "f", {}, None), NOW)
    assert "&lt;b&gt;&amp;x" in stats_caption(view)
    assert "&lt;b&gt;" in progress_text(t, "<b>", None)
    assert "&lt;b&gt;" in stopped_text(t, "<b>", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bar_fills_and_each_question_has_a_topic(language: str) -> None:
    t = Texts().translator(language)
    bars = []
    for made in range(12):
        text = progress_text(t, "m", Progress(KEY, made, 12 - made, "word"))
        bars.append(text.count("▰"))
        assert text.count("▰") + text.count("▱") == 12
    assert bars == sorted(bars)
    assert (bars[0], bars[-1]) == (0, 11)
    for probe in (*INSTRUCTIONS, *JSON.values(), VISION, "context_600_2400_start", "prefill", "tools", "russian_again"):
        topic = topic_of(Progress(KEY, 0, 1, probe))
        assert t(f"detect-topic-{topic}")
