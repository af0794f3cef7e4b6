"""Turns what is wrong with the settings into messages that say what to change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.errors import Problem
from llm.config import ModelConfig
from llm.types import ModelCapabilities

SECRET_WORDS = ("TOKEN", "KEY", "SECRET", "PASSWORD")
# A database address may hold a password.
SECRET_NAMES = ("DATABASE_URL",)
UNKNOWN_FIELD = ("extra_forbidden", "unexpected_keyword_argument")
# Variables that hold models, whole or field by field.
MODEL_NAMES = ("PRIMARY_MODEL", "FALLBACK_MODELS", "CLASSIFICATION_MODEL", "AUGMENTATION_MODEL", "TASK_MODELS")
# What begins so was surely meant for us; LOG_ and the like belong to many programs.
PREFIXES = (
    "ADMIN_", "ALLOWED_", "AUGMENTATION_", "BOT_", "CLASSIFICATION_", "CLOUD_", "FALLBACK_", "LLM_", "PLAYGROUND_",
    "PRIMARY_", "RICH_", "TASK_", "TELEGRAM_", "WEBHOOK_",
)  # fmt: skip


# A secret written directly behind its name, the sign between them forgotten: LLM_API_KEYc2VjcmV0=
_GLUED = re.compile(r".*?(?:TOKEN|KEY|SECRET|PASSWORD)S?(?=[^_S])")


def from_validation(error: ValidationError, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """One problem for each fault that pydantic found; the value only where it is no secret."""
    return tuple(_problem(details, environ) for details in error.errors(include_url=False, include_input=False))


def unknown_names(names: Iterable[str], known: Sequence[str]) -> tuple[Problem, ...]:
    """Names that were surely meant for us and are none of ours."""
    problems = []
    for name in names:
        top, *fields = name.split("__")
        if top in known:
            if fields and top not in MODEL_NAMES:
                problems.append(Problem(shown_name(name), None, f"there is no such setting; did you mean {top}?"))
            continue
        near = get_close_matches(top, known, n=1, cutoff=0.85)
        if near or top.startswith(PREFIXES):
            guess = near[0] if near else _likely(top, known)
            hint = f"did you mean {guess}?" if guess else ".env.example lists all"
            shown = shown_name(name)
            hint = hint if shown == name else "a line must be NAME=value"
            problems.append(Problem(shown, None, f"there is no such setting; {hint}"))
    return tuple(problems)


def _likely(name: str, known: Sequence[str]) -> str:
    """The setting that is meant by a name that is like none by its letters: TELEGRAM_TOKEN, LLM_KEY. May be empty."""
    last = name.rsplit("_", 1)[-1]
    same_end = [setting for setting in known if setting.rsplit("_", 1)[-1] == last]
    found = get_close_matches(name, same_end, n=1, cutoff=0.0) or get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found else ""


def is_whole_model(variable: str) -> bool:
    """Whether a variable holds a whole model, or all of them, as JSON."""
    one = r"FALLBACK_MODELS__[0-9]+|TASK_MODELS__[A-Z0-9]+(_[A-Z0-9]+)*"
    return variable in MODEL_NAMES or re.fullmatch(one, variable) is not None


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
        where = "" if problem.line is None else f" (line {problem.line})"
        lines.append(f"  {problem.variable}{value}{where}\n      {problem.allowed}")
    return "\n".join(lines)


def _problem(details: Any, environ: Mapping[str, str]) -> Problem:
    # An address within a tuple or list of models has numbers in it, which the variable's name has too.
    variable = "__".join(str(part).upper() for part in details["loc"])
    set_by = variable if variable in environ else _nearest_set(variable, environ)
    missing = details["type"] == "missing"
    # A field that does not exist may be a misspelt secret.
    hidden = missing or details["type"] in UNKNOWN_FIELD
    shown = None if hidden or set_by not in environ else _shown(set_by, environ[set_by])
    return Problem(variable if missing else shown_name(set_by), shown, _allowed(details, variable))


def shown_name(variable: str) -> str:
    """A name as it may be shown: what is no part of any name may be a value."""
    plain = re.split("[^A-Z0-9_]", variable, maxsplit=1)[0]
    glued = _GLUED.match(plain)
    kept = glued[0] if glued else plain
    return kept if kept == variable else f"{kept}…"


def _shown(variable: str, value: str) -> str | None:
    """A value as it may be shown: no secret, nothing that holds some, no password within an address."""
    secret = any(word in variable for word in SECRET_WORDS) and not variable.endswith("__MAX_TOKENS")
    if secret or variable in SECRET_NAMES or is_whole_model(variable) or value.lstrip().startswith(("{", "[")):
        return None
    if variable.endswith(("_BASE", "_URL")) and "@" in value:
        value = "[hidden]@" + value.rpartition("@")[2]
    return value[:80]


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
        case "extra_forbidden" | "unexpected_keyword_argument":
            name = variable.rsplit("__", 1)[-1].lower()
            fields = (*ModelConfig.model_fields, *ModelCapabilities.__dataclass_fields__)
            near = get_close_matches(name, fields, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0].upper()}?" if near else ""
            return f"there is no such field of a model{hint}"
        case "model_type" | "model_attributes_type":
            return "must be a JSON object with NAME and API_BASE, or be given field by field"
        case "tuple_type" | "list_type":
            return "must be a JSON list"
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return f"must be one of {context['expected']}"
        case _:
            return str(details["msg"])
