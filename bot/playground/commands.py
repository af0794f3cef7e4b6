"""The bot's command menus: set for a scope and a language, resolved for a person as Telegram does."""

from __future__ import annotations

from typing import TypeAlias

from bot.playground.values import Json

Scope: TypeAlias = tuple[str, int | None]
"""Its type and, for one chat, that chat's id."""

DEFAULT: Scope = ("default", None)
ALL_PRIVATE: Scope = ("all_private_chats", None)
ALL_GROUPS: Scope = ("all_group_chats", None)


class CommandMenu:
    """Which commands have been set where."""

    def __init__(self) -> None:
        self._menus: dict[tuple[Scope, str], list[Json]] = {}

    def set(self, scope: Scope, language: str, commands: list[Json]) -> None:
        """Replace a menu; an empty one is forgotten."""
        if commands:
            self._menus[scope, language] = commands
        else:
            self._menus.pop((scope, language), None)

    def get(self, scope: Scope, language: str) -> list[Json]:
        """Exactly what was set there."""
        return self._menus.get((scope, language), [])

    def resolve(self, chat_id: int, language: str) -> list[Json]:
        """What a person sees in a chat: the narrowest scope first, in each the own language first."""
        for scope in (("chat", chat_id), ALL_PRIVATE if chat_id > 0 else ALL_GROUPS, DEFAULT):
            for code in (language, ""):
                if commands := self._menus.get((scope, code)):
                    return commands
        return []
