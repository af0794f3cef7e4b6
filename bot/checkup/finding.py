"""What a check has found: values only, said in words elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from bot.events import Said


class Level(IntEnum):
    """How grave a finding is. Only `broken` makes the exit code other than 0."""

    GOOD = 0
    NOTE = 1
    """Worth knowing; nothing has to be done."""
    WARNING = 2
    """It works, and will not always."""
    BROKEN = 3
    """It does not work until something is changed."""
    SETTINGS = 4
    """The settings are wrong, so that the bot does not start at all."""


class Subject(StrEnum):
    """What the checks are about, in the order in which they are shown."""

    SETTINGS = "settings"
    TELEGRAM = "telegram"
    MODELS = "models"
    DATABASE = "database"
    DISK = "disk"
    CLOCK = "clock"
    PORTS = "ports"


class Matter(StrEnum):
    """All that can be found. Its words are `checkup-…`, and `mend-…` where there is something to do."""

    SETTINGS_GOOD = "settings-good"
    SETTINGS_WRONG = "settings-wrong"
    SETTINGS_LATER = "settings-later"
    SETTINGS_NO_SUCH = "settings-no-such"
    SETTINGS_MISSPELT = "settings-misspelt"
    SETTINGS_OPEN_FILE = "settings-open-file"
    SETTINGS_SAME_MODEL = "settings-same-model"
    WEBHOOK_NO_HTTPS = "webhook-no-https"

    TELEGRAM_GOOD = "telegram-good"
    TELEGRAM_PAGE = "telegram-page"
    TELEGRAM_TOKEN = "telegram-token"  # noqa: S105 - the name of a finding, no secret
    TELEGRAM_AWAY = "telegram-away"
    TELEGRAM_NO_NAME = "telegram-no-name"
    TELEGRAM_TLS = "telegram-tls"
    TELEGRAM_NOT_JSON = "telegram-not-json"
    TELEGRAM_TROUBLE = "telegram-trouble"
    TELEGRAM_OLD = "telegram-old"
    TELEGRAM_WEBHOOK_SET = "telegram-webhook-set"
    TELEGRAM_WEBHOOK_FAILS = "telegram-webhook-fails"

    MODEL_GOOD = "model-good"
    MODEL_CLOUD = "model-cloud"
    MODEL_DEMO = "model-demo"
    MODEL_NOT_FOUND = "model-not-found"
    MODEL_AWAY = "model-away"
    MODEL_NO_NAME = "model-no-name"
    MODEL_TLS = "model-tls"
    MODEL_LOADING = "model-loading"
    MODEL_KEY = "model-key"
    MODEL_NOT_A_SERVER = "model-not-a-server"
    MODEL_ELSEWHERE = "model-elsewhere"
    MODEL_MISSING = "model-missing"
    MODEL_NONE = "model-none"
    MODEL_NOT_NAMED = "model-not-named"
    MODEL_OTHER_NAME = "model-other-name"
    MODEL_CONTEXT_SMALL = "model-context-small"
    MODEL_CONTEXT_ABOVE = "model-context-above"
    MODEL_SILENT_CUT = "model-silent-cut"
    MODEL_NO_SYSTEM = "model-no-system"
    SPEECH_GOOD = "speech-good"
    SPEECH_AWAY = "speech-away"
    SPEECH_KEY = "speech-key"

    DATABASE_GOOD = "database-good"
    DATABASE_IN_USE = "database-in-use"
    DATABASE_NEW = "database-new"
    DATABASE_OLDER = "database-older"
    DATABASE_TOO_NEW = "database-too-new"
    DATABASE_LOCKED = "database-locked"
    DATABASE_BROKEN = "database-broken"
    DATABASE_READ_ONLY = "database-read-only"
    DATABASE_UNUSABLE = "database-unusable"
    DATABASE_TROUBLE = "database-trouble"

    DISK_GOOD = "disk-good"
    DISK_LOW = "disk-low"
    DISK_FULL = "disk-full"

    CLOCK_GOOD = "clock-good"
    CLOCK_OFF = "clock-off"
    CLOCK_FAR_OFF = "clock-far-off"

    PORT_TAKEN = "port-taken"
    CHECK_LATE = "check-late"
    CHECK_FAILED = "check-failed"


_GOOD = frozenset(
    {
        Matter.SETTINGS_GOOD,
        Matter.TELEGRAM_GOOD,
        Matter.TELEGRAM_PAGE,
        Matter.MODEL_GOOD,
        Matter.MODEL_CLOUD,
        Matter.SPEECH_GOOD,
        Matter.DATABASE_GOOD,
        Matter.DATABASE_IN_USE,
        Matter.DATABASE_NEW,
        Matter.DISK_GOOD,
        Matter.CLOCK_GOOD,
    }
)
_NOTES = frozenset(
    {
        Matter.SETTINGS_LATER,
        Matter.SETTINGS_NO_SUCH,
        Matter.TELEGRAM_OLD,
        Matter.MODEL_DEMO,
        Matter.MODEL_ELSEWHERE,
        Matter.MODEL_OTHER_NAME,
        Matter.MODEL_NO_SYSTEM,
        Matter.DATABASE_OLDER,
    }
)
_WARNINGS = frozenset(
    {
        Matter.SETTINGS_MISSPELT,
        Matter.SETTINGS_OPEN_FILE,
        Matter.SETTINGS_SAME_MODEL,
        Matter.TELEGRAM_WEBHOOK_SET,
        Matter.TELEGRAM_WEBHOOK_FAILS,
        Matter.MODEL_LOADING,
        Matter.MODEL_CONTEXT_SMALL,
        Matter.MODEL_CONTEXT_ABOVE,
        Matter.MODEL_SILENT_CUT,
        Matter.DISK_LOW,
        Matter.CLOCK_OFF,
        Matter.CHECK_LATE,
        Matter.CHECK_FAILED,
    }
)


def level_of(matter: Matter) -> Level:
    """How grave it is."""
    if matter is Matter.SETTINGS_WRONG:
        return Level.SETTINGS
    if matter in _GOOD:
        return Level.GOOD
    if matter in _NOTES:
        return Level.NOTE
    return Level.WARNING if matter in _WARNINGS else Level.BROKEN


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. No argument holds a secret or what anybody wrote."""

    subject: Subject
    matter: Matter
    args: Mapping[str, Said] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """How grave it is."""
        return level_of(self.matter)

    @property
    def key(self) -> str:
        """The key of its words."""
        return f"checkup-{self.matter}"

    @property
    def mend(self) -> str:
        """The key of the words that say what to do; empty when all is well."""
        return f"mend-{self.matter}" if self.level is not Level.GOOD else ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found, by subject."""

    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """That of the gravest finding."""
        return max((one.level for one in self.findings), default=Level.GOOD)

    @property
    def exit_code(self) -> int:
        """0: it works, 1: something is broken, 2: the settings are wrong."""
        return {Level.SETTINGS: 2, Level.BROKEN: 1}.get(self.level, 0)

    @property
    def amiss(self) -> tuple[Finding, ...]:
        """What is not as it should be, the gravest first."""
        return tuple(sorted((one for one in self.findings if one.level > Level.NOTE), key=lambda one: -one.level))


def report_of(findings: Iterable[Finding]) -> Report:
    """The findings in the order of their subjects."""
    order = tuple(Subject)
    return Report(tuple(sorted(findings, key=lambda one: order.index(one.subject))))
