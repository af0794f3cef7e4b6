"""A model server, the shared HTTP client, and clients of the model on that server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient, make_client
from tests.fakes.model_server import ModelServer


class MakeClient(Protocol):
    """Makes a client of the fake server; `config` are further fields of its ModelConfig, `timeouts` its limits."""

    def __call__(self, timeouts: Timeouts = ..., **config: object) -> LLMClient: ...


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as http:
        yield http


@pytest.fixture
def make(server: ModelServer, http: HttpClient) -> MakeClient:
    def make_client_of(timeouts: Timeouts = Timeouts(), **config: object) -> LLMClient:  # noqa: B008 - frozen
        fields = {"name": "m", "api_base": server.url, **config}
        return LLMClient(ModelConfig.model_validate(fields), http, clock=SystemClock(), timeouts=timeouts)

    return make_client_of


@pytest.fixture
def client(make: MakeClient) -> LLMClient:
    return make()
