"""When each setting takes effect."""

from __future__ import annotations

from bot.settings import Settings
from bot.settings.fields import LATER

MODELS = frozenset(
    {
        "llm_api_base",
        "llm_model",
        "llm_api_key",
        "primary_model",
        "fallback_models",
        "classification_model",
        "augmentation_model",
        "task_models",
        "fallback_enabled",
        "timeout_seconds",
    }
)
"""Those of which models are made."""
CALLS = frozenset({"fallback_enabled", "max_retries", "timeout_seconds", "hedging"})
DETECTION = frozenset({"redetect_every", "detect_cloud", "detect_tokens"})
BUDGETS = frozenset({"cloud_budget_day", "cloud_budget_month"})
ACCESS = frozenset({"access", "admin_ids", "allowed_ids"})
LIMITS = frozenset({"limit_messages_minute", "limit_tokens_day"})
LOG = frozenset({"log_level", "log_format"})
CHOICE = frozenset({"selection"})
TRANSCRIPTION = frozenset({"transcription_api_base", "transcription_model", "transcription_api_key"})
OTHERS = frozenset({"rich_messages"})
LIVE = MODELS | CALLS | DETECTION | BUDGETS | ACCESS | LIMITS | LOG | CHOICE | TRANSCRIPTION | OTHERS
"""At once."""

AT_START = frozenset(
    {
        "bot_token",
        "telegram_api_base",
        "database_url",
        "playground_host",
        "playground_port",
        "metrics_host",
        "metrics_port",
        "webhook_url",
        "webhook_secret",
        "webhook_host",
        "webhook_port",
    }
)
"""At the next start: a connection or a file that is open could not be changed without a break."""


def held_back(before: Settings, wanted: Settings) -> Settings:
    """What is to be in force from now on: as wanted, but for what only the next start can change.

    The rest follows from what is in force: a bot that has a token until it is started anew is no page for everyone.
    """
    return wanted.model_copy(update={name: getattr(before, name) for name in AT_START})


def waiting(in_force: Settings, wanted: Settings) -> dict[str, object]:
    """What only the next start can change, by name, with what it will be."""
    values = {name: getattr(wanted, name) for name in sorted(AT_START - LATER)}
    return {name: value for name, value in values.items() if value != getattr(in_force, name)}
