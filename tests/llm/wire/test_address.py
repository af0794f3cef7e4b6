"""Addresses as people write them."""

from __future__ import annotations

import pytest

from llm.wire.address import read_address


@pytest.mark.parametrize(
    ("written", "chat", "root", "server"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434", "127.0.0.1:11434"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434", "127.0.0.1:11434"),
        (" http://localhost:1234/v1/ ", "http://localhost:1234/v1", "http://localhost:1234", "localhost:1234"),
        ("localhost:8000", "http://localhost:8000/v1", "http://localhost:8000", "localhost:8000"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1", "https://openrouter.ai/api", "openrouter.ai"),
        ("https://host/openai/", "https://host/openai", "https://host/openai", "host"),
        ("http://host/v1/chat/completions", "http://host/v1", "http://host", "host"),
        ("http://host/v1/chat/completions/", "http://host/v1", "http://host", "host"),
        ("http://[::1]:8080", "http://[::1]:8080/v1", "http://[::1]:8080", "[::1]:8080"),
        ("http://host:", "http://host/v1", "http://host", "host"),
    ],
)
def test_an_address_is_completed(written: str, chat: str, root: str, server: str):
    address = read_address(written)
    assert (address.chat, address.root, address.server) == (f"{chat}/chat/completions", root, server)


def test_user_and_password_are_kept_apart_from_all_addresses():
    address = read_address("https://ann:p%40ss@host:8443/v1")
    assert (address.user, address.password) == ("ann", "p@ss")
    assert "ann" not in address.chat + address.base + address.root + address.server
    assert address.server == "host:8443"


def test_a_query_stays_at_the_end_of_the_address():
    assert (
        read_address("https://host/openai?api-version=1").chat == "https://host/openai/chat/completions?api-version=1"
    )


@pytest.mark.parametrize(
    "written", ["", "   ", "http://", "ftp://host", "http:///v1", "host name", "host:port", "h:99999"]
)
def test_what_is_no_address_is_refused(written: str):
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        read_address(written)
