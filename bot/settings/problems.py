"""Turns what is wrong with the settings into messages that say what to change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.errors import Problem

SECRET_WORDS = ("TOKEN", "KEY", "SECRET", "PASSWORD")
# A database address may hold a password.
SECRET_NAMES = ("DATABASE_URL",)
PREFIXES = ("LLM_", "BOT_", "PRIMARY_", "FALLBACK_", "CLASSIFICATION_", "AUGMENTATION_", "PLAYGROUND_", "CLOUD_")


def from_validation(error: ValidationError, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """One problem for each fault that pydantic found; the value only where it is no secret."""
    return tuple(_problem(details, environ) for details in error.errors(include_url=False, include_input=False))


def unknown_names(names: Iterable[str], known: Sequence[str]) -> tuple[Problem, ...]:
    """Names that were surely meant for us and are none of ours."""
    problems = []
    for name in names:
        top = name.split("__")[0]
        if top in known:
            continue
        near = get_close_matches(top, known, n=1, cutoff=0.85)
        if near or top.startswith(PREFIXES):
            suggestion = near or get_close_matches(top, known, n=1, cutoff=0.0)
            problems.append(Problem(name, None, f"there is no such setting; did you mean {suggestion[0]}?"))
    return tuple(problems)


def broken_json(variable: str, text: str) -> Problem | None:
    """Where a value that must be JSON is none."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return Problem(variable, None, f"must be JSON: {error.msg} at character {error.pos + 1}")
    return None


def format_problems(problems: Sequence[Problem]) -> str:
    """Plain text for the terminal: each variable, its value unless it is a secret, and what would do."""
    lines = ["domovoy: the settings (environment or .env) need a change:"]
    for problem in problems:
        value = "" if problem.value is None else f" = {problem.value!r}"
        lines.append(f"  {problem.variable}{value}\n      {problem.allowed}")
    return "\n".join(lines)


def _problem(details: Any, environ: Mapping[str, str]) -> Problem:
    # An address within a tuple or list of models has numbers in it, which the variable's name has too.
    variable = "__".join(str(part).upper() for part in details["loc"])
    set_by = variable if variable in environ else _nearest_set(variable, environ)
    value = environ.get(set_by)
    secret = any(word in set_by for word in SECRET_WORDS) or set_by in SECRET_NAMES
    shown = None if value is None or secret or value.lstrip().startswith(("{", "[")) else value[:80]
    return Problem(variable if details["type"] == "missing" else set_by, shown, _allowed(details, variable))


def _nearest_set(variable: str, environ: Mapping[str, str]) -> str:
    """The variable by which a value was given: an item of a list comes from the list's own variable."""
    name = variable
    while name not in environ and "__" in name:
        name = name.rsplit("__", 1)[0]
    return name if name in environ else variable


def _allowed(details: Any, variable: str) -> str:
    context = details.get("ctx") or {}
    match details["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            from llm.config import ModelConfig

            name = variable.rsplit("__", 1)[-1].lower()
            near = get_close_matches(name, ModelConfig.model_fields, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0].upper()}?" if near else ""
            return f"there is no such field of a model{hint}"
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return f"must be one of {context['expected']}"
        case _:
            return str(details["msg"])
