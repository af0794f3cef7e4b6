"""Reads the body of a chat reply: events, JSON lines, or one JSON value from a server that does not stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum, auto

from llm.wire.chunks import Chunk, parse_json, read_chunk
from llm.wire.ndjson import NdjsonReader
from llm.wire.sse import SseEvent, SseReader

MAX_WHOLE_BYTES = 16 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_DONE = "[DONE]"
_WHOLE_STARTS = (b"[", b"<")
_BRACKETS = (b"{", b"[")


class UnreadableBody(ValueError):
    """The body is no answer; `text` is the part that can't be read."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the body is no answer")


class _Form(Enum):
    """What the body was seen to be."""

    UNKNOWN = auto()
    OBJECT = auto()
    """It begins with a JSON object, which may be all of it or its first line."""
    EVENTS = auto()
    LINES = auto()
    WHOLE = auto()


class BodyReader:
    """Turns the bytes of a reply into chunks.

    What the body is, is told by how it begins: the content type is not reliable (servers.md 13.3). `lines` says that
    the server is known to stream JSON lines: a first object is then given as soon as its line has ended, and else
    when more follows it. `read` reads one JSON value. `done` is whether `[DONE]`, or a line that says so, has come;
    what follows it is ignored. `whole` is whether the body is one JSON value, as far as can be said.
    """

    def __init__(self, *, lines: bool = False, read: Callable[[object], Chunk] = read_chunk) -> None:
        self.done = False
        self._expects_lines = lines
        self._read_value = read
        self._form = _Form.UNKNOWN
        self._events = SseReader()
        self._lines = NdjsonReader()
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._line_ended = False
        self._line_count = 0
        self._foreign: object = None

    @property
    def whole(self) -> bool:
        """Whether the body is one JSON value, as far as can be said by now."""
        return self._form is _Form.WHOLE or (self._form is _Form.OBJECT and not self._expects_lines)

    def feed(self, data: bytes) -> Iterator[Chunk]:
        """Take bytes and give the chunks that they complete; raises UnreadableBody or EventTooLong."""
        if self._form is _Form.EVENTS:
            yield from self._read_events(self._events.feed(data))
        elif self._form is _Form.LINES:
            yield from self._read_lines(self._lines.feed(data))
        else:
            self._keep(data)
            if self._form is not _Form.WHOLE and self._tell_form(data):
                kept = b"".join(self._pieces)
                self._pieces.clear()
                yield from self.feed(_without_lead(kept))

    def finish(self) -> Iterator[Chunk]:
        """Give what was still open when the body ended; raises UnreadableBody for a page that is no JSON at all.

        Half of an event, of a line or of a JSON value gives nothing: the connection broke off.
        """
        if self._form is _Form.EVENTS:
            with suppress(UnreadableBody):
                yield from self._read_events(self._events.finish())
        elif self._form is _Form.LINES:
            with suppress(UnreadableBody):
                yield from self._read_lines(self._lines.finish())
            if self._line_count == 1 and self._foreign is not None:
                yield Chunk(error=self._foreign)
        elif body := _without_lead(b"".join(self._pieces)):
            yield from self._read_whole(body)

    def _keep(self, data: bytes) -> None:
        self._pieces.append(data)
        self._bytes += len(data)
        if self._bytes > MAX_WHOLE_BYTES:
            raise UnreadableBody("")

    def _tell_form(self, data: bytes) -> bool:
        """Look at how the body begins; gives whether it is a stream."""
        if self._form is _Form.UNKNOWN:
            body = _without_lead(b"".join(self._pieces))
            if not body or (len(body) < len(_BOM) and _BOM.startswith(body)):
                return False
            if not body.startswith(b"{"):
                self._form = _Form.WHOLE if body.startswith(_WHOLE_STARTS) else _Form.EVENTS
                return self._form is _Form.EVENTS
            self._form = _Form.OBJECT
            self._line_ended = b"\n" in body
        elif b"\n" in data:
            self._line_ended = True
        return self._line_ended and self._tell_lines()

    def _tell_lines(self) -> bool:
        """Look at the first line of a body that begins with an object; gives whether it is one of several."""
        first, _, rest = _without_lead(b"".join(self._pieces)).partition(b"\n")
        # A JSON value that is printed over several lines has the bracket alone in the first.
        if first.strip() in _BRACKETS:
            self._form = _Form.WHOLE
        elif self._expects_lines:
            self._form = _Form.LINES
        elif rest.strip():
            self._form = _Form.LINES if _is_object(first) else _Form.WHOLE
        return self._form is _Form.LINES

    def _read_whole(self, body: bytes) -> Iterator[Chunk]:
        if body.startswith(b"<"):
            raise UnreadableBody(body.decode(errors="replace"))
        try:
            value = parse_json(body)
        except ValueError:
            return
        chunk = self._read_value(value)
        self.done = self.done or chunk.last
        yield Chunk(error=value) if _is_foreign(chunk, value) else chunk

    def _read_lines(self, lines: Iterable[bytes]) -> Iterator[Chunk]:
        for line in lines:
            if self.done:
                return
            value = _parse(line)
            chunk = self._read_value(value)
            self._line_count += 1
            self._foreign = value if _is_foreign(chunk, value) else None
            self.done = chunk.last
            yield chunk

    def _read_events(self, events: Iterable[SseEvent]) -> Iterator[Chunk]:
        for event in events:
            data = event.data.strip()
            if self.done or not data:
                continue
            if event.name == "error":
                yield Chunk(error=_words_or_json(data))
            elif data == _DONE:
                self.done = True
            elif data.startswith("{"):
                chunk = self._read_value(_parse(data))
                self.done = chunk.last
                yield chunk


def _without_lead(body: bytes) -> bytes:
    """A body without the byte order mark and the blanks that it may begin with."""
    return body.lstrip().removeprefix(_BOM).lstrip()


def _is_foreign(chunk: Chunk, value: object) -> bool:
    """Whether a good status came with no answer: an error in a form of its own, as LM Studio's for an unknown path."""
    is_answer = isinstance(value, dict) and (value.get("choices") or isinstance(value.get("done"), bool))
    return chunk.is_silent and not is_answer


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse_json(line), dict)
    except ValueError:
        return False


def _parse(data: str | bytes) -> object:
    try:
        return parse_json(data)
    except ValueError:
        # A piece of the answer may be lost: an answer with a hole must not pass for a whole one.
        raise UnreadableBody(data if isinstance(data, str) else data.decode(errors="replace")) from None


def _words_or_json(data: str) -> object:
    try:
        return parse_json(data)
    except ValueError:
        return data
