"""Every setting of the program: read from the environment and `.env`, checked, and explained when it is wrong."""

from bot.settings.fields import AccessMode, RichMode, Selection, Settings
from bot.settings.load import load_settings, settings_from
from bot.settings.problems import format_problems

__all__ = [
    "AccessMode",
    "RichMode",
    "Selection",
    "Settings",
    "format_problems",
    "load_settings",
    "settings_from",
]
