"""Words about what is kept of a person, where it goes, and what deleting it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.i18n import Translator
from bot.views.limits import limit_words
from bot.views.numbers import count, shortened
from llm.routing.serving_model import ServingModel
from llm.servers.kinds import ServerKind
from storage import Forgotten, Kept, Use

LONGEST_EXCERPT = 80
LONGEST_NAME = 60
MOST_MODELS = 12


def privacy_text(
    t: Translator,
    kept: Kept,
    *,
    models: Sequence[ServingModel],
    limits: Mapping[str, int | None],
    today: Use,
    month: Use,
    private: bool,
    at_home: bool = False,
    speech_in_cloud: bool = False,
) -> str:
    """All of it; plain text. What the person wrote is only shown where nobody else reads (`private`)."""
    parts = [
        t("privacy-kept", conversations=kept.conversations, messages=kept.messages),
        t("privacy-how-long"),
        _where(t, models, at_home=at_home, speech_in_cloud=speech_in_cloud),
        _cloud(t, kept, private=private),
        _use(t, limits, today, month),
        t("privacy-rights"),
    ]
    return "\n\n".join(parts)


def forget_question(t: Translator, found: Forgotten) -> str:
    """What would be deleted, what stays, and whether that is wanted."""
    return t("forget-question", conversations=found.conversations, messages=found.messages)


def _where(t: Translator, models: Sequence[ServingModel], *, at_home: bool, speech_in_cloud: bool) -> str:
    """Which models may read what is written, by where they run."""
    names: dict[str, list[str]] = {"home": [], "cloud": []}
    for model in models:
        if model.kind is ServerKind.DEMO or not model.name:
            continue
        found = names["home" if model.local else "cloud"]
        name = shortened(model.name, LONGEST_NAME)
        if name not in found:
            found.append(name)
    lines = [t("privacy-where")]
    if not any(names.values()):
        lines.append(t("privacy-demo"))
    for place, those in names.items():
        if those:
            more = ", …" if len(those) > MOST_MODELS else ""
            lines.append(t(f"privacy-{place}", models=", ".join(those[:MOST_MODELS]) + more))
    if speech_in_cloud:
        lines.append(t("privacy-speech-cloud"))
    if at_home and (names["cloud"] or speech_in_cloud):
        lines.append(t("privacy-at-home"))
    elif names["cloud"]:
        lines.append(t("privacy-cloud-when"))
    elif not speech_in_cloud:
        lines.append(t("privacy-no-cloud"))
    return "\n".join(lines)


def _cloud(t: Translator, kept: Kept, *, private: bool) -> str:
    """How many messages went to a cloud, and the last of them."""
    if not kept.to_cloud:
        return t("privacy-none-to-cloud", asked=kept.asked)
    lines = [t("privacy-to-cloud", number=kept.to_cloud, asked=kept.asked)]
    if (last := kept.last_to_cloud) is not None:
        lines.append(t("privacy-last-to-cloud", at=f"{last.at:%Y-%m-%d %H:%M} UTC", model=last.model))
        if private and (excerpt := " ".join(last.text.split())):
            lines.append(f"«{excerpt[:LONGEST_EXCERPT]}{'…' if len(excerpt) > LONGEST_EXCERPT else ''}»")
    return "\n".join(lines)


def _use(t: Translator, limits: Mapping[str, int | None], today: Use, month: Use) -> str:
    lines = [
        t(key, number=use.requests, requests=count(t, use.requests), tokens=count(t, use.tokens))
        for key, use in (("people-today", today), ("people-month", month))
    ]
    lines += [limit_words(t, name, most) for name, most in limits.items()]
    if (day := limits.get("day")) is not None:
        lines.append(t("privacy-left", tokens=count(t, max(0, day - today.tokens))))
    return "\n".join(lines)
