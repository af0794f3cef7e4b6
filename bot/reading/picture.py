"""Makes a picture one that models take: small enough, in a common form, with nothing of where it was taken."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.reading.outcome import FileError, Limits, ReadPicture, Unreadable

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_QUALITY = 88


def read_picture(data: bytes, limits: Limits) -> ReadPicture:
    """The picture as JPEG or PNG, upright and scaled down where it is larger than wanted. Raises `FileError`."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as opened:
                sharp = opened.format in ("PNG", "GIF", "BMP")
                opened.draft("RGB", (limits.side, limits.side))
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((limits.side, limits.side))
                return _written(_on_white(upright), limits, sharp=sharp)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise FileError(Unreadable.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, TypeError, EOFError) as error:
        raise FileError(Unreadable.BROKEN) from error


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: what is behind it differs from model to model."""
    if picture.mode in ("RGB", "L"):
        return picture
    whole = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")


def _written(picture: Image.Image, limits: Limits, *, sharp: bool) -> ReadPicture:
    """Drawings and screenshots as PNG, unless that is too large; photos as JPEG."""
    written = BytesIO()
    if sharp:
        picture.save(written, "PNG")
        if written.tell() <= limits.picture_bytes:
            return ReadPicture(written.getvalue(), "image/png")
        written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return ReadPicture(written.getvalue(), "image/jpeg")
