"""A practice's logo, a practitioner's photo: what was uploaded, checked and drawn again.

Drawn again, nothing of the file survives but what is seen: no place or name hidden in it, no
second format behind the first. It is kept in the database, like all that several hosts share.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
# Once unpacked, four bytes each, and twice for a moment. A photograph of any size is unpacked smaller.
MAX_PIXELS = 8_500_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PHOTO, LOGO = (480, 480), (640, 240)  # pixels


class NotAPicture(Exception):
    """``code``: too_big, unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Drawing:
    """WebP."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Its name: another picture has another one, so that it may be cached for ever."""
        return hashlib.sha256(self.content).hexdigest()[:32]


def _reduced(picture: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """Smaller by a whole number, neither side under ``wanted``: what follows costs little."""
    factor = min(picture.width // wanted[0], picture.height // wanted[1])
    if factor < 2:
        return picture
    exif = picture.getexif()  # which way up
    plain = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGBA")
    reduced = plain.reduce(factor)
    reduced.info["exif"] = exif.tobytes()
    return reduced


def draw(file: BinaryIO, size: int, box: tuple[int, int], *, fill: bool) -> Drawing:
    """``file`` of ``size`` bytes, drawn within ``box``; with ``fill``, cut to it around its middle.

    Raises `NotAPicture`.
    """
    if size > MAX_BYTES:
        raise NotAPicture("too_big")
    try:
        with Image.open(file, formats=FORMATS) as picture:
            wanted = (box[0] * 2, box[1] * 2)
            if not picture.info.get("progressive"):  # such a one is unpacked whole first
                picture.draft("RGB", wanted)
            if picture.width * picture.height > MAX_PIXELS:  # known before it is unpacked
                raise NotAPicture("too_big")
            upright = ImageOps.exif_transpose(_reduced(picture, wanted)).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPicture("unreadable") from error
    except Image.DecompressionBombError as error:
        raise NotAPicture("too_big") from error
    if fill:
        upright = ImageOps.fit(upright, box)
    else:
        upright.thumbnail(box)
    written = BytesIO()
    upright.save(written, "WEBP", quality=82)
    return Drawing(written.getvalue(), upright.width, upright.height)
