"""Which models there are and within which limits they are asked: values only, read from nowhere here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from llm.types import ModelCapabilities


class ModelConfig(BaseModel):
    """One model on one server. Prices are for a million tokens.

    `keep_alive` is how long a server that loads models by itself keeps this one in memory after an answer: `30m`,
    `1h30m`, a number of seconds, `-1` for ever (Ollama and LM Studio).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1)
    api_base: str = Field(min_length=1)
    api_key: SecretStr | None = None
    capabilities: ModelCapabilities = ModelCapabilities()
    prompt_template: str | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    temperature_range: tuple[float, float] = (0.0, 2.0)
    price_in: float = Field(default=0.0, ge=0)
    price_out: float = Field(default=0.0, ge=0)
    local: bool | None = None
    weight: float = Field(default=1.0, gt=0)
    keep_alive: str | None = Field(default=None, pattern=r"^(-?\d{1,7}|(\d{1,6}[hms])+)$")
    tags: tuple[str, ...] = ()

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
