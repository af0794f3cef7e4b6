"""A client over real sockets and a model server to probe."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from llm.http import HttpClient, make_client
from tests.fakes.model_server import ModelServer


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running
