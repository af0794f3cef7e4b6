"""Has speech written down by a server with OpenAI's interface for it: `POST /audio/transcriptions`."""

from __future__ import annotations

import asyncio
import base64
import secrets
from dataclasses import dataclass
from enum import StrEnum

import orjson
import structlog
from pydantic import SecretStr

from llm.clock import Clock
from llm.errors import LLMError
from llm.http import ConnectError, HttpClient, HTTPError, InvalidURL, Response, TimeoutException, make_post
from llm.servers.hosts import host_of, is_local
from llm.wire.address import Address, read_address

logger = structlog.get_logger()

LONGEST_SECONDS = 180.0
"""So long a transcription may take: a small machine hears little faster than people speak."""
CONNECT_SECONDS = 5.0
MOST_ANSWERED = 4 * 1024 * 1024
PATH = "/audio/transcriptions"


class TranscriptionProblem(StrEnum):
    """Why there is no transcript."""

    NOT_CONFIGURED = "not_configured"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    KEY_REFUSED = "key_refused"
    NOT_THERE = "not_there"
    """The server has no such model, or does not transcribe at all."""
    TOO_LARGE = "too_large"
    BUSY = "busy"
    NOT_UNDERSTOOD = "not_understood"
    """The server cannot read such a recording."""
    BROKEN = "broken"
    NOTHING_SAID = "nothing_said"
    NOT_AT_HOME = "not_at_home"
    """It is not to go to a cloud, and the server is in one."""


class TranscriptionFailed(LLMError):
    """There is no transcript; `status` is the HTTP status when there was one."""

    def __init__(self, problem: TranscriptionProblem, status: int | None = None) -> None:
        self.problem = problem
        self.status = status
        super().__init__(problem.value if status is None else f"{problem.value} ({status})")


@dataclass(frozen=True, slots=True)
class TranscriptionConfig:
    """Where speech is written down, and by which model."""

    api_base: str
    model: str
    api_key: SecretStr = SecretStr("")  # noqa: RUF009 - frozen


_BY_STATUS = {
    401: TranscriptionProblem.KEY_REFUSED,
    403: TranscriptionProblem.KEY_REFUSED,
    404: TranscriptionProblem.NOT_THERE,
    405: TranscriptionProblem.NOT_THERE,
    408: TranscriptionProblem.TOO_SLOW,
    413: TranscriptionProblem.TOO_LARGE,
    429: TranscriptionProblem.BUSY,
    501: TranscriptionProblem.NOT_THERE,
    503: TranscriptionProblem.BUSY,
    504: TranscriptionProblem.TOO_SLOW,
}


class Transcriber:
    """Asks one server, which may be changed or taken away meanwhile. What is said is never logged."""

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,
        config: TranscriptionConfig | None,
        *,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._http = http
        self._clock = clock
        self._config = config
        self._longest_seconds = longest_seconds

    @property
    def available(self) -> bool:
        """Whether there is a server to ask."""
        return self._config is not None

    @property
    def in_cloud(self) -> bool:
        """Whether there is a server, and it is on no machine of our own."""
        try:
            return self._config is not None and not is_local(host_of(self._config.api_base))
        except ValueError:
            return True

    def work_by(self, config: TranscriptionConfig | None) -> None:
        """Ask another server from now on, or none."""
        self._config = config

    async def transcribe(self, recording: bytes, *, name: str, mime: str) -> str:
        """What is said in a recording; `name` has the ending that its format goes by. Raises `TranscriptionFailed`."""
        config = self._config
        if config is None:
            raise TranscriptionFailed(TranscriptionProblem.NOT_CONFIGURED)
        began = self._clock.monotonic()
        failed: TranscriptionFailed | None = None
        try:
            async with asyncio.timeout(self._longest_seconds):
                return await self._asked(config, recording, name, mime)
        except TranscriptionFailed as error:
            failed = error
            raise
        except (TimeoutError, HTTPError, InvalidURL, ValueError) as error:
            failed = TranscriptionFailed(_problem_of(error))
            raise failed from error
        finally:
            self._tell(config, recording, began, failed)

    async def _asked(self, config: TranscriptionConfig, recording: bytes, name: str, mime: str) -> str:
        address = read_address(config.api_base.removesuffix(PATH))
        kind, body = _form({"model": config.model, "response_format": "json"}, recording, name, mime)
        request = make_post(
            address.base + PATH + (f"?{address.query}" if address.query else ""),
            headers={"Content-Type": kind, "Accept": "application/json", **_authorization(address, config.api_key)},
            content=body,
            size=len(body),
            connect_seconds=CONNECT_SECONDS,
        )
        response = await self._http.send(request, stream=True)
        try:
            answered = await _read(response)
        finally:
            await response.aclose()
        if response.status_code != 200:
            raise TranscriptionFailed(_problem_of_status(response.status_code), response.status_code)
        text = _text_of(answered)
        if not text:
            raise TranscriptionFailed(TranscriptionProblem.NOTHING_SAID)
        return text

    def _tell(
        self, config: TranscriptionConfig, recording: bytes, began: float, failed: TranscriptionFailed | None
    ) -> None:
        """A line of the log for each: transcriptions are no answers of models, and not among their figures."""
        told = {
            "model": config.model,
            "bytes": len(recording),
            "seconds": round(self._clock.monotonic() - began, 3),
        }
        if failed is None:
            logger.info("transcribed", **told)
        else:
            logger.warning("not_transcribed", problem=failed.problem.value, status=failed.status, **told)


def _problem_of(error: Exception) -> TranscriptionProblem:
    if isinstance(error, TimeoutError | TimeoutException):
        return TranscriptionProblem.TOO_SLOW
    if isinstance(error, HTTPError) and not isinstance(error, ConnectError):
        return TranscriptionProblem.BROKEN
    return TranscriptionProblem.UNREACHABLE


def _problem_of_status(status: int) -> TranscriptionProblem:
    usual = TranscriptionProblem.BROKEN if status >= 500 or status < 400 else TranscriptionProblem.NOT_UNDERSTOOD
    return _BY_STATUS.get(status, usual)


async def _read(response: Response) -> bytes:
    answered = bytearray()
    async for piece in response.aiter_bytes():
        answered += piece
        if len(answered) > MOST_ANSWERED:
            raise TranscriptionFailed(TranscriptionProblem.BROKEN, response.status_code)
    return bytes(answered)


def _text_of(answered: bytes) -> str:
    """The transcript. Some servers write it as plain text, whatever was asked for."""
    try:
        value = orjson.loads(answered)
    except ValueError:
        if answered.lstrip()[:1] in (b"{", b"[", b"<"):
            raise TranscriptionFailed(TranscriptionProblem.BROKEN, 200) from None
        return answered.decode("utf-8", "replace").strip()
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise TranscriptionFailed(TranscriptionProblem.BROKEN, 200)
    return text.strip()


def _authorization(address: Address, key: SecretStr) -> dict[str, str]:
    if written := key.get_secret_value().strip():
        return {"Authorization": f"Bearer {written}"}
    if address.user is not None:
        pair = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _form(fields: dict[str, str], recording: bytes, name: str, mime: str) -> tuple[str, bytes]:
    """Fields and one file as `multipart/form-data`: its type and its body."""
    boundary = secrets.token_hex(16)
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "._-")) or "audio"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    disposition = f'form-data; name="file"; filename="{safe}"'
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {mime}\r\n\r\n".encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, head, recording, tail])
