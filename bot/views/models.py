"""Servers and models as text for a phone's width."""

from __future__ import annotations

from html import escape

from bot.i18n import Translator
from llm.errors import NoModelAvailable
from llm.routing.pool import ModelPool
from llm.routing.serving_model import Candidate, ModelSource, ServingModel
from llm.servers.kinds import ServerKind


def models_text(t: Translator, pool: ModelPool) -> str:
    """HTML: a block for each server that the last look has met, the one that answers first."""
    title = f"<b>{escape(t('models-title'))}</b>"
    rows = sorted(pool.candidates(), key=lambda row: (not row.chosen, not row.fallback))
    if not rows:
        return f"{title}\n\n{escape(t('models-none'))}"
    source = _source(pool.primary)
    return "\n\n".join([title, *(_block(t, row, source) for row in rows)])


def _block(t: Translator, row: Candidate, source: ModelSource | None) -> str:
    name = escape(row.model or "–")
    heading = f"<b>{name}</b>"
    if row.chosen and source is not None:
        heading += f" – {escape(t('models-in-use'))}, {escape(t(f'models-source-{source.value}'))}"
    elif row.fallback:
        heading += f" – {escape(t('models-fallback'))}"
    context = t("models-unknown") if row.context is None else t("models-context-tokens", tokens=str(row.context))
    lines = [
        f"{t('models-server')}: {row.server} ({row.kind.value})",
        f"{t('models-context')}: {context}",
        f"{t('models-state')}: {t(f'models-state-{row.state.value}'.replace('_', '-'))}",
    ]
    if row.note and row.kind is not ServerKind.DEMO:
        lines.append(row.note)
    return "\n".join([heading, *(escape(line) for line in lines)])


def _source(models: ServingModel) -> ModelSource | None:
    try:
        return models.current().source
    except NoModelAvailable:
        return None
