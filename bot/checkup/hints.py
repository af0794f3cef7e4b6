"""What to write where: the variables of a model, and how each kind of server is given a longer context."""

from __future__ import annotations

from llm.servers.kinds import ServerKind

_CONTEXT = {
    ServerKind.VLLM: "vllm serve … --max-model-len 8192",
    ServerKind.LMSTUDIO: "lms load MODEL --context-length 8192",
    ServerKind.TEXTGEN: "python server.py --api --ctx-size 8192",
    ServerKind.LLAMACPP: "llama-server … -c 8192",
    ServerKind.KOBOLDCPP: "koboldcpp … --contextsize 8192",
    ServerKind.SGLANG: "python -m sglang.launch_server … --context-length 8192",
    ServerKind.TGI: "text-generation-launcher … --max-total-tokens 8192",
}


def context_hint(kind: ServerKind) -> str:
    """The command that gives a server of this kind a longer context; the word `none` where a setting of ours does."""
    return _CONTEXT.get(kind, "none")


def variables_of(setting: str) -> dict[str, str]:
    """The full names of a model's variables by the beginning that they share, such as `FALLBACK_MODELS__0__`."""
    if setting == "LLM_":
        names = {"model_var": "LLM_MODEL", "base_var": "LLM_API_BASE", "key_var": "LLM_API_KEY"}
        return {**names, "context_var": "PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT"}
    return {
        "model_var": f"{setting}NAME",
        "base_var": f"{setting}API_BASE",
        "key_var": f"{setting}API_KEY",
        "context_var": f"{setting}CAPABILITIES__MAX_CONTEXT",
    }
