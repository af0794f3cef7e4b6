"""Words about people, for admins."""

from __future__ import annotations

from bot.i18n import Translator
from storage import Person


def access_question(t: Translator, stranger: Person) -> str:
    """The card about somebody who asks to use the bot; plain text, since the name is theirs to choose."""
    return t("access-question", name=stranger.name, username=handle(stranger), id=str(stranger.id))


def handle(person: Person) -> str:
    """A person's @name, or a dash."""
    return f"@{person.username}" if person.username else "—"
