"""Which models there are and within which limits they are asked: values only, read from nowhere here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from llm.types import ModelCapabilities


class ModelConfig(BaseModel):
    """One model on one server. Raises pydantic's `ValidationError`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    name: str = Field(min_length=1)
    """Its name, as the server lists it; as `LLM_MODEL`. Needed."""
    api_base: str = Field(min_length=1)
    """The server's address; as `LLM_API_BASE`. Needed."""
    api_key: SecretStr | None = None
    """The server's key; as `LLM_API_KEY`."""
    capabilities: ModelCapabilities = ModelCapabilities()
    """JSON such as `{"max_context": 8192}`; wins over what the server tells and over what was found out. `max_context`
    is sent to Ollama as `num_ctx` and to text-generation-webui as `truncation_length`; `"system_role": false` puts the
    system text into the first question. Others: `json_mode` (`schema`, `object`, `grammar`, `prompt`), `supports_json`,
    `vision`, `prefill`, `thinking_switch`, `silent_truncation`, `instruction_following` (0 to 1)."""
    prompt_template: str | None = None
    r"""For a model whose server has no chat template, or a wrong one: the name of a family (`chatml`, `llama3`,
    `mistral-v3`, `vicuna`…; [servers.md](servers.md#prompts-by-family) lists them), or a text with `{system}` and
    `{user}`, in which `\n` is a line break. The text is sent to `/completions` (to Ollama in raw mode) and serves a
    conversation of many turns. Empty: the server's own template."""
    max_tokens: int | None = Field(default=None, ge=1)
    """The longest answer, in tokens; never more than is left beside the prompt. Empty: as long as the server lets it
    be."""
    temperature_range: tuple[float, float] = (0.0, 2.0)
    """Temperatures outside are moved to its ends."""
    price_in: float = Field(default=0.0, ge=0)
    """What a million tokens read cost, for the figures and the budgets."""
    price_out: float = Field(default=0.0, ge=0)
    """What a million tokens written cost."""
    local: bool | None = None
    """Whether the model runs on a machine of yours; budgets hold for the others. Empty: judged by its address,
    and by what Ollama says of models that it only passes on to its cloud."""
    weight: float = Field(default=1.0, gt=0)
    """How much you like its answers beside those of your other models, where `SELECTION=auto` chooses: what is learned
    of them is taken so many times. `1.2` lets it win narrow races, `0.5` leaves it to when the others do badly."""
    keep_alive: str | None = Field(default=None, pattern=r"^(-?\d{1,7}|(\d{1,6}[hms])+)$")
    """How long Ollama and LM Studio keep a model that they loaded for an answer: `30m`, `1h30m`, seconds, `-1` for
    ever. Empty: `30m` with Ollama."""
    tags: tuple[str, ...] = ()
    """Words of your own for it. They are shown in `/model`, and `/model` with one of them chooses it."""

    @model_validator(mode="after")
    def _range_in_order(self) -> ModelConfig:
        low, high = self.temperature_range
        if not 0 <= low <= high <= 2:
            raise ValueError("temperature_range must be two numbers, the lower first, between 0 and 2")
        return self


class MultiModelSettings(BaseModel):
    """All models of an installation and the limits that hold for each call.

    `task_models` are those of further tasks and of kinds of messages, by its name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    primary_model: ModelConfig | None = None
    fallback_models: tuple[ModelConfig, ...] = ()
    classification_model: ModelConfig | None = None
    augmentation_model: ModelConfig | None = None
    task_models: Mapping[str, ModelConfig] = Field(default_factory=dict)
    fallback_enabled: bool = True
    max_retries: int = Field(default=3, ge=0, le=20)
    timeout_seconds: float = Field(default=30.0, gt=0, le=3600)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Four separate limits of one request, in seconds.

    `connect` to be connected, `first_token` until the first token (a server may load the model meanwhile), `stall`
    between two pieces of the answer, `total` for everything.
    """

    connect: float = 5.0
    first_token: float = 30.0
    stall: float = 30.0
    total: float = 900.0
