"""What happened to a connection, told from exceptions of this transport and of others."""
# ruff: noqa: E501 - a table: one chain of causes a line

from __future__ import annotations

import errno
import itertools
import socket
import ssl

import httpx2
import pytest

from llm.errors import FailureKind, Phase
from llm.servers.transport_failures import read_transport_error


def chained(*errors: BaseException) -> BaseException:
    for error, cause in itertools.pairwise(errors):
        error.__cause__ = cause
    return errors[0]


def raised_by(name: str, base: type[BaseException] = OSError) -> BaseException:
    """An exception of a class of this name, as aiohttp has them."""
    kind: type[BaseException] = type(name, (type("ClientError", (base,), {}),), {})
    return kind("x")


RESET = ConnectionResetError(errno.ECONNRESET, "reset")
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "refused")


@pytest.mark.parametrize(
    ("error", "kind", "phase", "code"),
    [
        (chained(httpx2.ConnectError("x"), REFUSED), FailureKind.TRANSPORT, Phase.CONNECT, "refused"),
        (chained(httpx2.ConnectTimeout("x"), raised_by("ClientConnectorError"), REFUSED), FailureKind.TRANSPORT, Phase.CONNECT, "refused"),
        (chained(httpx2.ConnectError("x"), OSError(errno.ECONNREFUSED, "many")), FailureKind.TRANSPORT, Phase.CONNECT, "refused"),
        (chained(httpx2.ConnectTimeout("x"), socket.gaierror(-2, "x")), FailureKind.TRANSPORT, Phase.CONNECT, "dns"),
        (chained(httpx2.ConnectError("x"), ssl.SSLError(1, "WRONG_VERSION")), FailureKind.TRANSPORT, Phase.CONNECT, "tls"),
        (chained(httpx2.ConnectError("x"), OSError(errno.EHOSTUNREACH, "x")), FailureKind.TRANSPORT, Phase.CONNECT, "unreachable"),
        (httpx2.ConnectError("x"), FailureKind.TRANSPORT, Phase.CONNECT, "unreachable"),
        (httpx2.ConnectTimeout("x"), FailureKind.CONNECT_TIMEOUT, Phase.CONNECT, None),
        (chained(httpx2.ConnectError("x"), OSError(errno.ETIMEDOUT, "x")), FailureKind.CONNECT_TIMEOUT, Phase.CONNECT, None),
        (httpx2.UnsupportedProtocol("x"), FailureKind.TRANSPORT, Phase.CONNECT, "bad_address"),
        (chained(httpx2.ConnectTimeout("x"), raised_by("ClientOSError"), RESET), FailureKind.TRANSPORT, Phase.FIRST_TOKEN, "reset"),
        (chained(httpx2.ConnectTimeout("x"), raised_by("ServerDisconnectedError")), FailureKind.TRANSPORT, Phase.FIRST_TOKEN, "reset"),
        (httpx2.ReadTimeout("x"), FailureKind.FIRST_TOKEN_TIMEOUT, Phase.FIRST_TOKEN, None),
        (chained(httpx2.ReadError("x"), raised_by("ClientResponseError")), FailureKind.TRANSPORT, Phase.FIRST_TOKEN, "not_http"),
        (httpx2.RemoteProtocolError("x"), FailureKind.TRANSPORT, Phase.FIRST_TOKEN, "reset"),
    ],
)  # fmt: skip
def test_before_the_first_token(error: BaseException, kind: FailureKind, phase: Phase, code: str | None):
    found = read_transport_error(error, Phase.FIRST_TOKEN)
    assert (found.kind, found.phase, found.code) == (kind, phase, code)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (chained(httpx2.ReadError("x"), RESET), FailureKind.TRANSPORT, "reset"),
        (chained(httpx2.ReadError("x"), raised_by("ClientPayloadError")), FailureKind.TRANSPORT, "stream_cut"),
        (httpx2.RemoteProtocolError("peer closed"), FailureKind.TRANSPORT, "stream_cut"),
        (httpx2.ReadTimeout("x"), FailureKind.STALL, None),
    ],
)
def test_in_the_middle_of_an_answer(error: BaseException, kind: FailureKind, code: str | None):
    found = read_transport_error(error, Phase.STREAMING)
    assert (found.kind, found.phase, found.code) == (kind, Phase.STREAMING, code)


def test_the_detail_names_classes_and_no_addresses():
    error = chained(httpx2.ConnectError("http://ann:secret@host"), REFUSED)
    assert read_transport_error(error, Phase.FIRST_TOKEN).detail == "ConnectError < ConnectionRefusedError"


def test_causes_that_go_round_in_a_circle_end():
    error = chained(httpx2.ReadError("a"), ValueError("b"))
    assert error.__cause__ is not None
    error.__cause__.__cause__ = error
    assert read_transport_error(error, Phase.STREAMING).code == "stream_cut"
