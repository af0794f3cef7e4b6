"""The table of kinds and behaviours: collected by the tests, kept in docs/servers.md between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from llm.servers.kinds import ServerKind

DOCUMENT = Path(__file__).parents[2] / "docs" / "servers.md"
BEGIN = "<!-- The matrix: written by tests/matrix, DOMOVOY_WRITE_MATRIX=1 writes it anew. -->"
END = "<!-- End of the matrix. -->"
NAMES = {
    ServerKind.OLLAMA: "Ollama",
    ServerKind.VLLM: "vLLM",
    ServerKind.LMSTUDIO: "LM Studio",
    ServerKind.TEXTGEN: "text-generation-webui",
    ServerKind.LLAMACPP: "llama-server",
    ServerKind.KOBOLDCPP: "KoboldCpp",
    ServerKind.LOCALAI: "LocalAI",
    ServerKind.SGLANG: "SGLang",
    ServerKind.TGI: "TGI",
    ServerKind.OPENAI: "OpenAI",
    ServerKind.OPENROUTER: "OpenRouter",
    ServerKind.GENERIC: "any compatible",
}


@dataclass
class Table:
    """Cells by kind and behaviour."""

    cells: dict[tuple[ServerKind, str], str] = field(default_factory=dict)

    def whole(self, behaviours: Sequence[str]) -> bool:
        """Whether every test has passed, so that there is a cell for each."""
        return all((kind, behaviour) in self.cells for kind in NAMES for behaviour in behaviours)

    def written(self, behaviours: Sequence[str]) -> str:
        """The table in Markdown."""
        lines = [["", *behaviours], ["---"] * (len(behaviours) + 1)]
        lines += [[name, *(self.cells[kind, behaviour] for behaviour in behaviours)] for kind, name in NAMES.items()]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def documented() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text().split(BEGIN)[1].split(END)[0].strip()


def document(written: str) -> None:
    """Put a table into the document."""
    before, rest = DOCUMENT.read_text().split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{written}\n\n{END}{after}")
