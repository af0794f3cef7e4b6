"""Reads server-sent events: bytes in any split become events."""

from __future__ import annotations

from dataclasses import dataclass

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""What one event may measure. An event of a chat answer has some hundred bytes; a tool call may have some thousand."""

_BOM = b"\xef\xbb\xbf"
_LINE_ENDS = (b"\n", b"\r")


class EventTooLong(ValueError):
    """One event is longer than the reader holds."""


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event; `name` is empty when the server gave none, `data` has its lines joined by a newline."""

    name: str
    data: str


class SseReader:
    """Cuts a stream of bytes into events, however the bytes are split.

    Accepts what servers were seen to send (servers.md 13.3): LF, CR and CRLF, a byte order mark, `data:` with and
    without a space, several data lines, comments, and a last event that is not closed by an empty line. Bytes that
    are no UTF-8 become replacement characters.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_event_bytes = max_event_bytes
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._begun = False
        self._after_cr = False
        self._name = b""
        self._data: list[bytes] = []
        self._data_bytes = 0

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """Take the next bytes and give the events that they complete; raises `EventTooLong`."""
        if self._after_cr and chunk:
            # A CR at the end of the chunk before has ended its line already; this LF is the other half of it.
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if self._is_one_event(chunk):
            return [SseEvent("", chunk[6:-2].decode(errors="replace"))]
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        lines = (b"".join(self._unread) + chunk).splitlines(keepends=True)
        self._unread.clear()
        self._unread_bytes = 0
        if lines[-1].endswith(_LINE_ENDS):
            self._after_cr = lines[-1].endswith(b"\r")
        else:
            self._keep(lines.pop())
        return self._read(lines)

    def finish(self) -> list[SseEvent]:
        """Give the event that was still open when the stream ended, if there was one."""
        last = [b"".join(self._unread), b""] if self._unread else [b""]
        self._unread.clear()
        self._unread_bytes = 0
        return self._read(last)

    def _is_one_event(self, chunk: bytes) -> bool:
        """Whether a chunk is one whole event in the usual form, which most are: such a one needs no cutting."""
        return (
            chunk.startswith(b"data: ")
            and chunk.endswith(b"\n\n")
            and chunk.find(b"\n") == len(chunk) - 2
            and b"\r" not in chunk
            and len(chunk) <= self._max_event_bytes
            and self._begun
            and not (self._unread or self._data or self._name)
        )

    def _keep(self, piece: bytes) -> None:
        self._unread.append(piece)
        self._unread_bytes += len(piece)
        self._check()

    def _check(self) -> None:
        if self._unread_bytes + self._data_bytes > self._max_event_bytes:
            raise EventTooLong(f"an event has more than {self._max_event_bytes} bytes")

    def _read(self, lines: list[bytes]) -> list[SseEvent]:
        events: list[SseEvent] = []
        for ended_line in lines:
            line = ended_line.rstrip(b"\r\n")
            if not self._begun:
                self._begun = True
                line = line.removeprefix(_BOM)
            if line:
                self._read_field(line)
            elif self._data:
                events.append(
                    SseEvent(self._name.decode(errors="replace"), b"\n".join(self._data).decode(errors="replace"))
                )
                self._forget()
            else:
                self._forget()
        return events

    def _read_field(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._data_bytes += len(value)
            self._check()
        elif field == b"event":
            self._name = value.removeprefix(b" ")

    def _forget(self) -> None:
        self._name = b""
        self._data = []
        self._data_bytes = 0
