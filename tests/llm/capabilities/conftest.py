"""A model server, the shared HTTP client, and a client of the model on that server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import Timeouts
from llm.http import HttpClient, make_client
from llm.routing.serving_model import ServingModel
from tests.fakes.model_server import ModelServer

Serve = Callable[[], Awaitable[LLMClient]]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        running.reply("PONG")
        yield running


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as client:
        yield client


@pytest.fixture
def serve(server: ModelServer, http: HttpClient) -> Serve:
    """Looks at the server, and gives the client of its model."""

    async def look() -> LLMClient:
        model = ServingModel(http=http, clock=SystemClock(), timeouts=Timeouts(), wanted_base=server.base)
        await model.refresh()
        return model.client()

    return look
