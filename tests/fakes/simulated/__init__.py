"""Model servers that play each known kind to the letter of servers.md, chat endpoints included, over real sockets."""

from __future__ import annotations

from llm.servers.kinds import ServerKind
from tests.fakes.simulated.base import Simulated
from tests.fakes.simulated.clouds import Generic, OpenAI, OpenRouter
from tests.fakes.simulated.desktop import LMStudio, Textgen
from tests.fakes.simulated.engines import KoboldCpp, LlamaServer, LocalAI, Sglang, Tgi, Vllm
from tests.fakes.simulated.ollama import Ollama

SIMULATED: dict[ServerKind, type[Simulated]] = {
    ServerKind.OLLAMA: Ollama,
    ServerKind.VLLM: Vllm,
    ServerKind.LMSTUDIO: LMStudio,
    ServerKind.TEXTGEN: Textgen,
    ServerKind.LLAMACPP: LlamaServer,
    ServerKind.KOBOLDCPP: KoboldCpp,
    ServerKind.LOCALAI: LocalAI,
    ServerKind.SGLANG: Sglang,
    ServerKind.TGI: Tgi,
    ServerKind.OPENAI: OpenAI,
    ServerKind.OPENROUTER: OpenRouter,
    ServerKind.GENERIC: Generic,
}
