"""The files that people and the bot have sent: the oldest are forgotten when there are too many bytes."""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.playground.values import StoredFile

MOST_BYTES = 128 * 1024 * 1024


class FileStore:
    """Files by their ids. Contents are in memory until they have been written to `directory`, where there is one."""

    def __init__(self, directory: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.directory = directory
        self._most_bytes = most_bytes
        self._files: dict[str, StoredFile] = {}
        self._contents: dict[str, bytes] = {}
        self._bytes = 0

    def add(
        self,
        name: str,
        content: bytes,
        *,
        width: int = 0,
        height: int = 0,
        seconds: int = 0,
        mime: str | None = None,
    ) -> StoredFile:
        """Keep a file. Its type is guessed from its name if not given."""
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = StoredFile(secrets.token_hex(16), name, mime, len(content), width, height, seconds)
        self._contents[file.file_id] = content
        self._put(file)
        return file

    def get(self, file_id: str) -> StoredFile | None:
        """What is known of a file."""
        return self._files.get(file_id)

    async def content(self, file_id: str) -> bytes | None:
        """The content of a file; None when it is not there any more."""
        content = self._contents.get(file_id)
        if content is None and file_id in self._files and self.directory is not None:
            try:
                content = await asyncio.to_thread((self.directory / file_id).read_bytes)
            except OSError:
                return None
        return content

    def restore(self, files: Iterable[StoredFile]) -> None:
        """Take up the files of the last run, whose contents are in the directory."""
        for file in files:
            self._put(file)

    def known(self) -> dict[str, StoredFile]:
        """All files, oldest first."""
        return dict(self._files)

    def unwritten(self) -> Mapping[str, bytes]:
        """The contents that are only in memory."""
        return dict(self._contents)

    def written(self, file_ids: Iterable[str]) -> None:
        """These contents are in the directory now."""
        for file_id in file_ids:
            self._contents.pop(file_id, None)

    def _put(self, file: StoredFile) -> None:
        self._files[file.file_id] = file
        self._bytes += file.size
        while self._bytes > self._most_bytes and len(self._files) > 1:
            oldest = next(iter(self._files))
            self._bytes -= self._files.pop(oldest).size
            self._contents.pop(oldest, None)
