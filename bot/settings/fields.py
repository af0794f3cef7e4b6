"""The settings themselves: names, defaults, what is allowed, what each means, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings.given_models import by_kind, numbered, variable_of
from bot.settings.values import (
    AccessMode,
    Address,
    Amount,
    DatabaseAddress,
    Duration,
    Ids,
    ModelServer,
    Most,
    Name,
    OwnHost,
    RichMode,
    Selection,
    Token,
    WebhookSecret,
    password_within,
)
from llm.config import ModelConfig, MultiModelSettings
from llm.spans import Span
from llm.types import Task

BOT_DATABASE = "sqlite+aiosqlite:///data/domovoy.db"
PLAYGROUND_DATABASE = "sqlite+aiosqlite:///data/playground.db"


class Settings(BaseSettings):
    """What an installation has chosen. Built by `load_settings`; reads nothing by itself afterwards."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    bot_token: Token = SecretStr("")
    """Telegram token. Empty: the bot runs on a page on this machine."""
    admin_ids: Ids = ()
    """Telegram ids of the admins: positive numbers with commas. Empty: the log shows a code for one use; who sends it
    to the bot becomes its admin. On the page the person "Admin" is the admin."""
    access: AccessMode = AccessMode.APPROVE
    """Who is let in. `open`: everybody; `approve`: admins get a card with Allow and Refuse about each stranger;
    `allowlist`: only `ALLOWED_IDS`. On the page the default is `open`."""
    allowed_ids: Ids = ()
    """Ids of people who may use the bot whatever `ACCESS` says."""
    telegram_api_base: Address = ""
    """A Bot API server of your own. Empty: Telegram's."""
    webhook_url: Address = ""
    """The address at which Telegram is to call with updates, instead of being asked (long polling): `https://`, on port
    443, 80, 88 or 8443. A Bot API server of your own (`TELEGRAM_API_BASE`) calls any address. See
    [operations.md](operations.md#webhook)."""
    webhook_secret: WebhookSecret = SecretStr("")
    """The word by which Telegram's calls are known: up to 256 Latin letters, digits, `-` and `_`. Empty: a new one at
    each start."""
    webhook_host: str = "127.0.0.1"
    """Where the bot listens for these calls, behind a proxy that speaks TLS; the path is that of `WEBHOOK_URL`."""
    webhook_port: int = Field(default=8080, ge=1, le=65535)
    """Its port."""
    database_url: DatabaseAddress = BOT_DATABASE
    """Where everything is kept. Relative paths count from the directory that the bot runs in. Without a token the
    default is `data/playground.db`, so that trials stay apart from real chats. `postgresql+asyncpg://…` is accepted
    with the extra `postgres` installed, but is not tested in this version."""
    llm_api_base: ModelServer = ""
    """Address of an OpenAI-compatible server, with or without `/v1`. Empty: servers on this machine are looked for on
    their usual ports and recognised by what they say."""
    llm_model: Name = ""
    """The model's name. Empty: the server's first model that can chat."""
    llm_api_key: SecretStr = SecretStr("")
    """The server's key. Sent only to `LLM_API_BASE`."""
    primary_model: ModelConfig | None = None
    """The same with every field, as JSON or as `PRIMARY_MODEL__NAME`, `PRIMARY_MODEL__API_BASE` and so on
    ([below](#fields-of-a-model)); a single field wins over the JSON. The three lines above and further fields go
    together: `LLM_API_BASE`, `LLM_MODEL` and `PRIMARY_MODEL__CAPABILITIES__MAX_CONTEXT=16384`. Do not set both ways to
    different values."""
    fallback_models: Annotated[tuple[ModelConfig, ...], BeforeValidator(numbered)] = ()
    """Models to go on with when the primary one can not answer, in their order: a JSON list, or
    `FALLBACK_MODELS__0__NAME` and so on, numbered without gaps; not both."""
    classification_model: ModelConfig | None = None
    """A model for short decisions; fields as below. Where it is empty or fails, the models above decide."""
    augmentation_model: ModelConfig | None = None
    """A model for summaries, better wordings and titles; fields as below. Where it is empty or fails, the models above
    do it."""
    # Not `dict`, of which pydantic-settings would take the names and keys for JSON.
    task_models: Annotated[Mapping[str, ModelConfig], BeforeValidator(by_kind), Field(default_factory=dict)]
    """Models for messages of one kind, by its name: `TASK_MODELS__CODE__NAME`, `TASK_MODELS__CODE__API_BASE` and
    further fields as below, or JSON such as `{"code": {"name": "…", "api_base": "…"}}`. See
    [below](#models-for-kinds-of-messages)."""
    transcription_api_base: ModelServer = ""
    """A server that writes speech down as OpenAI's does (`POST /audio/transcriptions`): speaches, LocalAI, whisper.cpp
    (started with `--inference-path /v1/audio/transcriptions --convert`), vLLM with a Whisper model, or a cloud. Empty:
    voice messages are declined with a word. Recordings go there and nowhere else."""
    transcription_model: Name = "whisper-1"
    """The name of its model."""
    transcription_api_key: SecretStr = SecretStr("")
    """Its key. Sent only to `TRANSCRIPTION_API_BASE`."""
    fallback_enabled: bool = True
    """Whether to go on with another model."""
    max_retries: int = Field(default=3, ge=0, le=20)
    """How often the same model may be asked again for one message, after a failure that passes. A server that fails all
    the time gets at most 1.2 requests for a message."""
    timeout_seconds: float = Field(default=30.0, gt=0, le=3600)
    """Seconds until an answer must have begun, over all models that are tried. A long prompt gets time to be read on
    top, and a model that has to be loaded five minutes where no other one could answer."""
    hedging: bool = False
    """Whether a request that takes longer to begin than 19 of 20 did is sent to a fallback model on another machine as
    well, whoever begins first answers. At most 3 of 100 requests; never to a cloud in the place of a local model. Of no
    use with a single machine."""
    selection: Selection = Selection.AUTO
    """Which of several models is asked first ([selection.md](selection.md)). `auto`: what was learned for such
    messages, of models at home; those in a cloud come after them, as configured. Who names another primary model while
    the bot runs gets it first until the next start. `ordered`: strictly as configured."""
    redetect_every: Duration = timedelta(hours=24)
    """How often to find out anew what models can do: `90s`, `30m`, `24h`, `7d`; `0`: only when `/detect` asks for it
    ([detection.md](detection.md))."""
    detect_cloud: bool = False
    """Whether models in a cloud may be asked as well; it costs about a cent, and counts towards the budgets."""
    detect_tokens: int = Field(default=20_000, ge=0, le=1_000_000)
    """So many tokens may be sent to a model in one detection to see how much it really reads; `0`: what its server
    tells is believed."""
    cloud_budget_day: Amount = None
    """What models in a cloud may cost in a day, in the currency of their prices (`PRICE_IN`, `PRICE_OUT`); days begin
    at midnight UTC. A request that might exceed it is not sent to a cloud. Admins hear of it at 80 % and when it is
    spent. `0`: no cloud."""
    cloud_budget_month: Amount = None
    """The same for a month."""
    limit_messages_minute: Most = None
    """So many messages of a person are answered in any minute; the others are not, and they are told when it goes on.
    Empty: no limit. Admins have none. `/people` sets other limits for a person."""
    limit_tokens_day: Most = None
    """So many tokens, read and written, may be used for a person in a day; days begin at midnight UTC. The answer that
    is under way then is not cut short. The rest as above."""
    answer_within: Duration = timedelta(hours=1)
    """What waited for longer, while the bot was away, gets one word of apology for the chat and a button to have it
    answered all the same: `90s`, `30m`, `24h`; `0`: everything is answered. Commands always are."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """A port on which Prometheus finds figures under `/metrics`, and others under `/healthz` whether the bot is well;
    `0`: none."""
    metrics_host: str = "127.0.0.1"
    """Where that port is opened. There is no password: let only who may see the figures reach it."""
    rich_messages: RichMode = RichMode.ASK
    """`ask`: off until a person has confirmed in `/settings` that a sample shows; `always`; `never`. Several Telegram
    clients show rich messages as empty bubbles."""
    playground_host: OwnHost = "127.0.0.1"
    """Where the page listens. Only addresses of this machine: the page asks for no password."""
    playground_port: int = Field(default=8585, ge=0, le=65535)
    """Its port; `0` takes a free one."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR`."""
    log_format: Literal["console", "json"] = "console"
    """`console` for people, `json` for machines."""

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
            password = password_within(address)
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

# Known and checked now; what they steer comes with a later version (docs/configuration.md says which). None today.
LATER: frozenset[str] = frozenset()
