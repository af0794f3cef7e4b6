"""The family of a model, by its name as people have it, and by the template that its server shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.prompts.families.registry import FAMILIES
from llm.prompts.recognise import family_of, family_of_template

NAMES = {
    "llama2": "llama2 llama2:13b-chat meta-llama/Llama-2-7b-chat-hf codellama:7b-instruct CodeLlama-34b-Instruct-hf",
    "llama3": "llama3 llama3:8b-instruct-q4_0 meta-llama/Meta-Llama-3-8B-Instruct "
    "Meta-Llama-3-70B-Instruct.Q4_K_M.gguf",
    "llama3.1": "llama3.1 llama3.1:8b llama3.2:3b llama3.3:70b meta-llama/Llama-3.3-70B-Instruct llama-3.2-1b-instruct "
    "Llama-3.1-Nemotron-70B-Instruct-HF meta-llama-3.1-8b-instruct-gguf",
    "llama4": "llama4:scout meta-llama/Llama-4-Maverick-17B-128E-Instruct",
    "mistral-v1": "mistral:7b-instruct-v0.2 mistralai/Mistral-7B-Instruct-v0.1 mixtral:8x7b Mixtral-8x7B-Instruct-v0.1",
    "mistral-v3": "mistral mistral:7b mistralai/Mistral-7B-Instruct-v0.3 mixtral:8x22b codestral:22b "
    "mathstral mistral-large:123b-instruct",
    "mistral-v3-tekken": "mistral-nemo mistralai/Mistral-Nemo-Instruct-2407 mistral-large-2407 "
    "ministral-8b-instruct-2410 pixtral-12b-2409",
    "mistral-v7": "Mistral-Large-Instruct-2411 mistral-large:2411",
    "mistral-v7-tekken": "mistral-small:24b mistral-small3.2 mistralai/Mistral-Small-24B-Instruct-2501 devstral "
    "mistralai/Devstral-Small-2507 mistral-small-3.1-24b-instruct ministral-3:8b mistral-medium-3",
    "magistral": "magistral magistral:24b mistralai/Magistral-Small-2507",
    "chatml": "qwen:7b qwen2:7b Qwen/Qwen2-7B-Instruct qwen1.5-14b-chat nous-hermes-2 "
    "NousResearch/Hermes-3-Llama-3.1-8B dolphin-mixtral dolphin3.0-llama3.1-8b openhermes smollm2:1.7b yi-1.5-34b-chat",
    "qwen2.5": "qwen2.5 qwen2.5:7b Qwen/Qwen2.5-7B-Instruct-AWQ qwen2.5-coder:32b qwen2.5-vl-7b-instruct",
    "qwen3": "qwen3 qwen3:8b Qwen/Qwen3-30B-A3B-Instruct-2507 qwen3-coder:30b qwen3-14b",
    "qwen3.5": "qwen3.5:9b Qwen/Qwen3.5-27B qwq qwq:32b Qwen/QwQ-32B Qwen3-4B-Thinking-2507",
    "gemma2": "gemma gemma:7b gemma2 gemma2:9b google/gemma-2-27b-it codegemma:7b",
    "gemma3": "gemma3 gemma3:12b google/gemma-3-12b-it gemma-3-4b-it-qat gemma3n:e4b",
    "gemma4": "gemma4 gemma4:26b google/gemma-4-31b-it",
    "phi3": "phi3 phi3:mini microsoft/Phi-3-mini-4k-instruct phi3.5 Phi-3.5-mini-instruct phi4-mini "
    "microsoft/Phi-4-mini-instruct",
    "phi4": "phi4 phi4:14b microsoft/phi-4",
    "deepseek-v3": "deepseek-v3 deepseek-ai/DeepSeek-V3 deepseek-chat deepseek-v2.5 deepseek-ai/DeepSeek-V2-Lite-Chat",
    "deepseek-r1": "deepseek-r1 deepseek-r1:8b deepseek-ai/DeepSeek-R1-Distill-Qwen-7B deepseek-r1-0528-qwen3-8b "
    "deepseek-reasoner",
    "deepseek-v3.1": "deepseek-v3.1 deepseek-v3.1:671b deepseek-ai/DeepSeek-V3.2-Exp",
    "gpt-oss": "gpt-oss gpt-oss:20b openai/gpt-oss-120b",
    "command-r": "command-r command-r-plus CohereForAI/c4ai-command-r-v01 aya-expanse:8b",
    "command-a": "command-r7b command-a CohereLabs/c4ai-command-r7b-12-2024 c4ai-command-a-03-2025",
    "granite": "granite3.3 granite3.3:8b ibm-granite/granite-3.1-8b-instruct granite4:tiny-h",
    "glm4": "glm4 glm4:9b THUDM/glm-4-9b-chat",
    "glm4.5": "glm-4.5-air glm-4.6 zai-org/GLM-4.6 glm-5",
    "kimi-k2": "kimi-k2 moonshotai/Kimi-K2-Instruct moonlight-16b-a3b-instruct",
    "zephyr": "zephyr zephyr:7b HuggingFaceH4/zephyr-7b-beta tinyllama tinyllama:1.1b TinyLlama-1.1B-Chat-v1.0",
    "vicuna": "vicuna vicuna:13b lmsys/vicuna-7b-v1.5 llava:13b llava-v1.5-7b",
    "alpaca": "alpaca-7b-native chavinlo/gpt4-x-alpaca",
    "dialogpt": "microsoft/DialoGPT-small microsoft/DialoGPT-medium DialoGPT-large",
}
PAIRS = [(name, family) for family, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("name", "family"), PAIRS)
def test_a_name_tells_the_family(name: str, family: str):
    found = family_of(name)
    assert found is not None
    assert found.name == family


def test_every_family_has_a_name_and_there_are_many():
    assert set(NAMES) == set(FAMILIES)
    assert len(FAMILIES) >= 25
    assert len(PAIRS) >= 130


@pytest.mark.parametrize(
    "name", ["gpt-4", "gpt-3.5-turbo", "gpt-4o", "o3-mini", "claude-sonnet-4", "my-model", "", "🤖"]
)
def test_a_name_that_tells_nothing_gives_none(name: str):
    assert family_of(name) is None


@given(st.text())
def test_any_name_is_read(name: str):
    found = family_of(name)
    assert found is None or FAMILIES[found.name] is found


@pytest.mark.parametrize(
    ("template", "family"),
    [
        ("{{ '<|im_start|>' + role + '\\n' + content + '<|im_end|>' }}", "chatml"),
        ("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud.<|im_end|>", "qwen2.5"),
        ("<|im_start|>{% if enable_thinking is false %}<think></think>{% endif %}", "qwen3"),
        ("{{ raise_exception('System message must be at the beginning.') }}<|im_start|>", "qwen3.5"),
        ("<|im_start|>user<|im_sep|>{{ content }}<|im_end|>", "phi4"),
        ("<|start_header_id|>user<|end_header_id|>{{ .Prompt }}<|eot_id|>", "llama3"),
        ("<|start_header_id|>system<|end_header_id|>Cutting Knowledge Date: December 2023", "llama3.1"),
        ("<|header_start|>user<|header_end|>", "llama4"),
        ("[INST] <<SYS>>{{ .System }}<</SYS>>{{ .Prompt }} [/INST]", "llama2"),
        ("{{ '[INST] ' + content + ' [/INST]' }}", "mistral-v1"),
        ("{{ '[INST] ' + content + '[/INST]' }}", "mistral-v3"),
        ("{{ '[INST]' + content + '[/INST]' }}", "mistral-v3-tekken"),
        ("[SYSTEM_PROMPT] {{ system }}[/SYSTEM_PROMPT]{{ '[INST] ' + content + '[/INST]' }}", "mistral-v7"),
        ("[SYSTEM_PROMPT]{{ system }}[/SYSTEM_PROMPT]{{ '[INST]' + content + '[/INST]' }}", "mistral-v7-tekken"),
        ("[SYSTEM_PROMPT]{{ system }}[THINK]{{ '[INST]' + content }}", "magistral"),
        ("<start_of_turn>user\n{{ raise_exception('System role not supported') }}", "gemma2"),
        ("<start_of_turn>user\n{{ first_user_prefix + content }}", "gemma3"),
        ("<|turn>user\n{{ content }}<turn|>", "gemma4"),
        ("<|user|>\n{{ content }}<|end|>\n<|assistant|>", "phi3"),
        ("<|user|>\n{{ content }}</s>\n<|assistant|>", "zephyr"),
        ("<|user|>\n{{ content + eos_token }}", "zephyr"),
        ("<｜User｜>{{ content }}<｜Assistant｜>", "deepseek-v3"),
        ("<｜User｜>{{ content }}<｜Assistant｜><think>\n", "deepseek-r1"),
        ("<｜Assistant｜>{% if thinking %}<think>{% else %}</think>{% endif %}", "deepseek-v3.1"),
        ("<|start|>assistant<|channel|>final<|message|>", "gpt-oss"),
        ("<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "command-r"),
        ("<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_RESPONSE|>", "command-a"),
        ("<|start_of_role|>user<|end_of_role|>", "granite"),
        ("[gMASK]<sop><|user|>\n", "glm4"),
        ("[gMASK]<sop><|user|>\n<think></think>", "glm4.5"),
        ("<|im_system|>system<|im_middle|>", "kimi-k2"),
        ("USER: {{ .Prompt }}\nASSISTANT:", "vicuna"),
        ("### Instruction:\n{{ .Prompt }}", "alpaca"),
        ("{{ .Prompt }}", None),
        ("{% for m in messages %}{{ m.content }}{% endfor %}", None),
        ("", None),
    ],
)
def test_a_template_tells_the_family(template: str, family: str | None):
    found = family_of_template(template)
    assert (found.name if found is not None else None) == family
