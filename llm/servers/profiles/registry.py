"""All server profiles, in the order in which an unknown server is tried (servers.md 13.1)."""

from __future__ import annotations

from llm.servers.kinds import ServerKind
from llm.servers.profiles.base import ServerProfile
from llm.servers.profiles.generic import Demo, Generic
from llm.servers.profiles.koboldcpp import KoboldCpp
from llm.servers.profiles.llama_server import LlamaServer
from llm.servers.profiles.lm_studio import LMStudio
from llm.servers.profiles.localai import LocalAI
from llm.servers.profiles.ollama import Ollama
from llm.servers.profiles.openai import OpenAI
from llm.servers.profiles.openrouter import OpenRouter
from llm.servers.profiles.sglang import Sglang
from llm.servers.profiles.textgen import Textgen
from llm.servers.profiles.tgi import Tgi
from llm.servers.profiles.vllm import Vllm

PROFILES: tuple[ServerProfile, ...] = (
    LMStudio(),
    KoboldCpp(),
    LlamaServer(),
    Vllm(),
    Sglang(),
    Textgen(),
    Tgi(),
    LocalAI(),
    Ollama(),
    OpenAI(),
    OpenRouter(),
    Demo(),
    Generic(),
)
"""Those with marks of their own come first, those that others play after them, what takes anything last."""

_BY_KIND = {profile.kind: profile for profile in PROFILES}


def profile_of(kind: ServerKind) -> ServerProfile:
    """The profile of a kind of server."""
    return _BY_KIND[kind]
