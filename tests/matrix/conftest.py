"""Every kind of server behind the whole bot, and the record of what was seen of it."""

from __future__ import annotations

import itertools
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from llm.client import LLMClient
from llm.servers.kinds import ServerKind
from tests.e2e.conftest import House, open_house_in
from tests.fakes.model_server import ModelServer
from tests.fakes.simulated import SIMULATED
from tests.fakes.simulated.base import Simulated
from tests.fakes.simulated.clouds import OpenAI
from tests.matrix.table import Table

CLOUD_HOSTS = {ServerKind.OPENAI: "api.openai.com", ServerKind.OPENROUTER: "openrouter.ai"}


@dataclass(frozen=True)
class Scene:
    """A running bot and the simulated server behind it."""

    kind: ServerKind
    house: House
    simulated: Simulated

    @property
    def server(self) -> ModelServer:
        return self.simulated.server

    @property
    def client(self) -> LLMClient:
        """The client that answers people."""
        return self.house.app.models.client()


OpenScene = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture(scope="session")
def table() -> Table:
    """What all tests of the matrix have seen."""
    return Table()


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenScene:
    """Opens a bot of its own in front of a simulated server of a kind; `options` are those of the server."""
    for host in CLOUD_HOSTS.values():
        _lead_here(monkeypatch, host)
    numbers = itertools.count()

    @asynccontextmanager
    async def open_scene(kind: ServerKind, **options: Any) -> AsyncIterator[Scene]:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        async with ModelServer() as server:
            simulated = SIMULATED[kind](server, **options)
            settings = {"LLM_API_BASE": server.base, "LLM_MODEL": simulated.model, "LLM_API_KEY": OpenAI.key}
            if kind in CLOUD_HOSTS:
                settings["LLM_API_BASE"] = f"http://{CLOUD_HOSTS[kind]}:{server.port}/v1"
            async with open_house_in(folder, **settings) as home:
                yield Scene(kind, home, simulated)

    return open_scene


def _lead_here(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Let the name of a cloud lead to this machine; everything behind the name is the real thing."""
    look_up = socket.getaddrinfo

    def looked_up(name: Any, *rest: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if name == host else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
