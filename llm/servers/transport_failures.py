"""Finds out what happened to a connection, from the exception and everything that caused it.

The transport on aiohttp's connections calls a refused connection, an unknown name and a reset alike ConnectTimeout
(design, section 8): only the causes underneath tell them apart. Classes are known by their names, so that nothing
here loads aiohttp and any transport below the client is read in the same way.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from llm.errors import FailureKind, Phase

_MAX_CAUSES = 12
_TIMEOUT = "timeout"

_CONNECTING = {
    "ClientConnectorError",
    "ConnectionTimeoutError",
    "ConnectError",
    "ConnectionRefusedError",
    "ProxyError",
    "InvalidURL",
    "ServerFingerprintMismatch",
    "SSLError",
    "UnsupportedProtocol",
    "gaierror",
}


@dataclass(frozen=True, slots=True)
class _Sign:
    """What a code is known by: a class among the causes and their bases, or the number of an OS error."""

    code: str
    classes: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()


# First match wins.
_SIGNS = (
    _Sign("dns", frozenset({"gaierror", "ClientConnectorDNSError"})),
    _Sign(
        "tls", frozenset({"SSLError", "ClientSSLError", "ClientConnectorCertificateError", "ServerFingerprintMismatch"})
    ),
    _Sign("refused", frozenset({"ConnectionRefusedError"}), frozenset({errno.ECONNREFUSED})),
    _Sign(
        "bad_address",
        frozenset({"InvalidURL", "NonHttpUrlClientError", "UnsupportedProtocol", "LocalProtocolError", "UnicodeError"}),
    ),
    _Sign(
        "unreachable",
        numbers=frozenset(
            {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}
        ),
    ),
    _Sign(_TIMEOUT, frozenset({"TimeoutError"}), frozenset({errno.ETIMEDOUT})),
    _Sign("stream_cut", frozenset({"ClientPayloadError"})),
    _Sign("not_http", frozenset({"HttpProcessingError", "ClientResponseError", "DecodingError"})),
    _Sign(
        "reset",
        frozenset({"ConnectionError", "ServerDisconnectedError"}),
        frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN}),
    ),
)


@dataclass(frozen=True, slots=True)
class TransportError:
    """What happened; `code` is a word as in `llm.errors.Failure`, `detail` names the classes of the exceptions."""

    kind: FailureKind
    phase: Phase
    code: str | None
    detail: str


def read_transport_error(error: BaseException, phase: Phase) -> TransportError:
    """Read an exception of the transport; the phase becomes `connect` when there was no connection yet."""
    causes = tuple(_causes(error))
    classes = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    where = Phase.CONNECT if _is_connecting(classes, phase) else phase
    code = next((sign.code for sign in _SIGNS if classes & sign.classes or numbers & sign.numbers), None)
    if code is None:
        code = _TIMEOUT if classes & {"TimeoutException"} and len(causes) == 1 else _unknown(where)
    kind = _timeout_kind(where) if code == _TIMEOUT else FailureKind.TRANSPORT
    detail = " < ".join(dict.fromkeys(type(cause).__name__ for cause in causes))
    return TransportError(kind, where, None if code == _TIMEOUT else code, detail)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, aiohttp's `os_error` with it."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_CAUSES:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "os_error", None)]


def _is_connecting(classes: set[str], phase: Phase) -> bool:
    if phase is Phase.STREAMING:
        return False
    # httpx's own ConnectTimeout tells the truth only where no aiohttp error lies beneath it.
    honest = "ClientError" not in classes
    return bool(classes & _CONNECTING) or (honest and bool(classes & {"ConnectTimeout", "PoolTimeout"}))


def _unknown(where: Phase) -> str:
    return {Phase.CONNECT: "unreachable", Phase.FIRST_TOKEN: "reset", Phase.STREAMING: "stream_cut"}[where]


def _timeout_kind(where: Phase) -> FailureKind:
    return {
        Phase.CONNECT: FailureKind.CONNECT_TIMEOUT,
        Phase.FIRST_TOKEN: FailureKind.FIRST_TOKEN_TIMEOUT,
        Phase.STREAMING: FailureKind.STALL,
    }[where]
