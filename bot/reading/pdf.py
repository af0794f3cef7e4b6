"""Reads the text of a PDF, page by page, for as long as there is time and room."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from bot.reading.outcome import FileError, Limits, ReadText, Unreadable, tidy

LEAST_LETTERS_A_PAGE = 8
"""A document with fewer on each of its pages is a scan."""


def read_pdf(data: bytes, limits: Limits, monotonic: Callable[[], float]) -> ReadText:
    """The text of the first pages. Raises `FileError`."""
    until = monotonic() + limits.seconds
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise FileError(Unreadable.ENCRYPTED)
        all_pages = len(reader.pages)
        pages: list[str] = []
        characters = 0
        while len(pages) < min(all_pages, limits.pages) and characters <= limits.characters and monotonic() < until:
            pages.append(_text_of(reader.pages[len(pages)]))
            characters += len(pages[-1])
    except DependencyError as error:  # it needs a library for its cipher, of which nobody has the password anyway
        raise FileError(Unreadable.ENCRYPTED) from error
    except LimitReachedError as error:
        raise FileError(Unreadable.TOO_BIG_INSIDE) from error
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError) as error:
        raise FileError(Unreadable.BROKEN) from error
    if not all_pages:
        raise FileError(Unreadable.EMPTY)
    if sum(map(str.isalnum, "".join(pages))) < LEAST_LETTERS_A_PAGE * len(pages):
        raise FileError(Unreadable.NO_TEXT)
    text = "\n\n".join(pages)
    whole = len(pages) == all_pages and len(text) <= limits.characters
    return ReadText(text[: limits.characters], "application/pdf", whole, len(pages), all_pages)


def _text_of(page: PageObject) -> str:
    """The text of a page; a page that is broken does not cost the others."""
    try:
        return tidy(page.extract_text())
    except (DependencyError, LimitReachedError):
        raise
    except Exception:  # noqa: BLE001 - what broken pages raise has no common root
        return ""
