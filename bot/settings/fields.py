"""The settings themselves: names, defaults, what is allowed, and what follows from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.settings.given_models import by_kind, numbered, variable_of
from llm.config import ModelConfig, MultiModelSettings
from llm.spans import Span
from llm.types import Task
from llm.wire.address import read_address

BOT_DATABASE = "sqlite+aiosqlite:///data/domovoy.db"
PLAYGROUND_DATABASE = "sqlite+aiosqlite:///data/playground.db"

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{30,50}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Telegram promises at most 52 significant bits.
_LARGEST_ID = 2**52


class AccessMode(StrEnum):
    """Who is let in."""

    OPEN = "open"
    APPROVE = "approve"
    ALLOWLIST = "allowlist"


class RichMode(StrEnum):
    """Who gets rich messages."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"

    def applies(self, chosen: bool | None) -> bool:
        """Whether a person who has chosen so (None: not yet) gets them."""
        return self is RichMode.ALWAYS or (self is RichMode.ASK and bool(chosen))


class Selection(StrEnum):
    """How a model is chosen for a message."""

    AUTO = "auto"
    ORDERED = "ordered"


def _ids(value: object) -> object:
    """`1, 2` as two numbers; an empty value as none."""
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(re.fullmatch(r"[0-9]{1,16}", part) and 0 < int(part) < _LARGEST_ID for part in parts):
        raise ValueError("must be ids of people: positive numbers with commas between them")
    return tuple(int(part) for part in parts)


def _duration(value: object) -> object:
    """`24h`, `90s`, `0` as a length of time."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if text == "0":
        return timedelta(0)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("must be 0, or a number with s, m, h or d: 90s, 30m, 24h, 7d")
    try:
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    except OverflowError:
        raise ValueError("is longer than any calendar") from None


def _token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("must look like 123456789:AAE…, as @BotFather gives it")
    return value


def _address(value: str) -> str:
    text = value.strip()
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError("must be an address that begins with http:// or https://")
    return text.rstrip("/")


def _model_server(value: str) -> str:
    """The address of a model server, by the rules of the layer that asks it."""
    text = value.strip().rstrip("/")
    if text:
        try:
            read_address(text)
        except ValueError:
            raise ValueError("must be an address such as http://127.0.0.1:11434/v1") from None
    return text


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return value


def _loopback(value: str) -> str:
    """The playground knows no passwords, so it must not be reachable from elsewhere."""
    if value == "localhost":
        return value
    try:
        if ip_address(value).is_loopback:
            return value
    except ValueError:
        pass
    raise ValueError("must be an address of this machine (127.0.0.1, ::1, localhost): the page asks for no password")


def _password(address: str) -> str:
    """The password within an address, as it is written there."""
    try:
        return urlsplit(address if "://" in address else f"http://{address}").password or ""
    except ValueError:
        return ""


Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]
Address = Annotated[str, AfterValidator(_address)]
ModelServer = Annotated[str, AfterValidator(_model_server)]
Name = Annotated[str, AfterValidator(str.strip)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Most = Annotated[int | None, Field(ge=1, le=1_000_000_000)]
Amount = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """What an installation has chosen. Built by `load_settings`; reads nothing by itself afterwards."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    admin_ids: Ids = ()
    access: AccessMode = AccessMode.APPROVE
    allowed_ids: Ids = ()
    telegram_api_base: Address = ""
    webhook_url: Address = ""
    webhook_secret: SecretStr = SecretStr("")
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8080, ge=1, le=65535)
    database_url: Annotated[str, AfterValidator(_database)] = BOT_DATABASE
    llm_api_base: ModelServer = ""
    llm_model: Name = ""
    llm_api_key: SecretStr = SecretStr("")
    primary_model: ModelConfig | None = None
    fallback_models: Annotated[tuple[ModelConfig, ...], BeforeValidator(numbered)] = ()
    classification_model: ModelConfig | None = None
    augmentation_model: ModelConfig | None = None
    # Not `dict`, of which pydantic-settings would take the names and keys for JSON.
    task_models: Annotated[Mapping[str, ModelConfig], BeforeValidator(by_kind), Field(default_factory=dict)]
    transcription_api_base: ModelServer = ""
    transcription_model: Name = "whisper-1"
    transcription_api_key: SecretStr = SecretStr("")
    fallback_enabled: bool = True
    max_retries: int = Field(default=3, ge=0, le=20)
    timeout_seconds: float = Field(default=30.0, gt=0, le=3600)
    hedging: bool = False
    selection: Selection = Selection.AUTO
    redetect_every: Duration = timedelta(hours=24)
    detect_cloud: bool = False
    detect_tokens: int = Field(default=20_000, ge=0, le=1_000_000)
    cloud_budget_day: Amount = None
    cloud_budget_month: Amount = None
    limit_messages_minute: Most = None
    limit_tokens_day: Most = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65535)
    rich_messages: RichMode = RichMode.ASK
    playground_host: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"
    playground_port: int = Field(default=8585, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @model_validator(mode="before")
    @classmethod
    def _complete_primary(cls, values: object) -> object:
        """The three lines give the name, the address and the key to further fields of PRIMARY_MODEL__*."""
        if not isinstance(values, dict) or not isinstance(values.get("primary_model"), dict):
            return values
        short = {field: values.get(variable.lower()) for variable, field in THREE_LINES.items()}
        known = {field: value for field, value in short.items() if value}
        return {**values, "primary_model": {**known, **values["primary_model"]}}

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("access", "selection", "rich_messages", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def playground(self) -> bool:
        """Whether there is no token, so that the page on this machine takes Telegram's place."""
        return not self.bot_token.get_secret_value()

    @property
    def effective_access(self) -> AccessMode:
        """Who is let in: on the page everyone, unless it was set; nobody from elsewhere can open it."""
        if self.playground and "access" not in self.model_fields_set:
            return AccessMode.OPEN
        return self.access

    @property
    def effective_database_url(self) -> str:
        """Where things are kept; what is tried on the page stays apart from real chats."""
        if self.playground and "database_url" not in self.model_fields_set:
            return PLAYGROUND_DATABASE
        return self.database_url

    @property
    def cloud_budgets(self) -> dict[Span, float]:
        """What paid models may cost, for each stretch of time that is limited."""
        caps = {Span.DAY: self.cloud_budget_day, Span.MONTH: self.cloud_budget_month}
        return {span: cap for span, cap in caps.items() if cap is not None}

    @property
    def models(self) -> dict[str, ModelConfig]:
        """Every model that is configured, by its variable."""
        fallback = {f"FALLBACK_MODELS__{number}": model for number, model in enumerate(self.fallback_models)}
        primary = {} if self.primary_model is None else {"PRIMARY_MODEL": self.primary_model}
        own = {variable_of(task): model for task, model in self.models_by_task.items()}
        return {**primary, **own, **fallback}

    @property
    def models_by_task(self) -> dict[str, ModelConfig]:
        """The models of single tasks and of kinds of messages, by its name."""
        named = {Task.CLASSIFICATION.value: self.classification_model, Task.AUGMENTATION.value: self.augmentation_model}
        return {task: model for task, model in named.items() if model is not None} | dict(self.task_models)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, passwords within addresses included, to be kept out of logs."""
        models = self.models.values()
        own = [self.bot_token, self.webhook_secret, self.llm_api_key, self.transcription_api_key]
        keys = [*own, *(model.api_key for model in models)]
        found = [key.get_secret_value() for key in keys if key is not None]
        addresses = [
            self.llm_api_base,
            self.transcription_api_base,
            self.telegram_api_base,
            self.database_url,
            *(model.api_base for model in models),
        ]
        for address in addresses:
            password = _password(address)
            found += [password, unquote(password)]
        return tuple(dict.fromkeys(secret for secret in found if secret))

    def not_yet_in_force(self) -> tuple[str, ...]:
        """Variables that are set to something else than their default, but whose feature this version does not have."""
        fields = type(self).model_fields
        changed = (name for name in self.model_fields_set & LATER if getattr(self, name) != fields[name].default)
        return tuple(name.upper() for name in sorted(changed))

    def multi_model(self) -> MultiModelSettings:
        """All models and the limits of a call, as the language-model layer wants them."""
        return MultiModelSettings(
            primary_model=self.primary_model,
            fallback_models=self.fallback_models,
            classification_model=self.classification_model,
            augmentation_model=self.augmentation_model,
            task_models=self.task_models,
            fallback_enabled=self.fallback_enabled,
            max_retries=self.max_retries,
            timeout_seconds=self.timeout_seconds,
        )


# What the short names of the primary model stand for.
THREE_LINES = {"LLM_API_BASE": "api_base", "LLM_MODEL": "name", "LLM_API_KEY": "api_key"}

# Known and checked now; what they steer comes with a later version (docs/configuration.md says which).
LATER = frozenset(
    {
        "webhook_url",
        "webhook_secret",
        "webhook_host",
        "webhook_port",
    }
)
