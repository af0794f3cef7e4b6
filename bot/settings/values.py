"""What values of settings look like: the words that may be chosen from, and texts that are checked and read."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from llm.wire.address import read_address

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{30,50}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Telegram promises at most 52 significant bits.
_LARGEST_ID = 2**52


class AccessMode(StrEnum):
    """Who is let in."""

    OPEN = "open"
    APPROVE = "approve"
    ALLOWLIST = "allowlist"


class RichMode(StrEnum):
    """Who gets rich messages."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"

    def applies(self, chosen: bool | None) -> bool:
        """Whether a person who has chosen so (None: not yet) gets them."""
        return self is RichMode.ALWAYS or (self is RichMode.ASK and bool(chosen))


class Selection(StrEnum):
    """How a model is chosen for a message."""

    AUTO = "auto"
    ORDERED = "ordered"


def _ids(value: object) -> object:
    """`1, 2` as two numbers; an empty value as none."""
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(re.fullmatch(r"[0-9]{1,16}", part) and 0 < int(part) < _LARGEST_ID for part in parts):
        raise ValueError("must be ids of people: positive numbers with commas between them")
    return tuple(int(part) for part in parts)


def _duration(value: object) -> object:
    """`24h`, `90s`, `0` as a length of time."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if text == "0":
        return timedelta(0)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("must be 0, or a number with s, m, h or d: 90s, 30m, 24h, 7d")
    try:
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    except OverflowError:
        raise ValueError("is longer than any calendar") from None


def is_token(text: str) -> bool:
    """Whether a text has the form of a Telegram token."""
    return _TOKEN.fullmatch(text) is not None


def _token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not is_token(value.get_secret_value()):
        raise ValueError("must look like 123456789:AAE…, as @BotFather gives it")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
        raise ValueError("must be up to 256 Latin letters, digits, - and _, as Telegram wants it")
    return value


def _address(value: str) -> str:
    text = value.strip()
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError("must be an address that begins with http:// or https://")
    return text.rstrip("/")


def _model_server(value: str) -> str:
    """The address of a model server, by the rules of the layer that asks it."""
    text = value.strip().rstrip("/")
    if text:
        try:
            read_address(text)
        except ValueError:
            raise ValueError("must be an address such as http://127.0.0.1:11434/v1") from None
    return text


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return value


def _loopback(value: str) -> str:
    """The playground knows no passwords, so it must not be reachable from elsewhere."""
    if value == "localhost":
        return value
    try:
        if ip_address(value).is_loopback:
            return value
    except ValueError:
        pass
    raise ValueError("must be an address of this machine (127.0.0.1, ::1, localhost): the page asks for no password")


def password_within(address: str) -> str:
    """The password within an address, as it is written there."""
    try:
        return urlsplit(address if "://" in address else f"http://{address}").password or ""
    except ValueError:
        return ""


Token = Annotated[SecretStr, AfterValidator(_token)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
DatabaseAddress = Annotated[str, AfterValidator(_database)]
OwnHost = Annotated[str, AfterValidator(_loopback)]
Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]
Address = Annotated[str, AfterValidator(_address)]
ModelServer = Annotated[str, AfterValidator(_model_server)]
Name = Annotated[str, AfterValidator(str.strip)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Most = Annotated[int | None, Field(ge=1, le=1_000_000_000)]
Amount = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]
