"""Reads the body of a chat reply: a stream of events, or one JSON value from a server that does not stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from llm.wire.chunks import Chunk, parse_json, read_chunk
from llm.wire.sse import SseEvent, SseReader

MAX_WHOLE_BYTES = 16 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_DONE = "[DONE]"
_WHOLE_STARTS = (b"{", b"[", b"<")


class UnreadableBody(ValueError):
    """The body is no answer; `text` is the part that can't be read."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the body is no answer")


class BodyReader:
    """Turns the bytes of a reply into chunks.

    What the body is, is told by how it begins: the content type is not reliable (servers.md 13.3). `done` is whether
    `[DONE]` has come; what follows it is ignored. `whole` is whether the body is one JSON value.
    """

    def __init__(self) -> None:
        self.done = False
        self.whole = False
        self._sniffed = False
        self._lead = b""
        self._events = SseReader()
        self._pieces: list[bytes] = []
        self._bytes = 0

    def feed(self, data: bytes) -> Iterator[Chunk]:
        """Take bytes and give the chunks that they complete; raises UnreadableBody or EventTooLong."""
        if not self._sniffed:
            data = self._lead = (self._lead + data).lstrip()
            if _BOM.startswith(data):
                return
            data = data.removeprefix(_BOM).lstrip()
            self._sniffed = True
            self.whole = data.startswith(_WHOLE_STARTS)
        if self.whole:
            self._keep(data)
        else:
            yield from self._read(self._events.feed(data))

    def finish(self) -> Iterator[Chunk]:
        """Give what was still open when the body ended; raises UnreadableBody for a page that is no JSON at all.

        Half of an event, or half of a JSON value, gives nothing: the connection broke off.
        """
        if not self.whole:
            with suppress(UnreadableBody):
                yield from self._read(self._events.finish())
            return
        body = b"".join(self._pieces)
        if body.startswith(b"<"):
            raise UnreadableBody(body.decode(errors="replace"))
        try:
            value = parse_json(body)
        except ValueError:
            return
        # A good status and no choices: an error in a form of its own, such as LM Studio's for an unknown path.
        is_answer = isinstance(value, dict) and bool(value.get("choices"))
        yield read_chunk(value) if is_answer else Chunk(error=value)

    def _keep(self, data: bytes) -> None:
        self._pieces.append(data)
        self._bytes += len(data)
        if self._bytes > MAX_WHOLE_BYTES:
            raise UnreadableBody("")

    def _read(self, events: list[SseEvent]) -> Iterator[Chunk]:
        for event in events:
            data = event.data.strip()
            if self.done or not data:
                continue
            if data == _DONE:
                self.done = True
            elif event.name == "error" or data.startswith("{"):
                yield read_chunk(_parse(data, lenient=event.name == "error"), event=event.name)


def _parse(data: str, *, lenient: bool) -> object:
    try:
        return parse_json(data)
    except ValueError:
        if lenient:
            return data
        # A piece of the answer may be lost: an answer with a hole must not pass for a whole one.
        raise UnreadableBody(data) from None
