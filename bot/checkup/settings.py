"""Checks of the settings beyond their form: what is set to no effect, or against itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from bot.checkup.finding import Finding, Matter, Subject
from bot.errors import Problem
from bot.settings import Settings
from bot.settings.env_file import EnvFile
from bot.settings.problems import MODEL_NAMES, shown_name
from llm.wire.address import read_address

NEAR_IN_FILE = 0.6
NEAR_IN_ENVIRONMENT = 0.85
"""Most of what stands in an environment is for others."""
_KNOWN = tuple(name.upper() for name in Settings.model_fields)


def wrong_settings(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """The faults by which the bot does not start."""
    return tuple(
        _finding(
            Matter.SETTINGS_WRONG,
            variable=one.variable,
            value=one.value or "none",
            allowed=one.allowed,
            line=str(one.line or 0),
        )
        for one in problems
    )


def check_settings(
    settings: Settings, file: EnvFile, environ: Mapping[str, str], path: Path | None
) -> tuple[Finding, ...]:
    """Everything about settings that are right as far as their form goes. Reads the rights of the file at `path`."""
    found = [
        *_no_such(file),
        *_misspelt(environ),
        *_open_file(settings, file, path),
        *_same_models(settings),
        *_webhook(settings),
    ]
    later = settings.not_yet_in_force()
    if later:
        found.append(_finding(Matter.SETTINGS_LATER, names=", ".join(later)))
    return tuple(found) or (_finding(Matter.SETTINGS_GOOD, number=str(len(settings.model_fields_set))),)


def _no_such(file: EnvFile) -> Iterator[Finding]:
    """Lines of the file that nobody reads; those that were surely meant for us are told by the loading itself."""
    for name in file.values:
        if name.upper().split("__")[0] not in _KNOWN:
            near = get_close_matches(name.upper(), _KNOWN, n=1, cutoff=NEAR_IN_FILE)
            line = str(file.lines.get(name.upper(), 0))
            yield _finding(
                Matter.SETTINGS_NO_SUCH, variable=shown_name(name.upper()), line=line, near="".join(near) or "none"
            )


def _misspelt(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Names in the environment that are almost ours."""
    for name in environ:
        top, *fields = name.upper().split("__")
        if top in _KNOWN and (not fields or top in MODEL_NAMES):
            continue
        near = get_close_matches(top, _KNOWN, n=1, cutoff=NEAR_IN_ENVIRONMENT)
        if near:
            yield _finding(Matter.SETTINGS_MISSPELT, variable=shown_name(name.upper()), near=near[0])


def _open_file(settings: Settings, file: EnvFile, path: Path | None) -> Iterator[Finding]:
    """Whether others on this machine can read the secrets in the file."""
    try:
        mode = path.stat().st_mode if path is not None else 0
    except OSError:
        return
    secret = any(one in value for one in settings.secrets for value in file.values.values())
    if os.name == "posix" and secret and mode & (stat.S_IRGRP | stat.S_IROTH):
        yield _finding(Matter.SETTINGS_OPEN_FILE, file=str(path))


def _same_models(settings: Settings) -> Iterator[Finding]:
    """Models for answers that fail whenever another one of them does, being the same."""
    chain: dict[str, tuple[str, str]] = {}
    if settings.primary_model is None and settings.llm_api_base and settings.llm_model:
        chain["LLM_MODEL"] = (settings.llm_model, settings.llm_api_base)
    for variable, model in settings.models.items():
        if variable == "PRIMARY_MODEL" or variable.startswith("FALLBACK_MODELS"):  # a task may have the same on purpose
            chain[variable] = (model.name, model.api_base)
    seen: dict[tuple[str, str], str] = {}
    for variable, (name, base) in chain.items():
        other = seen.setdefault((name, read_address(base).base), variable)
        if other != variable:
            yield _finding(Matter.SETTINGS_SAME_MODEL, variable=variable, other=other, model=name)


def _webhook(settings: Settings) -> Iterator[Finding]:
    if settings.webhook_url and not settings.webhook_url.startswith("https://"):
        yield _finding(Matter.WEBHOOK_NO_HTTPS)


def _finding(matter: Matter, **args: str) -> Finding:
    return Finding(Subject.SETTINGS, matter, args)
