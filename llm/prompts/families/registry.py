"""All families by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from llm.prompts.families import chatml, deepseek, google, llama, microsoft, mistral, others
from llm.prompts.families.base import Family

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for module in (chatml, llama, mistral, google, microsoft, deepseek, others)
        for family in module.FAMILIES
    }
)
