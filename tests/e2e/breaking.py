"""Random ways to break a settings file, as people and programs do; each says where the fault is, if that is sure."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import settings_from
from bot.settings.env_file import parse_env

TYPED = (
    "TIMEOUT_SECONDS",
    "MAX_RETRIES",
    "ADMIN_IDS",
    "ACCESS",
    "CLOUD_BUDGET_DAY",
    "RICH_MESSAGES",
    "LOG_LEVEL",
    "FALLBACK_ENABLED",
    "METRICS_PORT",
    "DETECT_TOKENS",
)
"""Settings for which a random word is no value."""
HERE = "§"
"""Stands for a secret of its own in each file."""
SECRETS = ("BOT_TOKEN", "WEBHOOK_SECRET", "LLM_API_KEY", "FALLBACK_MODELS__0__API_KEY")


@dataclass(frozen=True)
class Broken:
    """A file with a fault; `line` is where, None: anywhere. `secret` stands in it and must be shown nowhere."""

    content: bytes
    line: int | None
    secret: str


class Breaker:
    """Breaks a right file in many ways; the same seed breaks it in the same ways."""

    def __init__(self, right: str, chance: random.Random) -> None:
        self._right = right.splitlines()
        self._chance = chance
        self._made: set[bytes] = set()

    def next(self, path: Path) -> Broken:
        """One that was not there before and is refused."""
        ways: tuple[Callable[[], tuple[str, bool]], ...] = (
            self._wrong_value,
            self._unknown_name,
            self._no_assignment,
            self._open_quotes,
            self._broken_json,
            self._no_address,
            self._value_behind_the_name,
            self._half_a_model,
            self._a_gap,
        )
        while True:
            secret = self._word(24)
            line, sure = self._chance.choice(ways)()
            lines = list(self._right)
            place = self._chance.randrange(len(lines) + 1)
            lines.insert(place, line.replace(HERE, secret))
            content = "\n".join([*lines, f"# it was {secret}"]).encode()
            if self._chance.random() < 0.05:
                content, sure = content + bytes([0xFF, self._chance.randrange(256)]), False
            if content not in self._made and self._refused(content, path):
                self._made.add(content)
                return Broken(content, place + 1 if sure else None, secret)

    def _refused(self, content: bytes, path: Path) -> bool:
        try:
            settings_from(parse_env(content, path), {})
        except SettingsError:
            return True
        return False

    def _word(self, length: int = 8) -> str:
        return "zq" + "".join(self._chance.choice(string.ascii_letters + string.digits) for _ in range(length))

    def _wrong_value(self) -> tuple[str, bool]:
        return f"{self._chance.choice(TYPED)}={self._word()}", True

    def _unknown_name(self) -> tuple[str, bool]:
        name = self._chance.choice(("LLM_MODLE", "LLM_KEY", "ADMIN_ID", "CLOUD_BUDGET", "FALLBACK_MODEL", "BOT_TOKEM"))
        return f"{name}={HERE}", True

    def _no_assignment(self) -> tuple[str, bool]:
        return f"{self._chance.choice(SECRETS)} {HERE}", True

    def _open_quotes(self) -> tuple[str, bool]:
        # All that follows may belong to it.
        return f'{self._chance.choice(SECRETS)}="{HERE}', False

    def _broken_json(self) -> tuple[str, bool]:
        cut = self._chance.choice((f'[{{"name": "{HERE}"', "[{]", f'[{{"name": "a", "api_key": "{HERE}"}}]', HERE))
        return f"FALLBACK_MODELS={cut}", True

    def _no_address(self) -> tuple[str, bool]:
        # The last of two lines with the same name holds.
        return f"TELEGRAM_API_BASE=ftp://me:{HERE}@{self._word()}", True

    def _value_behind_the_name(self) -> tuple[str, bool]:
        return f"{self._chance.choice(SECRETS)}{HERE}=", True

    def _half_a_model(self) -> tuple[str, bool]:
        field = self._chance.choice(("NAME", "API_KEY", "MAX_TOKENS", "APIKEE"))
        return f"AUGMENTATION_MODEL__{field}={HERE}", True

    def _a_gap(self) -> tuple[str, bool]:
        return f"FALLBACK_MODELS__{self._chance.randrange(3, 9)}__NAME={HERE}", True
