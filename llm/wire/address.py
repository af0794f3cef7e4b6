"""Turns the address of a server, as a person writes it, into the addresses that are asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

_CHAT_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is.

    `base` is the root of its OpenAI-compatible interface without a slash at the end, `root` the server's own root,
    `server` its name for logs and people (`127.0.0.1:11434`). None of them holds the `user` and `password` that the
    written address may have had.
    """

    base: str
    root: str
    server: str
    query: str = ""
    user: str | None = None
    password: str = ""

    @property
    def chat(self) -> str:
        """The address that chat requests go to."""
        return self._with_query(_CHAT_PATH)

    @property
    def completions(self) -> str:
        """The address that texts to be completed go to."""
        return self._with_query("/completions")

    def _with_query(self, path: str) -> str:
        return self.base + path + (f"?{self.query}" if self.query else "")


def read_address(written: str) -> Address:
    """Read an address with or without `http://`, `/v1`, `/chat/completions` or a slash at its end.

    A bare host gets `/v1`; any other path is kept (`https://openrouter.ai/api/v1`). Raises ValueError when there is no
    host or the port is no number.
    """
    text = written.strip()
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or _has_space(text):
        raise ValueError("an address must look like http://127.0.0.1:11434/v1")
    server = _server(parts)
    path = parts.path.rstrip("/").removesuffix(_CHAT_PATH).rstrip("/")
    base = urlunsplit((parts.scheme, server, path or "/v1", "", ""))
    return Address(
        base=base,
        root=base.removesuffix("/v1"),
        server=server,
        query=parts.query,
        user=None if parts.username is None else unquote(parts.username),
        password=unquote(parts.password or ""),
    )


def _server(parts: SplitResult) -> str:
    port = parts.port  # raises ValueError when it is no port
    host = parts.netloc.rpartition("@")[2]
    return host if port is not None else host.removesuffix(":")


def _has_space(text: str) -> bool:
    return any(letter.isspace() for letter in text)
