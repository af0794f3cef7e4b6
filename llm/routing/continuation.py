"""Reads an answer that goes on with a beginning, which some servers repeat and others do not."""

from __future__ import annotations


class Continuation:
    """Gives what is new behind a beginning; feed it the pieces of the answer in their order.

    llama-server repeats the beginning (seen with the build of engines.md 1b), vLLM does not. What is the beginning so
    far is held back, until it is whole or something else comes.
    """

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning
        self._held = ""
        self._told = not beginning

    def feed(self, text: str) -> str:
        """The new text in a piece; empty while it may still be the beginning."""
        if self._told:
            return text
        self._held += text
        if self._held.startswith(self._beginning):
            self._told = True
            return self._held[len(self._beginning) :]
        if self._beginning.startswith(self._held):
            return ""
        self._told = True
        return self._held

    def finish(self) -> str:
        """What was held when the answer ended: it was no repetition."""
        held, self._held = ("" if self._told else self._held), ""
        self._told = True
        return held
