"""Which addresses become links."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?|tg|ton|mailto|tel):/{0,2}\S+|[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?")


def looks_like_address(address: str) -> bool:
    """Whether Telegram would make a link of it; it silently leaves out those that are none."""
    return _ADDRESS.fullmatch(address.strip()) is not None
