"""Messages as Telegram sends them."""

from __future__ import annotations

from typing import Any

from aiogram.types import Message

WHO = {"id": 5, "first_name": "Anna"}


def message(**fields: Any) -> Message:
    """A message of a private chat with such fields."""
    usual = {"message_id": 1, "date": 1750000000, "chat": {**WHO, "type": "private"}, "from": {**WHO, "is_bot": False}}
    return Message.model_validate({**usual, **fields})


def size(width: int, height: int, file_size: int = 1000) -> dict[str, Any]:
    name = f"{width}x{height}"
    return {"file_id": name, "file_unique_id": name, "width": width, "height": height, "file_size": file_size}


def file(**fields: Any) -> dict[str, Any]:
    return {"file_id": "f", "file_unique_id": "u", **fields}
