"""The parameters of a Bot API call, whichever way they were sent: JSON, a form, multipart, or the query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import BodyPartReader, web

from bot.playground.errors import ApiError, bad_request

MOST_FIELDS = 100
MOST_UPLOADED = 50 * 1024 * 1024
"""A bot may send files of up to 50 MB (Bot API, "Sending files")."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes = field(repr=False)


class Params:
    """Typed access to the parameters. A value may come as JSON or as a string that holds JSON."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        self._values = values
        self._uploads = uploads or {}

    def within(self, values: Mapping[str, Any]) -> Params:
        """An object among the parameters, read like the whole call, whose files it may name."""
        return Params(values, self._uploads)

    def logged(self) -> dict[str, object]:
        """The parameters as a test looks at them: JSON read, files by their names."""
        read = {name: _maybe_json(value) for name, value in self._values.items()}
        return read | {name: upload.name for name, upload in self._uploads.items()}

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken as they are written."""
        value = self._values.get(name)
        return default if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()

    def integer(self, name: str) -> int | None:
        """A whole number, or None when it is missing or no number."""
        value = self._values.get(name)
        if isinstance(value, bool) or value is None:
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        """A Boolean; `true`, `yes` and `1` mean yes, as on Telegram's server."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """A JSON value, or None when it is missing or empty. Raises `ApiError` 400 when it is no JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return orjson.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """A file: either the part itself, or the part that `attach://` names."""
        if found := self._uploads.get(name):
            return found
        return self._uploads.get(self.text(name).removeprefix("attach://"))


async def read_params(request: web.Request) -> Params:
    """Read a call. Raises `ApiError` 400 for a body that cannot be read, 413 for one that is too large."""
    values: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return Params(values)
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    try:
        if kind == "application/json":
            body = orjson.loads(await request.read())
            if not isinstance(body, dict):
                raise bad_request("can't parse JSON object")
            return Params(values | body)
        form = (await request.read()).decode("ascii")
        return Params(
            values | dict(parse_qsl(form, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
        )
    except ValueError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None


async def _read_multipart(request: web.Request, values: dict[str, Any]) -> Params:
    uploads: dict[str, Upload] = {}
    left = MOST_UPLOADED
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise bad_request("can't parse the body")
            content = bytearray()
            while chunk := await part.read_chunk(1 << 16):
                left -= len(chunk)
                if left < 0:
                    raise ApiError(413, "Request Entity Too Large")
                content += chunk
            if part.filename is None:
                values[part.name] = content.decode()
            else:
                uploads[part.name] = Upload(part.filename, bytes(content))
    except ValueError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return Params(values, uploads)


def _maybe_json(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        return value
