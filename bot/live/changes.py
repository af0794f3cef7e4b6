"""What has changed between two settings, in words for admins; of secrets only the names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum

from pydantic import SecretStr

from bot.events import Notice, Said
from bot.live.groups import BUDGETS, CALLS, DETECTION, LIMITS, LOG, OTHERS
from bot.settings import Settings
from bot.settings.fields import LATER
from llm.config import ModelConfig
from llm.wire.address import read_address

MOST_LINES = 20
LONGEST_NAME = 80
# Values that say enough when they stand side by side.
_PLAIN = sorted(CALLS | DETECTION | BUDGETS | LIMITS | LOG | OTHERS)
_OF_THE_LIST = ("PRIMARY_MODEL", "FALLBACK_MODELS")


def changes(before: Settings, now: Settings) -> tuple[Notice, ...]:
    """A line for each change that takes effect at once; none: nothing has changed."""
    lines = [
        *_primary(before, now),
        *_fallbacks(before, now),
        *_others(before, now),
        *_transcription(before, now),
        *_access(before, now),
        *_values(before, now),
    ]
    if len(lines) > MOST_LINES:
        return (*lines[:MOST_LINES], _line("change-more", count=len(lines) - MOST_LINES))
    return tuple(lines)


def _line(key: str, **args: Said) -> Notice:
    return Notice(key, "", args)


def _primary(before: Settings, now: Settings) -> Iterator[Notice]:
    old, new = before.primary_model or _of_three_lines(before), now.primary_model or _of_three_lines(now)
    if _place(before) != _place(now):
        yield _primary_now(now)
    elif old is not None and new is not None:
        yield from _fields("PRIMARY_MODEL", old, new)
    if _key(before) != _key(now):
        short = now.llm_api_key.get_secret_value() or now.primary_model is None
        yield _line("change-key", name="LLM_API_KEY" if short else "PRIMARY_MODEL__API_KEY")


def _of_three_lines(settings: Settings) -> ModelConfig | None:
    base, name = settings.llm_api_base, settings.llm_model
    return ModelConfig(name=name, api_base=base) if base and name else None


def _place(settings: Settings) -> tuple[str, str]:
    model = settings.primary_model
    return (model.api_base, model.name) if model is not None else (settings.llm_api_base, settings.llm_model)


def _key(settings: Settings) -> str:
    return _plain(settings.llm_api_key if settings.primary_model is None else settings.primary_model.api_key)


def _primary_now(settings: Settings) -> Notice:
    base, name = _place(settings)
    if base and name:
        return _line("change-primary", model=_short(name), server=read_address(base).server)
    if base:
        return _line("change-primary-of-server", server=read_address(base).server)
    if name:
        return _line("change-primary-by-name", model=_short(name))
    return _line("change-primary-found")


def _fallbacks(before: Settings, now: Settings) -> Iterator[Notice]:
    old = {(model.api_base, model.name): model for model in before.fallback_models}
    if [(one.api_base, one.name) for one in now.fallback_models] != [
        (one.api_base, one.name) for one in before.fallback_models
    ]:
        names = ", ".join(_short(model.name) for model in now.fallback_models[:MOST_LINES])
        yield _line("change-fallbacks", models=names) if names else _line("change-fallbacks-none")
    for number, model in enumerate(now.fallback_models):
        if (known := old.get((model.api_base, model.name))) is not None:
            yield from _model(f"FALLBACK_MODELS__{number}", known, model)


def _others(before: Settings, now: Settings) -> Iterator[Notice]:
    """The models that are for something of their own."""
    left_out = {name.upper() for name in LATER}
    old, new = before.models, now.models
    for variable in sorted(old.keys() | new.keys()):
        if variable in left_out or variable.split("__")[0] in _OF_THE_LIST:
            continue
        if variable not in new:
            yield _line("change-model-none", variable=variable)
        elif variable not in old or (old[variable].api_base, old[variable].name) != (
            new[variable].api_base,
            new[variable].name,
        ):
            server = read_address(new[variable].api_base).server
            yield _line("change-model", variable=variable, model=_short(new[variable].name), server=server)
        else:
            yield from _model(variable, old[variable], new[variable])


def _model(variable: str, old: ModelConfig, new: ModelConfig) -> Iterator[Notice]:
    yield from _fields(variable, old, new)
    if _plain(old.api_key) != _plain(new.api_key):
        yield _line("change-key", name=f"{variable}__API_KEY")


def _fields(variable: str, old: ModelConfig, new: ModelConfig) -> Iterator[Notice]:
    told = {"name", "api_base", "api_key"}
    changed = [
        name for name in ModelConfig.model_fields if name not in told and getattr(old, name) != getattr(new, name)
    ]
    if changed:
        yield _line("change-fields", variable=variable, fields=", ".join(name.upper() for name in changed))


def _transcription(before: Settings, now: Settings) -> Iterator[Notice]:
    places = [read_address(base).server if (base := one.transcription_api_base) else "–" for one in (before, now)]
    if before.transcription_api_base != now.transcription_api_base:
        yield _line("change-value", name="TRANSCRIPTION_API_BASE", before=places[0], now=places[1])
    if before.transcription_model != now.transcription_model:
        old, new = _short(before.transcription_model), _short(now.transcription_model)
        yield _line("change-value", name="TRANSCRIPTION_MODEL", before=old, now=new)
    if _plain(before.transcription_api_key) != _plain(now.transcription_api_key):
        yield _line("change-key", name="TRANSCRIPTION_API_KEY")


def _access(before: Settings, now: Settings) -> Iterator[Notice]:
    if before.effective_access is not now.effective_access:
        yield _line("change-access", access=now.effective_access.value)
    for key, ids in (
        ("change-admins-added", _missing(now.admin_ids, before.admin_ids)),
        ("change-admins-removed", _missing(before.admin_ids, now.admin_ids)),
        ("change-allowed-added", _missing(now.allowed_ids, before.allowed_ids)),
        ("change-allowed-removed", _missing(before.allowed_ids, now.allowed_ids)),
    ):
        if ids:
            yield _line(key, ids=_ids(ids))


def _values(before: Settings, now: Settings) -> Iterator[Notice]:
    for name in _PLAIN:
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            yield _line("change-value", name=name.upper(), before=_shown(old), now=_shown(new))


def _shown(value: object) -> Said:
    match value:
        case None:
            return "–"
        case bool():
            return str(value).lower()
        case timedelta():
            return value or "0"
        case Enum():
            return str(value.value)
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _missing(ids: tuple[int, ...], others: tuple[int, ...]) -> list[int]:
    return [one for one in ids if one not in others]


def _ids(ids: list[int]) -> str:
    """As text: a number would be shown with spaces or commas in it."""
    more = ", …" if len(ids) > MOST_LINES else ""
    return ", ".join(map(str, ids[:MOST_LINES])) + more


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _plain(key: SecretStr | None) -> str:
    return key.get_secret_value() if key is not None else ""
