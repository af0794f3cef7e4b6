"""Servers and models as text for a phone's width: all of them, and one with everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from bot.i18n import Translator
from bot.model_control import SteeredModel
from bot.views.detection import facts_rows
from bot.views.failures import kind_key
from bot.views.numbers import compact, count, decimal, duration, money, percent, seconds
from bot.views.stats import aligned
from llm.capabilities.facts import Ability, Thinking
from llm.errors import NoModelAvailable
from llm.monitoring import ModelStats
from llm.routing.breaker import BreakerState
from llm.routing.serving_model import Candidate, ModelInUse, ModelSource
from llm.servers.kinds import ServerKind, ServerState
from llm.tasks.classification import MessageKind
from llm.types import Task
from llm.wire.address import read_address

LONGEST = 3000
"""Characters of the configured models, with room for the others."""
MOST_OTHERS = 6
NAME_LENGTH = 120

Today = Mapping[str, ModelStats]
"""The figures of the last 24 hours by the name of the model."""


def models_text(
    t: Translator, models: Sequence[SteeredModel], rows: Sequence[Candidate], today: Today, now: float
) -> str:
    """HTML: a block for each configured model, then the servers that were met beside them; `now` is monotonic."""
    blocks = [f"<b>{escape(t('models-title'))}</b>"]
    for place, one in enumerate(models):
        block = _block(t, one, rows, today, now)
        if sum(map(len, blocks)) + len(block) > LONGEST:
            blocks.append(escape(t("models-more", number=len(models) - place)))
            return "\n\n".join(blocks)
        blocks.append(block)
    others = [row for row in rows if not row.in_use]
    if others:
        lines = [escape(t("models-others"))]
        lines += [f"• {escape(_other(t, row))}" for row in others[:MOST_OTHERS]]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def model_details(
    t: Translator, one: SteeredModel, rows: Sequence[Candidate], today: Today, now: float, moment: datetime
) -> str:
    """HTML: everything about one model; `now` is monotonic, `moment` the same in UTC."""
    lines = [_block(t, one, rows, today, now)]
    try:
        model = one.model.current()
    except NoModelAvailable:
        return lines[0]
    config = model.config
    prefix = "LLM_" if one.target.setting == "LLM_" else one.target.setting
    details = [(t("models-settings"), f"{prefix}*"), (t("models-source"), t(f"models-source-{model.source.value}"))]
    if config.max_tokens is not None:
        details.append((t("models-max-tokens"), count(t, config.max_tokens)))
    if config.price_in or config.price_out:
        details.append((t("models-price"), f"{money(t, config.price_in)} / {money(t, config.price_out)}"))
    stats = today.get(config.name)
    if stats is not None and stats.ttft is not None:
        details.append((t("models-first-token"), seconds(t, stats.ttft.p50)))
    if stats is not None and stats.tokens_per_second is not None:
        details.append((t("models-speed"), decimal(t, stats.tokens_per_second, 1)))
    if stats is not None and stats.failures:
        kinds = ", ".join(f"{t(kind_key(kind))} {number}" for kind, number in list(stats.failures.items())[:4])
        details.append((t("models-failures"), kinds))
    lines.append("\n".join(f"{escape(name)}: {escape(value)}" for name, value in details))
    if model.source is not ModelSource.DEMO:
        lines.append(_known(t, model, moment))
    return "\n\n".join(lines)


def _known(t: Translator, model: ModelInUse, moment: datetime) -> str:
    """HTML: what was found out about it, and when."""
    if model.known is None:
        return escape(t("models-never-known"))
    ago = duration(t, (moment - model.known.at).total_seconds())
    return f"{escape(t('models-known', ago=ago))}\n<pre>{escape(aligned(facts_rows(t, model.known.facts)))}</pre>"


def _block(t: Translator, one: SteeredModel, rows: Sequence[Candidate], today: Today, now: float) -> str:
    try:
        model = one.model.current()
    except NoModelAvailable as error:
        reason = t(f"about-reason-{error.reason}".replace("_", "-"))
        return f"<b>{escape(one.model.name or t('models-nameless'))}</b> – {escape(_part(t, one))}\n{escape(reason)}"
    name = model.config.name
    shown = name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…"
    row = _row_of(model, rows)
    lines = [
        f"<b>{escape(shown)}</b> – {escape(_part(t, one))}",
        escape(_server(t, model)),
        escape(f"{_state(t, one, model, now)} · {_abilities(t, model)}"),
        escape(_figures(t, today.get(name), one.target.breaker.in_flight)),
    ]
    if row is not None and row.note and model.kind is not ServerKind.DEMO and model.state is not ServerState.UP:
        lines.append(escape(row.note))
    return "\n".join(lines)


def _part(t: Translator, one: SteeredModel) -> str:
    """Which part it plays now."""
    if one.target.paused:
        return t("models-paused")
    if one.first:
        return t("models-in-use")
    return _for_task(t, one.target.task) if one.target.task else t("models-fallback")


def _for_task(t: Translator, task: str) -> str:
    """What it alone is for; a kind that only the settings know is shown as it stands there."""
    if task in (Task.CLASSIFICATION, Task.AUGMENTATION, *MessageKind):
        return t(f"models-for-{task}".replace("_", "-"))
    return t("models-for-named", name=task.replace("_", " "))


def _server(t: Translator, model: ModelInUse) -> str:
    if model.source is ModelSource.DEMO:
        return t("models-source-demo")
    where = "models-local" if model.config.local is not False else "models-cloud"
    return f"{read_address(model.config.api_base).server} ({model.kind.value}, {t(where)})"


def _state(t: Translator, one: SteeredModel, model: ModelInUse, now: float) -> str:
    parts = []
    breaker = one.target.breaker
    if breaker.state is BreakerState.CLOSED:
        parts.append(t(f"models-state-{model.state.value}".replace("_", "-")))
    else:
        parts.append(t(f"models-breaker-{breaker.state.value}".replace("_", "-")))
        at = breaker.retry_at
        if at is not None and at > now:
            parts.append(t("models-next-try", time=duration(t, at - now + 1)))
    if model.found is not None and model.found.loaded is not None:
        parts.append(t("models-loaded") if model.found.loaded else t("models-not-loaded"))
    return ", ".join(parts)


def _abilities(t: Translator, model: ModelInUse) -> str:
    context = t("models-unknown") if model.context is None else t("models-tokens", tokens=count(t, model.context))
    parts = [t("models-context", context=context)]
    found, capabilities = model.found, model.capabilities
    thinking = model.known.facts.get(Ability.THINKING) if model.known is not None else None
    if capabilities.vision or (capabilities.vision is None and found is not None and found.vision):
        parts.append(t("models-vision"))
    if thinking.value != Thinking.NONE if thinking is not None else found is not None and found.thinking:
        parts.append(t("models-thinking"))
    if capabilities.supports_json:
        parts.append("JSON")
    if capabilities.instruction_following is not None:
        parts.append(f"{t('ability-instruction-following')} {capabilities.instruction_following:.0%}")
    return " · ".join(parts)


def _figures(t: Translator, stats: ModelStats | None, in_flight: int) -> str:
    parts = [t("models-in-flight", number=in_flight)]
    if stats is None:
        parts.append(t("models-unasked"))
    else:
        requests = compact(t, stats.requests_count)
        parts.append(t("models-today", requests=requests, success=percent(t, stats.success_rate)))
        if stats.latency is not None:
            parts.append(t("models-median", time=seconds(t, stats.latency.p50)))
    return " · ".join(parts)


def _row_of(model: ModelInUse, rows: Sequence[Candidate]) -> Candidate | None:
    return next((row for row in rows if row.model == model.config.name and row.in_use), None)


def _other(t: Translator, row: Candidate) -> str:
    state = t(f"models-state-{row.state.value}".replace("_", "-"))
    return f"{row.server} ({row.kind.value}): {row.model or '–'}, {state}" + (f" – {row.note}" if row.note else "")
