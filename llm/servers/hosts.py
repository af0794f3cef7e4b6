"""What the name of a host alone tells: a known cloud, or a machine of our own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from llm.servers.kinds import ServerKind
from llm.wire.address import read_address

_CLOUDS = {
    "api.openai.com": ServerKind.OPENAI,
    "openrouter.ai": ServerKind.OPENROUTER,
    "api.anthropic.com": ServerKind.GENERIC,
    "api.cerebras.ai": ServerKind.GENERIC,
    "api.cohere.ai": ServerKind.GENERIC,
    "api.deepinfra.com": ServerKind.GENERIC,
    "api.deepseek.com": ServerKind.GENERIC,
    "api.fireworks.ai": ServerKind.GENERIC,
    "api.groq.com": ServerKind.GENERIC,
    "api.mistral.ai": ServerKind.GENERIC,
    "api.moonshot.ai": ServerKind.GENERIC,
    "api.perplexity.ai": ServerKind.GENERIC,
    "api.together.xyz": ServerKind.GENERIC,
    "api.x.ai": ServerKind.GENERIC,
    "generativelanguage.googleapis.com": ServerKind.GENERIC,
    "openai.azure.com": ServerKind.GENERIC,
    "router.huggingface.co": ServerKind.GENERIC,
}
_LOCAL_ENDINGS = (".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa", ".intranet")


def host_of(base: str) -> str:
    """The host of a server's address. Raises ValueError when it is no address."""
    return urlsplit(read_address(base).base).hostname or ""


def cloud_kind(host: str) -> ServerKind | None:
    """The kind of server of a known cloud or one of its regions (`eu.api.openai.com`), else None."""
    name = host.lower().rstrip(".")
    for cloud, kind in _CLOUDS.items():
        if name == cloud or name.endswith(f".{cloud}"):
            return kind
    return None


def is_local(host: str) -> bool:
    """Whether a host is this machine or one of a private network; a name without a dot is one of ours."""
    name = host.lower().strip("[]").rstrip(".").partition("%")[0]
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(_LOCAL_ENDINGS)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return not address.ipv4_mapped.is_global
    return not address.is_global
