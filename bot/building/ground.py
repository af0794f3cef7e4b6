"""What all floors stand on: the settings of the start, time and chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bot.live.settings_file import SettingsFile
from bot.settings import Settings
from llm.clock import Clock
from llm.routing.serving_model import Search


@dataclass(frozen=True, slots=True)
class Ground:
    """Handed from floor to floor. `file` holds the settings as they are later; `search` replaces the look around."""

    settings: Settings
    clock: Clock
    randomness: random.Random
    file: SettingsFile | None = None
    search: Search | None = None
