"""Lines around what people wrote, so that a model takes it for what it works on and not for orders."""

from __future__ import annotations

from hashlib import blake2b

_LONGEST = "=" * 12


def fence_for(*texts: str) -> str:
    """A line that none of the texts has in it, so that no text can end itself.

    The same for the same texts, so that a server finds what it has cached. Where a text has long lines of its own it
    is made of what the texts are, which none of them can foresee; made longer and longer it could take minutes.
    """
    fence = "====="
    while any(fence in text for text in texts) and len(fence) < len(_LONGEST):
        fence += "="
    mark = blake2b(digest_size=8)
    while any(fence in text for text in texts):
        for text in texts:
            mark.update(text.encode("utf-8", "surrogatepass"))
        fence = f"{_LONGEST} {mark.hexdigest()}"
    return fence


def fenced(text: str, fence: str) -> str:
    """The text between two such lines."""
    return f"{fence}\n{text}\n{fence}"
