"""Every setting of the program: read from the environment and `.env`, checked, and explained when it is wrong."""

from bot.settings.fields import Settings
from bot.settings.load import load_settings, settings_from
from bot.settings.problems import format_problems
from bot.settings.values import AccessMode, RichMode, Selection

__all__ = [
    "AccessMode",
    "RichMode",
    "Selection",
    "Settings",
    "format_problems",
    "load_settings",
    "settings_from",
]
