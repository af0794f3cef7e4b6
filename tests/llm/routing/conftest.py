"""Two model servers, a client, a clock, and a ServingModel that looks for servers at those two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from llm.config import Timeouts
from llm.demo import demo_mounts
from llm.errors import NoModelAvailable
from llm.http import HttpClient, make_client
from llm.routing.serving_model import ServingModel
from llm.servers.discover import discover
from llm.servers.kinds import FoundServer
from tests.fakes.model_server import ModelServer

Make = Callable[..., ServingModel]


def reason(model: ServingModel) -> str:
    with pytest.raises(NoModelAvailable) as asked:
        model.current()
    with pytest.raises(NoModelAvailable):
        model.client()
    return asked.value.reason


class HandClock:
    """Time that a test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def http(clock: HandClock) -> AsyncIterator[HttpClient]:
    async with make_client(mounts=demo_mounts(clock)) as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def other() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
def primary(server: ModelServer, other: ModelServer, http: HttpClient, clock: HandClock) -> Make:
    """Makes a ServingModel that looks for servers at the two ports of the fixtures."""

    def make(**wishes: object) -> ServingModel:
        async def search() -> tuple[FoundServer, ...]:
            return await discover(http, ports=[server.port, other.port])

        return ServingModel(http=http, clock=clock, timeouts=Timeouts(), search=search, **wishes)  # type: ignore[arg-type]

    return make
