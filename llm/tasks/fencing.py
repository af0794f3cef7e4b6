"""Lines around what people wrote, so that a model takes it for what it works on and not for orders."""

from __future__ import annotations


def fence_for(*texts: str) -> str:
    """A line that none of the texts has in it, so that no text can end itself."""
    fence = "====="
    while any(fence in text for text in texts):
        fence += "="
    return fence


def fenced(text: str, fence: str) -> str:
    """The text between two such lines."""
    return f"{fence}\n{text}\n{fence}"
