"""The files that people and the bot have sent: kept in memory, the oldest forgotten when there are too many bytes."""

from __future__ import annotations

import mimetypes
import secrets

from bot.playground.values import StoredFile

MOST_BYTES = 128 * 1024 * 1024


class FileStore:
    """Contents by file id."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._contents: dict[str, tuple[StoredFile, bytes]] = {}
        self._bytes = 0

    def add(self, name: str, content: bytes, *, width: int = 0, height: int = 0, mime: str | None = None) -> StoredFile:
        """Keep a file. Its type is guessed from its name if not given."""
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = StoredFile(secrets.token_urlsafe(16), name, mime, len(content), width, height)
        self._contents[file.file_id] = (file, content)
        self._bytes += len(content)
        while self._bytes > self._most_bytes and len(self._contents) > 1:
            oldest = next(iter(self._contents))
            self._bytes -= len(self._contents.pop(oldest)[1])
        return file

    def get(self, file_id: str) -> tuple[StoredFile, bytes] | None:
        """A file and its content, if it is still there."""
        return self._contents.get(file_id)
