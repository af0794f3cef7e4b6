"""Recognises a model server by what it says, never by its port or by a status alone (servers.md 13.1)."""

from __future__ import annotations

import asyncio

from llm.http import HttpClient
from llm.servers.hosts import cloud_kind, host_of
from llm.servers.kinds import FoundServer, ServerKind, ServerState
from llm.servers.probe import Probe, ProbeLimits, Unreachable
from llm.servers.profiles.registry import PROFILES, profile_of
from llm.wire.address import read_address

CONFIGURED_LIMITS = ProbeLimits(connect=3.0, read=5.0, total=10.0)


async def identify(
    base: str,
    http: HttpClient,
    key: str | None = None,
    *,
    limits: ProbeLimits = CONFIGURED_LIMITS,
    likely: ServerKind | None = None,
) -> FoundServer | None:
    """Tell what kind of server is at an address, its state, and its models; None: what answers is no model server.

    The key goes to this address only. `likely` is what it was last time: then it is asked first whether it still is.
    Known clouds are told by their name and are not asked. No question makes a server load a model.
    Raises ValueError when `base` is no address.
    """
    address = read_address(base)
    cloud = cloud_kind(host_of(base))
    if cloud is not None:
        return FoundServer(cloud, address.base, state=ServerState.UNKNOWN)
    try:
        async with asyncio.timeout(limits.total):
            return await _recognise(Probe(address, http, limits, key), likely)
    except (Unreachable, TimeoutError):
        return FoundServer(ServerKind.GENERIC, address.base, state=ServerState.UNREACHABLE)


async def with_details(
    server: FoundServer, name: str, http: HttpClient, key: str | None = None, *, limits: ProbeLimits = CONFIGURED_LIMITS
) -> FoundServer:
    """Fill in what a server tells of one model only when it is asked for it: Ollama's context and template."""
    try:
        async with asyncio.timeout(limits.total):
            probe = Probe(read_address(server.api_base), http, limits, key)
            return await profile_of(server.kind).complete(server, name, probe)
    except (Unreachable, TimeoutError):
        return server


async def health(
    server: FoundServer, http: HttpClient, key: str | None = None, *, limits: ProbeLimits = CONFIGURED_LIMITS
) -> ServerState:
    """Ask a server whether it works, by one page that costs nothing and loads no model (servers.md 13.7)."""
    try:
        async with asyncio.timeout(limits.total):
            probe = Probe(read_address(server.api_base), http, limits, key)
            return await profile_of(server.kind).health(probe)
    except (Unreachable, TimeoutError):
        return ServerState.UNREACHABLE


async def busy(
    server: FoundServer, http: HttpClient, key: str | None = None, *, limits: ProbeLimits = CONFIGURED_LIMITS
) -> bool | None:
    """Ask a server whether it works on anybody's request now; None: it does not tell, or can't be reached."""
    try:
        async with asyncio.timeout(limits.total):
            probe = Probe(read_address(server.api_base), http, limits, key)
            return await profile_of(server.kind).busy(probe)
    except (Unreachable, TimeoutError):
        return None


async def _recognise(probe: Probe, likely: ServerKind | None) -> FoundServer | None:
    first = [profile for profile in PROFILES if profile.kind is likely and likely is not ServerKind.GENERIC]
    for profile in (*first, *PROFILES):
        if (found := await profile.recognise(probe)) is not None:
            return found
    return None
