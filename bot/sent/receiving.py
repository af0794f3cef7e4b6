"""Turns messages with files into what a model can be asked: fetched, looked at, read, written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from aiogram import Bot
from aiogram.types import Message

from bot.i18n import Translator
from bot.reading.outcome import FileError, ReadPicture, ReadText, Unreadable
from bot.reading.reading import Reading
from bot.reading.recognise import picture_mime
from bot.said import said_in
from bot.sent.carried import PHOTO_BYTES, Carried, CarriedKind, carried_by
from bot.sent.fetching import FetchFailed, NotFetched, fetch
from llm.transcription import Transcriber, TranscriptionFailed, TranscriptionProblem
from storage import Attachment, AttachmentKind, Part, joined

MOST_SPEECH_SECONDS = 30 * 60
MOST_CHARACTERS = 200_000
"""Of all files of a message together so much is read."""
_AS_THEY_ARE = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that nothing can be done with, and why."""

    carried: Carried
    reason: NotFetched | Unreadable | TranscriptionProblem


@dataclass(frozen=True, slots=True)
class Cut:
    """A file of which only the beginning was read: so many of its pages, 0 where it has none, and characters."""

    name: str = field(repr=False)
    pages: int
    all_pages: int
    characters: int


@dataclass(slots=True)
class Received:
    """What messages came to; `parts` are what is said in each, `text` is what the person asks.

    `transcript` is what was spoken. `unseen`: there are pictures, and no model sees any. `written`:
    there is a message that is no file, and says something.
    """

    text: str = field(default="", repr=False)
    parts: list[Part] = field(default_factory=list, repr=False)
    attachments: list[Attachment] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    transcript: str = field(default="", repr=False)
    unseen: bool = False
    written: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is something to answer, beside files that nobody can see or read, and their captions."""
        return bool(self.written or self.transcript) or any(one.data or one.text for one in self.attachments)


class Receiving:
    """Fetches and reads. `anyone_sees` tells whether some model sees pictures, as far as that is known."""

    def __init__(self, reading: Reading, transcriber: Transcriber, anyone_sees: Callable[[], bool]) -> None:
        self._reading = reading
        self._transcriber = transcriber
        self._anyone_sees = anyone_sees

    async def receive(
        self, messages: Sequence[Message], t: Translator, shown: Carried | None = None, *, at_home: bool = False
    ) -> Received:
        """What the messages say and show, in their order; each is bound to its bot. Raises `TelegramNetworkError`.

        `shown` is a file that they point at. What is spoken in it is to be read, as what somebody else has said. With
        `at_home` nothing spoken goes to a cloud.
        """
        received = Received()
        if shown is not None and (spoken := await self._received(messages[0].bot, shown, received, at_home)):
            received.attachments.append(Attachment(AttachmentKind.DOCUMENT, shown.name, "text/plain", text=spoken))
        for message in messages:
            carried = carried_by(message)
            spoken = await self._received(message.bot, carried, received, at_home) if carried is not None else ""
            if spoken:
                received.transcript = "\n\n".join(part for part in (received.transcript, spoken) if part)
            part = said_in(message, spoken=spoken)
            received.written = received.written or (carried is None and bool(part.text or part.context))
            received.parts.append(part)
        received.text = joined(received.parts)[0] or _usual_question(received, t)
        return received

    async def _received(self, bot: Bot | None, carried: Carried, received: Received, at_home: bool) -> str:
        """Add one file, or why that is not possible; what is spoken in it is returned."""
        if bot is None:
            return ""
        try:
            if carried.kind is CarriedKind.SPEECH and at_home and self._transcriber.in_cloud:
                raise TranscriptionFailed(TranscriptionProblem.NOT_AT_HOME)
            return await self._take(bot, carried, received)
        except (FetchFailed, FileError) as error:
            received.refused.append(Refused(carried, error.reason))
        except TranscriptionFailed as error:
            received.refused.append(Refused(carried, error.problem))
        return ""

    async def _take(self, bot: Bot, carried: Carried, received: Received) -> str:
        """Add one file to what was received; what is spoken in it is returned."""
        if carried.kind is CarriedKind.SPEECH:
            return await self._heard(bot, carried)
        if carried.kind is CarriedKind.PHOTO and not self._anyone_sees():
            self._unseen(received, carried)
            return ""
        data = await fetch(bot, carried)
        mime = picture_mime(data)
        if carried.kind is CarriedKind.PHOTO and mime in _AS_THEY_ARE and len(data) <= PHOTO_BYTES:
            received.attachments.append(Attachment(AttachmentKind.PHOTO, carried.name, mime, data=data))
            return ""
        if mime is not None and not self._anyone_sees():
            self._unseen(received, carried)
            return ""
        match await self._reading.read(data):
            case ReadPicture(data=seen, mime=kind):
                received.attachments.append(Attachment(AttachmentKind.PHOTO, carried.name, kind, data=seen))
            case ReadText() as read:
                self._add_text(carried, read, received)
        return ""

    def _add_text(self, carried: Carried, read: ReadText, received: Received) -> None:
        left = MOST_CHARACTERS - sum(len(one.text or "") for one in received.attachments)
        if left <= 0:
            raise FileError(Unreadable.TOO_BIG_INSIDE)
        if len(read.text) > left:
            read = replace(read, text=read.text[:left], whole=False, pages=0)
        if not read.whole:
            received.cuts.append(Cut(carried.name, read.pages, read.all_pages, len(read.text)))
        received.attachments.append(Attachment(AttachmentKind.DOCUMENT, carried.name, read.mime, text=read.text))

    async def _heard(self, bot: Bot, carried: Carried) -> str:
        if not self._transcriber.available:
            raise TranscriptionFailed(TranscriptionProblem.NOT_CONFIGURED)
        if carried.seconds is not None and carried.seconds > MOST_SPEECH_SECONDS:
            raise TranscriptionFailed(TranscriptionProblem.TOO_LARGE)
        recording = await fetch(bot, carried)
        return await self._transcriber.transcribe(recording, name=carried.name, mime=carried.mime)

    def _unseen(self, received: Received, carried: Carried) -> None:
        received.unseen = True
        received.attachments.append(Attachment(AttachmentKind.PHOTO, carried.name, carried.mime))


def _usual_question(received: Received, t: Translator) -> str:
    """What somebody wants to know who sends a file without a word."""
    if any(one.kind is AttachmentKind.DOCUMENT for one in received.attachments):
        return t("said-file")
    return t("said-photo") if received.attachments else ""
