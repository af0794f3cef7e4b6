"""Reads the settings from an environment and a `.env` file, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsError

from bot.errors import Problem
from bot.errors import SettingsError as WrongSettings
from bot.settings.env_file import EnvFile, located, read_env
from bot.settings.fields import THREE_LINES, Settings
from bot.settings.given_models import JSON_FIELDS
from bot.settings.problems import MODEL_NAMES, broken_json, from_validation, is_whole_model, unknown_names
from llm.prompts.adapter import template_problem
from llm.wire.address import read_address

WEBHOOK_PORTS = (443, 80, 88, 8443)


def load_settings(env_file: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings; what stands in the environment wins over the file.

    Raises `bot.errors.SettingsError` with every problem that was found, and never shows a secret's value.
    """
    return settings_from(read_env(env_file), environ)


def settings_from(file: EnvFile, environ: Mapping[str, str]) -> Settings:
    """The settings of a file that has been read. Raises as `load_settings` does."""
    try:
        return _checked(file, environ)
    except WrongSettings as error:
        raise WrongSettings(located(error.problems, file, environ)) from None


def _checked(file: EnvFile, environ: Mapping[str, str]) -> Settings:
    known = tuple(name.upper() for name in Settings.model_fields)
    values = {name.upper(): value for name, value in {**file.values, **environ}.items() if value.strip()}
    problems = [*file.problems, *unknown_names((name.upper() for name in file.values), known), *_wrong_json(values)]
    if problems:
        raise WrongSettings(tuple(problems))
    try:
        settings = _from_values(values)
    except ValidationError as error:
        raise WrongSettings(from_validation(error, values)) from None
    except SettingsError as error:
        raise WrongSettings((Problem(str(error), None, "cannot be read"),)) from None
    contradictions = _contradictions(settings)
    if contradictions:
        raise WrongSettings(contradictions)
    return settings


def _wrong_json(values: Mapping[str, str]) -> Iterator[Problem]:
    """Values that must be JSON and are none, and models that are given in two ways of which one would be dropped."""
    for name, value in values.items():
        top, *rest = name.split("__")
        field = top in MODEL_NAMES and bool(rest) and rest[-1].lower() in JSON_FIELDS
        broken = broken_json(name, value) if field or is_whole_model(name) else None
        if broken is not None:
            yield broken
        fields = [other for other in values if other.startswith(f"{name}__")]
        if name.startswith("TASK_MODELS__") and is_whole_model(name) and fields:
            yield Problem(name, None, f"is set, and {fields[0]} too; set one of the two")
    numbered = [name for name in values if name.startswith("FALLBACK_MODELS__")]
    if "FALLBACK_MODELS" in values and numbered:
        yield Problem("FALLBACK_MODELS", None, f"is set, and {numbered[0]} too; set one of the two")


def _from_values(values: Mapping[str, str]) -> Settings:
    """Validate given values, and only those: the process's own environment must not creep in beside them."""

    class Given(EnvSettingsSource):
        def _load_env_vars(self) -> Mapping[str, str | None]:
            return {name.lower(): value for name, value in values.items()}

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (Given(settings_cls),)

    return Loaded()


def _contradictions(settings: Settings) -> tuple[Problem, ...]:
    problems = list(_unfit_for_a_request(settings))
    if settings.primary_model is not None:
        primary: Any = settings.primary_model
        for variable, field in THREE_LINES.items():
            short, long = _plain(getattr(settings, variable.lower())), _plain(getattr(primary, field))
            if short and short.rstrip("/") != long.rstrip("/"):
                other = f"PRIMARY_MODEL__{field.upper()}"
                problems.append(Problem(variable, None, f"says something else than {other}; set one of the two"))
    if (wrong := _wrong_webhook(settings)) is not None:
        problems.append(Problem("WEBHOOK_URL", settings.webhook_url, wrong))
    return tuple(problems)


def _wrong_webhook(settings: Settings) -> str | None:
    """What Telegram's own servers would refuse; a Bot API server of one's own, and the page, call any address."""
    if not settings.webhook_url:
        return None
    try:
        place = urlsplit(settings.webhook_url)
        port = place.port
    except ValueError:
        return "must be an address such as https://bot.example.org/telegram"
    if settings.telegram_api_base or settings.playground:
        return None
    if place.scheme != "https":
        return "must begin with https://, unless TELEGRAM_API_BASE is a server of your own"
    if port is not None and port not in WEBHOOK_PORTS:
        return "must have the port 443 (or none), 80, 88 or 8443: Telegram calls no other"
    return None


def _unfit_for_a_request(settings: Settings) -> Iterator[Problem]:
    """Addresses that lead nowhere, templates that are none, keys that no header can hold: with an ellipsis, say."""
    keys = {"LLM_API_KEY": settings.llm_api_key}
    for variable, model in settings.models.items():
        try:
            read_address(model.api_base)
        except ValueError:
            allowed = "must be an address such as http://127.0.0.1:11434/v1"
            yield Problem(f"{variable}__API_BASE", None, allowed)
        if model.prompt_template is not None and (wrong := template_problem(model.prompt_template)):
            yield Problem(f"{variable}__PROMPT_TEMPLATE", None, wrong)
        if model.api_key is not None:
            keys[f"{variable}__API_KEY"] = model.api_key
    for variable, key in keys.items():
        text = key.get_secret_value().strip()
        if not (text.isascii() and text.isprintable()):
            yield Problem(variable, None, "must be one line of Latin letters, digits and signs, as the server gave it")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
