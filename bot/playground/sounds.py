"""Recognises recordings by their first bytes, and how long a voice message is."""

from __future__ import annotations

from dataclasses import dataclass

OPUS_RATE = 48_000
_PAGE = b"OggS"


@dataclass(frozen=True, slots=True)
class Sound:
    """What kind of recording it is: a voice message or a piece of music; `seconds` is 0 when it does not tell."""

    mime: str
    voice: bool
    seconds: int = 0


def sound_of(content: bytes) -> Sound | None:
    """The recording that the bytes are; None for everything else. As in Telegram, Opus in Ogg is a voice message."""
    if content.startswith(_PAGE):
        return Sound("audio/ogg", voice=b"OpusHead" in content[:200], seconds=_seconds(content))
    if content.startswith(b"ID3") or content[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return Sound("audio/mpeg", voice=False)
    if content[4:12] == b"ftypM4A ":
        return Sound("audio/mp4", voice=False)
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return Sound("audio/x-wav", voice=False)
    return None


def _seconds(content: bytes) -> int:
    """Each page of Ogg says how many samples have been by then."""
    last = content.rfind(_PAGE)
    samples = int.from_bytes(content[last + 6 : last + 14], "little")
    return samples // OPUS_RATE if samples < OPUS_RATE * 24 * 3600 else 0
