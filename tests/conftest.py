"""Guards for all tests: nothing beyond this machine is reached, and no setting of the machine creeps in."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.lean_import import load_aiogram

load_aiogram()  # as the program does: the tests try what people run

from bot.settings import Settings  # noqa: E402 - after aiogram, which must be loaded first

# Limits of time would make tests fail on a busy machine; a failing example is printed with its seed.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the settings that the machine's environment may hold."""
    names = tuple(name.upper() for name in Settings.model_fields)
    for name in os.environ:
        if name.upper().split("__")[0] in names:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(str(address[0])):
            pytest.fail(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guard


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
