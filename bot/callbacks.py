"""What the buttons say when they are pressed: one class for each kind, checked to fit Telegram's 64 bytes."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData


class AccessDecision(StrEnum):
    """What an admin decides about a stranger."""

    ALLOW = "allow"
    REFUSE = "refuse"


class AccessPress(CallbackData, prefix="access"):
    """An admin lets a person in, or does not."""

    decision: AccessDecision
    person_id: int


class StopPress(CallbackData, prefix="stop"):
    """A person stops the answer in their chat."""


class LanguagePress(CallbackData, prefix="language"):
    """A person chooses the language of the interface."""

    code: str


class RichMessages(StrEnum):
    """What a person does about rich messages."""

    TRY = "try"
    SEEN = "seen"
    OFF = "off"


class RichPress(CallbackData, prefix="rich"):
    """A person tries rich messages, confirms that they show, or switches them off."""

    choice: RichMessages
