"""Reads the settings from an environment and a `.env` file, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsError

from bot.errors import Problem
from bot.errors import SettingsError as WrongSettings
from bot.settings.fields import Settings
from bot.settings.problems import broken_json, from_validation, unknown_names

JSON_NAMES = ("PRIMARY_MODEL", "FALLBACK_MODELS", "CLASSIFICATION_MODEL", "AUGMENTATION_MODEL")
THREE_LINES = {"LLM_API_BASE": "api_base", "LLM_MODEL": "name", "LLM_API_KEY": "api_key"}


def load_settings(env_file: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings; what stands in the environment wins over the file.

    Raises `bot.errors.SettingsError` with every problem that was found, and never shows a secret's value.
    """
    known = tuple(name.upper() for name in Settings.model_fields)
    from_file = _read(env_file)
    values = {name.upper(): value for name, value in {**from_file, **environ}.items() if value.strip()}
    problems = list(unknown_names((name.upper() for name in from_file), known))
    for name in JSON_NAMES:
        broken = broken_json(name, values[name]) if name in values else None
        if broken is not None:
            problems.append(broken)
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


def _read(env_file: Path) -> dict[str, str]:
    try:
        return {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(env_file), None, f"cannot be read as a text file: {type(error).__name__}")
        raise WrongSettings((problem,)) from None


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
    problems: list[Problem] = []
    if settings.primary_model is not None:
        primary: Any = settings.primary_model
        for variable, field in THREE_LINES.items():
            short, long = _plain(getattr(settings, variable.lower())), _plain(getattr(primary, field))
            if short and short.rstrip("/") != long.rstrip("/"):
                other = f"PRIMARY_MODEL__{field.upper()}"
                problems.append(Problem(variable, None, f"says something else than {other}; set one of the two"))
    if settings.webhook_url and not settings.webhook_secret.get_secret_value():
        problems.append(Problem("WEBHOOK_SECRET", None, "must be set when WEBHOOK_URL is"))
    return tuple(problems)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
