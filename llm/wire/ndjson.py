"""Reads a stream that has one JSON value in each line, as Ollama's own interface sends (servers.md 1.5)."""

from __future__ import annotations

from llm.wire.sse import MAX_EVENT_BYTES, EventTooLong

_BOM = b"\xef\xbb\xbf"


class NdjsonReader:
    """Cuts a stream of bytes into lines, however the bytes are split; they are given without their ends.

    Lines end with LF or CRLF, the last one may have no end. Blank lines and a byte order mark are left out.
    """

    def __init__(self, max_line_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._begun = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes and give the lines that they complete; raises `EventTooLong`."""
        whole, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            self._keep(chunk)
            return []
        lines = self._take(whole)
        self._keep(rest)
        return lines

    def finish(self) -> list[bytes]:
        """Give the line that was still open when the stream ended, if there was one."""
        return self._take(b"")

    def _take(self, last: bytes) -> list[bytes]:
        """Give what was kept and its continuation as lines."""
        if self._unread:
            last = b"".join((*self._unread, last))
            self._unread.clear()
            self._unread_bytes = 0
        if not self._begun:
            self._begun = True
            last = last.removeprefix(_BOM)
        lines = [line for part in last.split(b"\n") if (line := part.strip())]
        for line in lines:
            self._check(len(line))
        return lines

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._unread.append(piece)
            self._unread_bytes += len(piece)
            self._check(self._unread_bytes)

    def _check(self, size: int) -> None:
        if size > self._max_line_bytes:
            raise EventTooLong(f"a line has more than {self._max_line_bytes} bytes")
