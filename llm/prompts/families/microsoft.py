"""Microsoft's Phi-3 and Phi-4."""

from __future__ import annotations

from llm.prompts.families.base import Family, Layout

PHI3 = Family(
    "phi3",
    Layout(
        system=("<|system|>\n", "<|end|>\n"),
        user=("<|user|>\n", "<|end|>\n"),
        assistant=("<|assistant|>\n", "<|end|>\n"),
        generation="<|assistant|>\n",
    ).render,
    ("<|end|>", "<|endoftext|>"),
    ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>"),
)
PHI4 = Family(
    "phi4",
    Layout(
        system=("<|im_start|>system<|im_sep|>", "<|im_end|>"),
        user=("<|im_start|>user<|im_sep|>", "<|im_end|>"),
        assistant=("<|im_start|>assistant<|im_sep|>", "<|im_end|>"),
        generation="<|im_start|>assistant<|im_sep|>",
    ).render,
    ("<|im_end|>",),
    ("<|im_start|>", "<|im_sep|>", "<|im_end|>", "<|endoftext|>"),
)
FAMILIES = (PHI3, PHI4)
