"""A model server, the shared HTTP client, and clients of the model on that server."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient, make_client
from tests.fakes.model_server import ModelServer

CERTIFICATE = Path(__file__).parents[2] / "data" / "localhost.pem"


class MakeClient(Protocol):
    """Makes a client of the fake server; `config` are further fields of its ModelConfig, `timeouts` its limits."""

    def __call__(self, timeouts: Timeouts = ..., **config: object) -> LLMClient: ...


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def believed() -> ssl.SSLContext:
    """Believes the certificate of the tests only; made once, since making one takes 20 ms."""
    return ssl.create_default_context(cafile=CERTIFICATE)


@pytest.fixture
async def http(believed: ssl.SSLContext) -> AsyncIterator[HttpClient]:
    async with make_client(tls=believed) as http:
        yield http


@pytest.fixture
async def tls_server() -> AsyncIterator[ModelServer]:
    """A server that speaks https, with a certificate for 127.0.0.1 and localhost that it has signed itself."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)
    async with ModelServer(tls) as server:
        yield server


@pytest.fixture
def make(server: ModelServer, http: HttpClient) -> MakeClient:
    def make_client_of(timeouts: Timeouts = Timeouts(), **config: object) -> LLMClient:  # noqa: B008 - frozen
        fields = {"name": "m", "api_base": server.url, **config}
        return LLMClient(ModelConfig.model_validate(fields), http, clock=SystemClock(), timeouts=timeouts)

    return make_client_of


@pytest.fixture
def client(make: MakeClient) -> LLMClient:
    return make()
