"""The protocol of everything that can show an answer to a person while it is written."""

from __future__ import annotations

from typing import Protocol


class Delivery(Protocol):
    """Shows one answer in one chat: frames while it grows, then one final series of messages.

    A frame that cannot be shown now is skipped, never queued; what follows carries all its text. The final text always
    arrives, whatever the Bot API server says: with formatting if it can be, else plain.
    """

    async def show(self, markdown: str, *, status: str = "") -> None:
        """Show the answer as far as it has come. `status` is a short line for the time when there is no text yet."""

    async def finish(self, markdown: str, *, note: str = "") -> tuple[int, ...]:
        """Send the final text and return the ids of its messages. `note` is a line set apart below the text.

        Raises `DeliveryFailed` only when the chat cannot be reached at all (the person blocked the bot, say).
        """
