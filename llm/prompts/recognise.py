"""Tells the family of a model by its name, or by the chat template that its server shows."""

from __future__ import annotations

import re
from functools import lru_cache

from llm.prompts.families.base import Family
from llm.prompts.families.registry import FAMILIES

# The first that fits wins: versions and tunes come before what they were made from. Names are in lower case, with
# every run of other signs made one hyphen: `meta-llama/Llama-3.3-70B` is `meta-llama-llama-3.3-70b`.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"dialogpt", "dialogpt"),
    (r"deepseek-?(v3\.[1-9]|v4)", "deepseek-v3.1"),
    (r"deepseek-?r1|deepseek-reasoner", "deepseek-r1"),
    (r"deepseek-?(v[23]|chat|v2\.5)", "deepseek-v3"),
    (r"gpt-?oss", "gpt-oss"),
    (r"command-?(r7b|a)\b|c4ai-command-(r7b|a)\b", "command-a"),
    (r"command-?r|aya-(expanse|23)", "command-r"),
    (r"granite-?(code-)?([34]|instruct)|granite-3", "granite"),
    (r"glm-?(4\.[5-9]|[5-9])", "glm4.5"),
    (r"glm-?4|chatglm-?4", "glm4"),
    (r"kimi|moonlight", "kimi-k2"),
    (r"dolphin|hermes-?[2-9]|hermes-2-pro|openhermes|nous-capybara|smollm|yi-(1\.5-)?\d+b-chat", "chatml"),
    (r"qwq", "qwen3.5"),
    (r"qwen-?3\.[5-9]|qwen-?[4-9](?![\db])", "qwen3.5"),
    (r"qwen-?3-[a-z0-9-]*thinking", "qwen3.5"),
    (r"qwen-?3", "qwen3"),
    (r"qwen-?2\.?5|qwen-?coder", "qwen2.5"),
    (r"qwen", "chatml"),
    (r"magistral", "magistral"),
    (r"ministral-?3[a-z0-9.-]*reasoning", "magistral"),
    (r"devstral|mistral-small-?(3|24b|2[45]\d\d)|mistral-medium|pixtral-large|ministral-?3", "mistral-v7-tekken"),
    (r"mistral-large-?(2411|3)|mistral-large-instruct-2411", "mistral-v7"),
    (r"mistral-?nemo|mistral-large-?2407|ministral|pixtral|mistral-small-?2409|codestral-?25", "mistral-v3-tekken"),
    (r"mistral[a-z0-9-]*v0\.3|mixtral-?8x22b|codestral|mathstral|mistral-large", "mistral-v3"),
    (r"mistral-small", "mistral-v7-tekken"),
    (r"mistral[a-z0-9-]*v0\.[12]|mixtral", "mistral-v1"),
    (r"mistral", "mistral-v3"),
    (r"vicuna|wizardlm-?(13b|2)|llava-?(v?1\.5|7b|13b)", "vicuna"),
    (r"alpaca|airoboros-l2|wizardcoder|stable-beluga", "alpaca"),
    (r"tinyllama|zephyr|stablelm-zephyr|stablelm-2-zephyr", "zephyr"),
    (r"llama-?4(?!\d)", "llama4"),
    (r"llama-?3\.[1-9]", "llama3.1"),
    (r"llama-?3(?!\d)", "llama3"),
    (r"llama-?2|codellama|code-llama", "llama2"),
    (r"gemma-?4", "gemma4"),
    (r"gemma-?3", "gemma3"),
    (r"gemma", "gemma2"),
    (r"phi-?4-mini", "phi3"),
    (r"phi-?4", "phi4"),
    (r"phi-?3", "phi3"),
)
_PATTERNS = tuple((re.compile(pattern), name) for pattern, name in _NAMES)
_OTHER_SIGNS = re.compile(r"[^a-z0-9.]+")

# Marks in the text of a template; all of a line must be there. The first line that fits wins.
_TEMPLATES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("<|START_OF_TURN_TOKEN|>", "<|START_RESPONSE|>"), "command-a"),
    (("<|START_OF_TURN_TOKEN|>",), "command-r"),
    (("<|start|>", "<|channel|>"), "gpt-oss"),
    (("<|im_system|>",), "kimi-k2"),
    (("<|im_middle|>",), "kimi-k2"),
    (("<|start_of_role|>",), "granite"),
    (("<｜Assistant｜>", "</think>", "thinking"), "deepseek-v3.1"),
    (("<｜Assistant｜>", "<think>"), "deepseek-r1"),
    (("<｜Assistant｜>",), "deepseek-v3"),
    (("<|header_start|>",), "llama4"),
    (("<|start_header_id|>", "Cutting Knowledge Date"), "llama3.1"),
    (("<|start_header_id|>",), "llama3"),
    (("<|turn>",), "gemma4"),
    (("<start_of_turn>", "System role not supported"), "gemma2"),
    (("<start_of_turn>", "first_user_prefix"), "gemma3"),
    (("<start_of_turn>",), "gemma2"),
    (("<|im_start|>", "<|im_sep|>"), "phi4"),
    (("<|im_start|>", "System message must be at the beginning"), "qwen3.5"),
    (("<|im_start|>", "created by Alibaba Cloud"), "qwen2.5"),
    (("<|im_start|>", "enable_thinking"), "qwen3"),
    (("<|im_start|>",), "chatml"),
    (("[SYSTEM_PROMPT]", "[THINK]"), "magistral"),
    (("[gMASK]", "<think>"), "glm4.5"),
    (("[gMASK]",), "glm4"),
    (("<|user|>", "<|end|>"), "phi3"),
    (("<|user|>", "</s>"), "zephyr"),
    (("<|user|>", "eos_token"), "zephyr"),
    (("### Instruction:",), "alpaca"),
    (("ASSISTANT:", "USER:"), "vicuna"),
)


@lru_cache(maxsize=256)
def family_of(model_name: str) -> Family | None:
    """The family of a model by its name, as Ollama, Hugging Face, LM Studio or a GGUF file has it; None: unknown."""
    name = _OTHER_SIGNS.sub("-", model_name.lower())
    return next((FAMILIES[family] for pattern, family in _PATTERNS if pattern.search(name)), None)


@lru_cache(maxsize=64)
def family_of_template(template: str) -> Family | None:
    """The family whose marks stand in a Jinja or Go template; None: none that we know, or one that only passes on."""
    for marks, family in _TEMPLATES:
        if all(mark in template for mark in marks):
            return FAMILIES[family]
    if "[INST]" not in template:
        return None
    if "<<SYS>>" in template:
        return FAMILIES["llama2"]
    tekken = "[INST]{{" in template or "'[INST]'" in template or '"[INST]"' in template
    if "[SYSTEM_PROMPT]" in template:
        return FAMILIES["mistral-v7-tekken" if tekken else "mistral-v7"]
    if tekken:
        return FAMILIES["mistral-v3-tekken"]
    return FAMILIES["mistral-v1" if " [/INST]" in template else "mistral-v3"]
