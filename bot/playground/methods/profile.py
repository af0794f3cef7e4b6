"""The bot's own texts: its name, its description, the short one. Each is kept for a language."""

from __future__ import annotations

from collections.abc import Callable

from bot.playground.errors import bad_request
from bot.playground.methods.base import Api, Method
from bot.playground.methods.chats import language
from bot.playground.params import Params
from bot.playground.utf16 import units
from bot.playground.values import BOT_NAME, Json

LONGEST = {"name": 64, "description": 512, "short_description": 120}


def setter(field: str) -> Method:
    """`setMyName`, `setMyDescription` or `setMyShortDescription`."""

    def set_field(api: Api, params: Params) -> bool:
        value = params.text(field)
        if units(value) > LONGEST[field]:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        api.world.profile[field, language(params)] = value
        return True

    return set_field


def getter(field: str) -> Callable[[Api, Params], Json]:
    """`getMyName`, `getMyDescription` or `getMyShortDescription`; without one in the language the general one."""
    default = BOT_NAME if field == "name" else ""

    def get_field(api: Api, params: Params) -> Json:
        profile = api.world.profile
        return {field: profile.get((field, language(params))) or profile.get((field, "")) or default}

    return get_field
