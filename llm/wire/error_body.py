"""Brings the error bodies of all servers to one shape."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm.wire.chunks import parse_json
from llm.wire.retry_after import duration_seconds

_CODE = re.compile(r"[A-Za-z][\w.-]{0,63}")
_TAG = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_MAX_NESTING = 3


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says.

    `codes` are its machine words in lower case, the surest first: code, type, error type of the router, of the
    upstream. `status` is an HTTP status that stands inside the body, `retry_after_seconds` a wait that does,
    `retryable` whether the same request may be sent again (OpenRouter's `availability`, servers.md 11).
    `message` is the server's text and may repeat what a person wrote.
    """

    message: str = ""
    codes: tuple[str, ...] = ()
    status: int | None = None
    param: str = ""
    retry_after_seconds: float | None = None
    retryable: bool | None = None
    flagged: bool = False


def read_error_body(body: object, *, nesting: int = 0) -> ErrorBody:
    """Read a parsed body, or the text of one that is not JSON.

    The shapes are tried in the order of servers.md 13.4: OpenAI's object, a string (with JSON inside, as Ollama
    nests it), vLLM's flat object, TGI's, FastAPI's and KoboldCpp's `detail`, a bare `message`, text or HTML, nothing.
    """
    if isinstance(body, str):
        return _from_text(body, nesting)
    if not isinstance(body, dict):
        return ErrorBody()
    error = body.get("error")
    if isinstance(error, dict):
        # LocalAI and LM Studio repeat or add fields beside the object.
        return _from_object(error, outer=body, nesting=nesting)
    if isinstance(error, str) and error:
        inner = _from_text(error, nesting)
        return ErrorBody(
            message=inner.message,
            codes=_words(body.get("error_type"), body.get("code"), body.get("type")) + inner.codes,
            status=inner.status or _status(body.get("code")),
            # How long a hosted model still takes to load (Hugging Face).
            retry_after_seconds=_seconds(body.get("estimated_time")),
        )
    if "detail" in body:
        return _from_detail(body["detail"])
    return _from_object(body, outer={}, nesting=nesting)


def _from_object(error: dict[str, object], *, outer: dict[str, object], nesting: int) -> ErrorBody:
    metadata = _mapping(error.get("metadata"))
    availability = _mapping(error.get("availability"))
    codes = _words(
        availability.get("code"),
        error.get("code"),
        error.get("type"),
        metadata.get("error_type"),
        metadata.get("provider_code"),
    )
    inner = _from_text(_text(error.get("message")) or _text(error.get("msg")) or _text(outer.get("message")), nesting)
    return ErrorBody(
        message=inner.message,
        codes=codes + inner.codes,
        status=_status(error.get("code")) or _status(error.get("http_status_code")) or inner.status,
        param=_text(error.get("param")),
        retry_after_seconds=_wait(availability.get("retry_after"), error.get("details")),
        retryable=retryable if isinstance(retryable := availability.get("retryable"), bool) else None,
        flagged="flagged_input" in metadata,
    )


def _from_text(text: str, nesting: int) -> ErrorBody:
    stripped = text.strip()
    if stripped.startswith("{") and nesting < _MAX_NESTING:
        try:
            return read_error_body(parse_json(stripped), nesting=nesting + 1)
        except (ValueError, RecursionError):
            pass  # it only looks like JSON: then it is text
    if stripped.startswith("<"):
        stripped = " ".join(_TAG.sub(" ", stripped).split())
    return ErrorBody(message=stripped)


def _from_detail(detail: object) -> ErrorBody:
    if isinstance(detail, list):
        # Only where and what: `input` repeats what was sent.
        lines = [f"{_place(entry)}: {_text(entry.get('msg'))}" for entry in detail if isinstance(entry, dict)]
        return ErrorBody(message="; ".join(lines), codes=("validation_error",))
    if isinstance(detail, dict):
        message = _text(detail.get("msg")) or _text(detail.get("message"))
        return ErrorBody(message=message, codes=_words(detail.get("code"), detail.get("type")))
    return ErrorBody(message=_text(detail))


def _place(entry: dict[str, object]) -> str:
    location = entry.get("loc")
    return ".".join(str(step) for step in location) if isinstance(location, list) else ""


def _words(*values: object) -> tuple[str, ...]:
    """The values that are machine words, in lower case; anything else may be somebody's text."""
    return tuple(value.lower() for value in values if isinstance(value, str) and _CODE.fullmatch(value))


def _status(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        value = int(value[:4])
    return value if isinstance(value, int) and 400 <= value <= 599 else None


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 10**9 else None


def _wait(named: object, details: object) -> float | None:
    """The wait that OpenRouter names, or one as Google's interfaces give it (`"retryDelay": "34s"`)."""
    if (seconds := _seconds(named)) is not None:
        return seconds
    delays = (
        (_text(one.get("retryDelay")) for one in details if isinstance(one, dict)) if isinstance(details, list) else ()
    )
    return next((seconds for delay in delays if (seconds := duration_seconds(delay)) is not None), None)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
