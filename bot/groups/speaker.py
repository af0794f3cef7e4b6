"""How the people of a group are called in what a model reads: so that nobody can take the name of another."""

from __future__ import annotations

import re
import unicodedata

from aiogram.types import User

LONGEST = 40
_NOT_IN_NAMES = re.compile(r"[:：@()\[\]<>{}\"“”`*_#=|\\/]+")
NOBODY = "Someone"


def speaker(user: User | None) -> str:
    """The name of somebody: a single short line without a colon, behind it their username, which is nobody else's."""
    if user is None:
        return NOBODY
    name = cleaned(user.full_name)
    return f"{name} (@{user.username})" if user.username else name


def cleaned(name: str) -> str:
    """A name as one line, without what could end it or look like a part of the text."""
    plain = unicodedata.normalize("NFKC", name)
    visible = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in plain)
    return " ".join(_NOT_IN_NAMES.sub(" ", visible).split())[:LONGEST].strip() or NOBODY


def with_speaker(user: User | None, text: str) -> str:
    """What somebody has said, with their name before it."""
    return f"{speaker(user)}: {text}"
