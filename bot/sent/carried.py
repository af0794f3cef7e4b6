"""Which file a message carries: one that can be looked at, read or listened to."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath

from aiogram.types import Audio, Document, ExternalReplyInfo, Message, PhotoSize, Video, VideoNote, Voice

LONGEST_NAME = 100
PHOTO_SIDE = 1600
"""Of a photo the largest size is taken that has no longer side: models see no more in a larger one."""
PHOTO_BYTES = 5 * 1024 * 1024
_SOUNDS = ("audio/", "video/")


class CarriedKind(StrEnum):
    """What is to be done with a file."""

    PHOTO = "photo"
    DOCUMENT = "document"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Carried:
    """A file of a message, as Telegram tells of it; what it really is shows when it is there.

    `size` is in bytes, `seconds` the length of a recording; None: Telegram does not tell.
    """

    kind: CarriedKind
    file_id: str
    name: str = field(repr=False)
    mime: str
    size: int | None = None
    seconds: int | None = None


def carried_by(message: Message | ExternalReplyInfo) -> Carried | None:
    """The file of a message that is worth fetching; None for a message without one."""
    if message.photo:
        return _photo(message.photo)
    if message.animation is not None:
        return None  # it comes with a document too, and is a film without sound
    if (voice := message.voice) is not None:
        return _recording(voice, "voice.ogg", voice.mime_type or "audio/ogg")
    if message.video_note is not None:
        return _recording(message.video_note, "video.mp4", "video/mp4")
    if (audio := message.audio) is not None:
        return _recording(audio, audio.file_name or "audio.mp3", audio.mime_type or "audio/mpeg")
    if (video := message.video) is not None:
        return _recording(video, video.file_name or "video.mp4", video.mime_type or "video/mp4")
    return _document(message.document) if message.document is not None else None


def pointed_at(message: Message) -> Carried | None:
    """The file of the message that another one replies to, in this chat or elsewhere; None: it has none.

    What the bot has sent itself is in the conversation in any case.
    """
    replied = message.reply_to_message
    if replied is None:
        return None if message.external_reply is None else carried_by(message.external_reply)
    own = replied.from_user is not None and message.bot is not None and replied.from_user.id == message.bot.id
    return None if own else carried_by(replied)


def safe_name(name: str | None, otherwise: str = "file") -> str:
    """The last part of a name on one short line, without what turns the direction of writing or cannot be seen."""
    base = PureWindowsPath(PurePosixPath(name or "").name).name
    seen = "".join(letter for letter in base if not unicodedata.category(letter).startswith("C"))
    line = " ".join(seen.split())
    if len(line) > LONGEST_NAME:
        end = PurePosixPath(line).suffix[:10]
        line = f"{line[: LONGEST_NAME - len(end) - 1]}…{end}"
    return line.strip(". ") or otherwise


def _photo(sizes: Sequence[PhotoSize]) -> Carried:
    by_size = sorted(sizes, key=lambda size: size.width * size.height)
    fitting = [
        one for one in by_size if max(one.width, one.height) <= PHOTO_SIDE and (one.file_size or 0) <= PHOTO_BYTES
    ]
    chosen = fitting[-1] if fitting else by_size[0]
    return Carried(CarriedKind.PHOTO, chosen.file_id, "photo.jpg", "image/jpeg", chosen.file_size)


def _recording(sent: Voice | Audio | Video | VideoNote, name: str, mime: str) -> Carried:
    return Carried(CarriedKind.SPEECH, sent.file_id, safe_name(name), mime, sent.file_size, sent.duration)


def _document(document: Document) -> Carried:
    name, mime = safe_name(document.file_name), document.mime_type or "application/octet-stream"
    kind = CarriedKind.SPEECH if mime.startswith(_SOUNDS) else CarriedKind.DOCUMENT
    return Carried(kind, document.file_id, name, mime, document.file_size)
