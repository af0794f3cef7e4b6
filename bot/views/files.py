"""What is said of files: how much was read, why one cannot be read, what was heard."""

from __future__ import annotations

from html import escape

from bot.i18n import Translator
from bot.reading.outcome import Unreadable
from bot.sent.fetching import MOST_BYTES, NotFetched
from bot.sent.receiving import MOST_SPEECH_SECONDS, Cut, Received, Refused
from bot.views.numbers import count, duration
from llm.transcription import TranscriptionProblem

MOST_SHOWN = 3000
"""Of a transcript so much is shown, in characters: Telegram takes 4,096 and counts some of them twice."""
_FOR_ADMINS = frozenset(
    {
        TranscriptionProblem.NOT_CONFIGURED,
        TranscriptionProblem.UNREACHABLE,
        TranscriptionProblem.KEY_REFUSED,
        TranscriptionProblem.NOT_THERE,
    }
)
"""Whoever runs the bot can do something about these."""


def cut_words(t: Translator, cut: Cut) -> str:
    """How much was read of a file that was too long."""
    if 0 < cut.pages < cut.all_pages:
        return t("file-cut-pages", name=cut.name, pages=cut.pages, all=cut.all_pages)
    return t("file-cut", name=cut.name, characters=count(t, cut.characters))


def refused_words(t: Translator, refused: Refused, *, admin: bool) -> str:
    """Why nothing can be done with a file, with the limit, and what to do."""
    name, reason = refused.carried.name, refused.reason
    # By their classes first: words of different enumerations may be the same.
    if isinstance(reason, TranscriptionProblem):
        words = t(f"speech-{reason.value}".replace("_", "-"), limit=duration(t, MOST_SPEECH_SECONDS))
        return f"{words}\n\n{t('speech-setting')}" if admin and reason in _FOR_ADMINS else words
    if isinstance(reason, NotFetched):
        return _too_large(t, name) if reason is NotFetched.TOO_LARGE else t("file-gone", name=name)
    if reason is Unreadable.TOO_LARGE:
        return _too_large(t, name)
    return t(f"file-{reason.value}".replace("_", "-"), name=name, kinds=t("file-kinds"))


def notes_words(t: Translator, received: Received, *, admin: bool, unseen: bool = False) -> str:
    """Everything that a person has to know of their files, in paragraphs; empty when all is well.

    `unseen`: of pictures too, that nobody has seen.
    """
    told = [refused_words(t, one, admin=admin) for one in received.refused]
    if unseen:
        told.append(t("photo-unseen"))
    return "\n\n".join(dict.fromkeys([*told, *(cut_words(t, one) for one in received.cuts)]))


def transcript_html(transcript: str) -> str:
    """What was heard, folded when it is long."""
    shown = transcript if len(transcript) <= MOST_SHOWN else f"{transcript[:MOST_SHOWN]}…"
    return f"<blockquote expandable>🎤 {escape(shown, quote=False)}</blockquote>"


def _too_large(t: Translator, name: str) -> str:
    return t("file-too-large", name=name, limit=t("unit-mb", number=str(MOST_BYTES // 2**20)))
