"""What is known of a model before it is asked anything: settings, its server's own words, tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from llm.capabilities.facts import NO_JSON, Ability, Fact, FactValue, Source, SystemMessages, Thinking
from llm.config import ModelConfig
from llm.preparation import ServedModel
from llm.prompts.families.base import Family, SystemRole
from llm.prompts.recognise import family_of, family_of_template
from llm.servers.kinds import LOADS_ON_DEMAND, FoundModel, ServerKind
from llm.types import JsonMode, ModelCapabilities

SERVER_SURE = 0.9
TABLE_SURE = 0.7
DEFAULT_SURE = 0.3
_SELDOM_SURE = 0.4

_LOUD = frozenset(
    {ServerKind.VLLM, ServerKind.LLAMACPP, ServerKind.SGLANG, ServerKind.TGI, ServerKind.OPENAI, ServerKind.LOCALAI}
)
"""These refuse what is too long (servers.md 0.3)."""
_EITHER = frozenset({ServerKind.LMSTUDIO})
"""By their version, their engine and their settings these refuse it or cut it (servers.md 3.2)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a detection starts from.

    `facts` need no probe. The rest steers which probes are worth making: `context` is the length that the server
    claims, None: it claims none; `drops_silently` whether its kind cuts too long a prompt in silence, None: unknown.
    """

    facts: dict[Ability, tuple[Fact, ...]]
    json_modes: tuple[JsonMode, ...]
    context: int | None
    drops_silently: bool | None
    continues: bool
    reasons: bool
    unloaded: bool

    def sure(self, ability: Ability) -> bool:
        """Whether settings or server have told it, so that nobody has to be asked."""
        return any(fact.source in {Source.SETTINGS, Source.SERVER} for fact in self.facts.get(ability, ()))


def fingerprint_of(served: ServedModel) -> str:
    """What changes when the server or the file behind a name does: kind and version, digest or size, template.

    Where a model keeps the context that its server was started with, that belongs to it as well.
    """
    found = served.found
    template = found.template if found is not None and found.template else ""
    context = found.context if found is not None and served.kind not in LOADS_ON_DEMAND else None
    parts = (
        served.kind.value,
        served.version,
        found.digest if found is not None else "",
        hashlib.sha256(template.encode()).hexdigest()[:12] if template else "",
        str(context or ""),
    )
    return "|".join(parts)


def told_of(config: ModelConfig, served: ServedModel, now: datetime) -> Told:
    """Everything that is known without asking."""
    found, profile, family = served.found, served.profile, _family(config, served)
    usual = served.kind not in _EITHER and (profile.drops_silently or served.kind in _LOUD)
    silent = profile.drops_silently if usual else None
    facts: dict[Ability, list[Fact]] = {}
    for ability, value, source, confidence in (
        *((ability, value, Source.SETTINGS, 1.0) for ability, value in _configured(config.capabilities)),
        *((ability, value, Source.SERVER, SERVER_SURE) for ability, value in _from_server(found)),
        *_from_tables(config, served, family, silent),
        (Ability.STREAMING, True, Source.DEFAULT, DEFAULT_SURE),
        (Ability.STOP, True, Source.DEFAULT, DEFAULT_SURE),
    ):
        if value is not None:
            facts.setdefault(ability, []).append(Fact(value, source, confidence, now))
    return Told(
        facts={ability: tuple(several) for ability, several in facts.items()},
        json_modes=profile.json_modes,
        context=found.context if found is not None else None,
        drops_silently=silent,
        continues=profile.continues and config.prompt_template is None,
        reasons=bool(found is not None and found.thinking) or (family is not None and family.thinking is not None),
        unloaded=found is not None and found.loaded is False,
    )


def _configured(own: ModelCapabilities) -> Iterator[tuple[Ability, FactValue | None]]:
    yield Ability.CONTEXT, own.max_context
    yield Ability.SYSTEM, _system(own.system_role)
    yield Ability.JSON, own.json_mode.value if own.json_mode else NO_JSON if own.supports_json is False else None
    yield Ability.VISION, own.vision
    yield Ability.INSTRUCTIONS, own.instruction_following
    yield Ability.PREFILL, own.prefill


def _from_server(found: FoundModel | None) -> Iterator[tuple[Ability, FactValue | None]]:
    if found is None:
        return
    yield Ability.CONTEXT, found.context
    yield Ability.SYSTEM, _system(found.system_role)
    yield Ability.VISION, found.vision
    yield Ability.TOOLS, found.tools
    yield Ability.THINKING, Thinking.NONE.value if found.thinking is False else None


def _from_tables(
    config: ModelConfig, served: ServedModel, family: Family | None, silent: bool | None
) -> Iterator[tuple[Ability, FactValue | None, Source, float]]:
    """What is usual for the kind of server and the family of the model."""
    profile = served.profile
    by_name = profile.context_of(config.name)
    by_family = family.max_context if family is not None else None
    yield Ability.CONTEXT, by_name or by_family, Source.TABLE, TABLE_SURE if by_name else _SELDOM_SURE
    if family is not None:
        refused = family.system in {SystemRole.IN_FIRST_USER, SystemRole.DROPPED}
        handling = SystemMessages.REFUSED if refused else SystemMessages.HONOURED
        yield Ability.SYSTEM, handling.value, Source.TABLE, TABLE_SURE
        yield Ability.THINKING, Thinking.NONE.value if family.thinking is None else None, Source.TABLE, TABLE_SURE
    usual = served.kind not in {ServerKind.GENERIC, ServerKind.OPENROUTER}
    yield Ability.SILENT_CUT, silent, Source.TABLE, TABLE_SURE
    yield Ability.JSON, profile.json_modes[0].value, Source.TABLE, TABLE_SURE if usual else _SELDOM_SURE
    yield Ability.PREFILL, profile.continues, Source.TABLE, TABLE_SURE


def _system(takes: bool | None) -> str | None:
    if takes is None:
        return None
    return (SystemMessages.HONOURED if takes else SystemMessages.REFUSED).value


def _family(config: ModelConfig, served: ServedModel) -> Family | None:
    template = served.found.template if served.found is not None else None
    return (family_of_template(template) if template else None) or family_of(config.name)
