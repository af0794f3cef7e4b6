"""The real llama-server for the tests, and the whole bot in front of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from llm.client import LLMClient
from llm.clock import SystemClock
from llm.config import ModelConfig, Timeouts
from llm.http import HttpClient, make_client
from tests.e2e.conftest import House, OpenHouse
from tests.e2e.conftest import house as house
from tests.engine.engine import MODEL, Engine

ENGINES = Path(__file__).parents[2] / "scripts" / "engines"

OpenBot = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture(scope="session")
def program() -> Path:
    """Where llama-server is; tests that need it are skipped where it has not been built."""
    told = subprocess.run([ENGINES, "--path"], capture_output=True, text=True, check=True)
    path = Path(told.stdout.strip())
    if not os.access(path, os.X_OK):
        pytest.skip("there is no llama-server yet: scripts/engines builds it, once, in about 12 minutes")
    return path


@pytest.fixture(scope="session")
def engine(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A llama-server for all tests that leave it as it is."""
    with Engine(program, tmp_path_factory.mktemp("engine") / "log") as running:
        yield running


@pytest.fixture
def own_engine(program: Path, tmp_path: Path) -> Iterator[Engine]:
    """A llama-server that this test alone has, to be killed and started."""
    with Engine(program, tmp_path / "engine.log") as running:
        yield running


@pytest.fixture
def locked_engine(program: Path, tmp_path: Path) -> Iterator[Engine]:
    """A llama-server that lets in only who has its key, `the-right-key`."""
    with Engine(program, tmp_path / "engine.log", key="the-right-key") as running:
        yield running


@pytest.fixture
def bot(house: OpenHouse) -> OpenBot:
    """Opens the whole bot in front of an engine; opened again it finds what it left."""

    def open_bot(engine: Engine, **settings: str) -> AbstractAsyncContextManager[House]:
        return house(**{"LLM_API_BASE": engine.base, "LLM_MODEL": MODEL, **settings})

    return open_bot


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with make_client() as client:
        yield client


@pytest.fixture
def client(engine: Engine, http: HttpClient) -> LLMClient:
    """The language-model layer's client of the shared engine."""
    config = ModelConfig(name=MODEL, api_base=engine.base)
    return LLMClient(config, http, clock=SystemClock(), timeouts=Timeouts())
