"""What can go wrong in the front end.

BotError
├─ SettingsError     the configuration has faults, each with its variable
└─ DeliveryFailed    a chat cannot be reached
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the configuration. `value` is None where it is a secret or missing; `allowed` says what would do.

    `line` is that of the settings file; None: it does not stand in the file.
    """

    variable: str
    value: str | None
    allowed: str
    line: int | None = None


class BotError(Exception):
    """The root of the front end's errors."""


class SettingsError(BotError):
    """The configuration has faults."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(", ".join(problem.variable for problem in problems))


class StartError(BotError):
    """The bot cannot start or go on; the text is for whoever runs it and says what to change."""


class DeliveryFailed(BotError):
    """A chat cannot be reached at all; `reason` is Telegram's description, without anybody's text."""

    def __init__(self, chat_id: int, reason: str) -> None:
        self.chat_id = chat_id
        self.reason = reason
        super().__init__(f"chat {chat_id} cannot be reached: {reason}")
