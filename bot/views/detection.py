"""What a detection has found out, as a table for a phone's width, and how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape

from bot.i18n import Translator
from bot.views.failures import failure_key
from bot.views.numbers import NOTHING, count, decimal, duration, seconds, shortened
from bot.views.stats import FiguresTable, StatsView
from llm.capabilities.detector import Progress
from llm.capabilities.facts import (
    NO_JSON,
    Ability,
    Change,
    Detection,
    Fact,
    Facts,
    FactValue,
    Source,
    SystemMessages,
    Thinking,
)
from llm.errors import Failure
from llm.types import JsonMode

BAR = 12
TITLE_WIDTH = 80
LEAST_SHOWN = 0.01

Format = Callable[[Translator, FactValue], str]

_TOPICS = (
    ("system", "system"),
    ("json", "json"),
    ("context", "context"),
    ("russian", "languages"),
    ("tools", "tools"),
    ("vision", "vision"),
    ("prefill", "prefill"),
)


def progress_text(t: Translator, model: str, progress: Progress | None) -> str:
    """HTML: a bar, how many questions of about how many, and what the present one is about."""
    title = t("detect-title", model=shortened(model, TITLE_WIDTH))
    if progress is None:
        return f"<b>{escape(title)}</b>\n{'▱' * BAR}\n{escape(t('detect-waiting'))}"
    made, of = progress.made, max(1, progress.made + progress.left)
    full = min(BAR, round(BAR * made / of))
    asking = t("detect-asking", number=made + 1, of=max(of, made + 1), topic=t(f"detect-topic-{topic_of(progress)}"))
    return f"<b>{escape(title)}</b>\n{'▰' * full}{'▱' * (BAR - full)}\n{escape(asking)}"


def topic_of(progress: Progress) -> str:
    """What the present question is about."""
    return next((topic for begins, topic in _TOPICS if progress.probe.startswith(begins)), "instructions")


def stopped_text(t: Translator, model: str, progress: Progress | None) -> str:
    """HTML: it was stopped."""
    title = t("detect-title", model=shortened(model, TITLE_WIDTH))
    made = progress.made if progress is not None else 0
    return f"<b>{escape(title)}</b>\n{escape(t('detect-stopped', number=made))}"


def unfinished_text(t: Translator, model: str, failure: Failure | None, reason: str = "") -> str:
    """HTML: the server does not answer now."""
    title = t("detect-title", model=shortened(model, TITLE_WIDTH))
    reason = reason or (t(failure_key(failure)) if failure is not None else "")
    return f"<b>{escape(title)}</b>\n{escape(t('detect-unfinished', reason=reason))}"


def detection_view(t: Translator, detection: Detection, now: datetime) -> StatsView:
    """Everything that was found out, and what is another value than before."""
    title = t("detect-done", model=shortened(detection.key.model, TITLE_WIDTH))
    notes = [
        *_asked(t, detection),
        *_between(t, detection.facts),
        *_told(t, detection.facts),
        *_changes(t, detection, now),
    ]
    return StatsView(title, (FiguresTable(facts_rows(t, detection.facts), headed=True),), notes)


def facts_rows(t: Translator, facts: Facts) -> list[tuple[str, ...]]:
    """A row for each ability: its name, its value, how sure that is."""
    rows: list[tuple[str, ...]] = [("", t("detect-column-value"), t("detect-column-sure"))]
    for ability in Ability:
        fact = facts.get(ability)
        if fact is not None:
            # A share of few tasks is better told by its interval, which stands below.
            sure = "" if ability is Ability.INSTRUCTIONS and fact.low is not None else f"{fact.confidence:.0%}"
            rows.append((ability_name(t, ability), value_text(t, ability, fact), sure))
    return rows


def ability_name(t: Translator, ability: Ability) -> str:
    """What an ability is called."""
    return t(f"ability-{ability.value}".replace("_", "-"))


def value_text(t: Translator, ability: Ability, fact: Fact) -> str:
    """A value as people read it; one that is only known to be so much at least says that."""
    text = _FORMATS.get(ability, _yes_or_no)(t, fact.value)
    at_least = (
        ability is Ability.CONTEXT and fact.source is Source.PROBE and fact.low == fact.value and fact.high is None
    )
    return f"≥ {text}" if at_least else text


def _asked(t: Translator, detection: Detection) -> list[str]:
    if detection.skipped:
        return [t(f"detect-skipped-{detection.skipped}")]
    return [t("detect-asked", number=detection.calls)]


def _between(t: Translator, facts: Facts) -> list[str]:
    fact = facts.get(Ability.INSTRUCTIONS)
    if fact is None or fact.low is None or fact.high is None:
        return []
    ability = ability_name(t, Ability.INSTRUCTIONS)
    return [t("detect-between", ability=ability, low=f"{fact.low:.0%}", high=f"{fact.high:.0%}")]


def _told(t: Translator, facts: Facts) -> list[str]:
    """Which values nobody had to ask the model for."""
    named = {
        source: ", ".join(ability_name(t, ability) for ability in Ability if _is_from(facts.get(ability), source))
        for source in (Source.SETTINGS, Source.SERVER, Source.TABLE)
    }
    return [t(f"detect-from-{source.value}", abilities=names) for source, names in named.items() if names]


def _is_from(fact: Fact | None, source: Source) -> bool:
    return fact is not None and fact.source is source


def _changes(t: Translator, detection: Detection, now: datetime) -> list[str]:
    if detection.before is None:
        return []
    ago = duration(t, (now - detection.before.at).total_seconds())
    changes = detection.changes
    if not changes:
        return [t("detect-unchanged", ago=ago)]
    return [t("detect-changed", ago=ago), *(f"• {_change(t, change)}" for change in changes)]


def _change(t: Translator, change: Change) -> str:
    before, after = (
        NOTHING if fact is None else value_text(t, change.ability, fact) for fact in (change.before, change.after)
    )
    return f"{ability_name(t, change.ability)}: {before} → {after}"


def _yes_or_no(t: Translator, value: FactValue) -> str:
    return t("detect-yes") if value else t("detect-no")


def _tokens(t: Translator, value: FactValue) -> str:
    return count(t, int(value))


def _share(t: Translator, value: FactValue) -> str:
    return f"{float(value):.0%}"


def _rate(t: Translator, value: FactValue) -> str:
    number = float(value)
    return count(t, round(number)) if number >= BAR else decimal(t, number, 1)


def _seconds(t: Translator, value: FactValue) -> str:
    return seconds(t, float(value))


def _system(t: Translator, value: FactValue) -> str:
    return t(f"detect-system-{SystemMessages(str(value)).value}")


def _thinking(t: Translator, value: FactValue) -> str:
    return t(f"detect-thinking-{Thinking(str(value)).value}")


def _json(t: Translator, value: FactValue) -> str:
    name = NO_JSON if value == NO_JSON else JsonMode(str(value)).value
    return t(f"detect-json-{name}")


_FORMATS: Mapping[Ability, Format] = {
    Ability.CONTEXT: _tokens,
    Ability.SYSTEM: _system,
    Ability.JSON: _json,
    Ability.INSTRUCTIONS: _share,
    Ability.THINKING: _thinking,
    Ability.PREFILL_SPEED: _rate,
    Ability.DECODE_SPEED: _rate,
    Ability.LOAD_SECONDS: _seconds,
}
