"""Pictures as files: looked through before they are kept, and named by what is in them."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from shop.catalog.errors import NotAPicture

SUFFIXES: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
"""No SVG: it is a document with scripts."""
MOST_PIXELS: Final = 50_000_000
ORIENTATION: Final = 0x0112
SIDEWAYS: Final = frozenset({5, 6, 7, 8})
"""Values of the EXIF tag Orientation with which a picture is shown turned by 90 degrees (CIPA DC-008, 4.6.4)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is: its suffix, and its size in pixels as it is shown."""

    suffix: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the storage."""

    name: str
    width: int
    height: int


def examined(content: bytes) -> Picture:
    """What the picture is; all of it was decoded. Raises NotAPicture."""
    try:
        return _decoded(content)
    except Exception:  # decoders of broken files raise whatever they stumble over
        raise NotAPicture(params={"max_pixels": MOST_PIXELS}) from None


def _decoded(content: bytes) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            opened.verify()
        with Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise NotAPicture
            opened.load()
            is_sideways = opened.getexif().get(ORIENTATION) in SIDEWAYS
            width, height = (height, width) if is_sideways else (width, height)
            return Picture(SUFFIXES[opened.format or ""], width, height)


def keep(content: bytes) -> Kept:
    """The picture is in the storage under the hash of its content, once. Raises NotAPicture."""
    picture = examined(content)
    name = f"products/{hashlib.sha256(content).hexdigest()}.{picture.suffix}"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(content))
    return Kept(name, picture.width, picture.height)
