"""Picture files: checked and cleaned before they are stored, and named by a hash of their content."""

import hashlib
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from shop.catalog.errors import AnimationNotRedrawn, NotAPicture, TooManyPixels
from shop.catalog.settings import catalog_settings
from shop.catalog.strip import stripped

FOLDER: Final = "products"
SUFFIXES: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
"""The accepted formats. SVG is not one of them: it may contain scripts."""
READ_AS: Final = {"MPO": "JPEG"}
"""A JPEG of a phone with more pictures behind the first, such as a depth map; they are dropped."""
MOST_PIXELS: Final = 25_000_000
"""A file of a few kilobytes may have this many; decoding takes up to 20 bytes a pixel."""
ORIENTATION: Final = 0x0112
TURNED: Final = frozenset(range(2, 9))
"""Values of the EXIF tag Orientation with which a picture is shown turned or mirrored (CIPA DC-008, 4.6.4)."""
SCALED_AS: Final = {"P": "RGB", "1": "L", "I;16": "I"}
"""Modes that can't be scaled down smoothly, and those that can."""
WRITTEN: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 90, "optimize": True, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 90},
}


_one_at_a_time = threading.Lock()
"""Held while a picture is decoded: the memory of a process is bounded by one of them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned picture: its bytes, the file name suffix, and its size in pixels as shown."""

    content: bytes
    suffix: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """Its name in the storage, from the hash of its content."""
        return f"{FOLDER}/{hashlib.sha256(self.content).hexdigest()}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture file in the storage."""

    name: str
    width: int
    height: int


def cleaned(content: bytes) -> Picture:
    """Return the picture upright, within the size limit and without metadata, after decoding it completely.

    Color profile, transparency and animation stay. The pixels of a picture that is upright and small enough do not
    change. Raises NotAPicture, and AnimationNotRedrawn for an animation that would have to be rotated or scaled down.
    """
    return _guarded(content, is_known=False)


def cleaned_again(content: bytes) -> Picture:
    """Clean a stored picture as `cleaned` does, but leave animations at their size. Raises NotAPicture."""
    return _guarded(content, is_known=True)


def is_clean(content: bytes, name: str) -> bool:
    """Return whether `cleaned_again` would return the same file, without decoding it. Raises NotAPicture."""
    try:
        with _quiet(), Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            kind = _kind(opened)
            fits = _is_animated(opened) or max(opened.size) <= catalog_settings().picture_side
            picture = Picture(stripped(content, kind), SUFFIXES[kind], *opened.size)
            return fits and picture.content == content and picture.name == name
    except Exception:
        raise NotAPicture(params={"max_pixels": MOST_PIXELS}) from None


def keep(content: bytes) -> Kept:
    """Clean the picture and store it under the hash of its content. Raises as `cleaned` does.

    This is slow for a large picture and may write to a remote storage: don't call it in a transaction.
    """
    return stored(cleaned(content))


def stored(picture: Picture) -> Kept:
    """Store the picture under its name, once; replace an incomplete file that a crash has left there."""
    name = picture.name
    if default_storage.exists(name) and default_storage.size(name) != len(picture.content):
        default_storage.delete(name)
    if not default_storage.exists(name):
        saved = default_storage.save(name, ContentFile(picture.content))
        if saved != name:  # a concurrent request stored the same picture
            default_storage.delete(saved)
    return Kept(name, picture.width, picture.height)


def _guarded(content: bytes, *, is_known: bool) -> Picture:
    try:
        with _one_at_a_time:
            return _cleaned(content, is_known=is_known)
    except (AnimationNotRedrawn, TooManyPixels):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise TooManyPixels(params={"max_pixels": MOST_PIXELS}) from None
    except Exception:  # decoders raise exceptions of any type for broken files
        raise NotAPicture(params={"max_pixels": MOST_PIXELS}) from None


def _cleaned(content: bytes, *, is_known: bool) -> Picture:
    side = catalog_settings().picture_side
    with _quiet():
        with Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            opened.verify()
        with Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixels(params={"max_pixels": MOST_PIXELS})
            kind = _kind(opened)
            is_large = max(opened.size) > side
            if is_large:
                opened.draft(None, (side, side))  # decodes a JPEG at half of its size or less, if that is enough
            opened.load()
            if opened.getexif().get(ORIENTATION) in TURNED or is_large:
                if not _is_animated(opened):
                    kind, content = _redrawn(opened, kind, content, side)
                elif not is_known:
                    raise AnimationNotRedrawn(params={"max_side": side})
        clean = stripped(content, kind)
        with Image.open(BytesIO(clean), formats=(kind,)) as opened:
            opened.load()
            return Picture(clean, SUFFIXES[kind], *opened.size)


def _quiet() -> Any:
    """Silence Pillow's warning of a possible decompression bomb: this module refuses such files."""
    return warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning)


def _kind(opened: Image.Image) -> str:
    return READ_AS.get(opened.format or "", opened.format or "")


def _is_animated(opened: Image.Image) -> bool:
    return opened.format != "MPO" and bool(getattr(opened, "is_animated", False))


def _redrawn(opened: Image.Image, kind: str, content: bytes, side: int) -> tuple[str, bytes]:
    """Rotate and scale the picture, and return it with its format: a GIF without animation becomes a PNG.

    It is changed in place, because a copy of a large picture takes a hundred megabytes.
    """
    drawn: Image.Image = opened
    ImageOps.exif_transpose(drawn, in_place=True)
    if max(drawn.size) > side:
        if drawn.has_transparency_data:
            drawn = drawn if drawn.mode in ("LA", "RGBA") else drawn.convert("RGBA")
        elif drawn.mode in SCALED_AS:
            drawn = drawn.convert(SCALED_AS[drawn.mode])
        drawn.thumbnail((side, side), Image.Resampling.LANCZOS)
        if drawn.mode == "I":
            drawn = drawn.convert("I;16")
    kind = "PNG" if kind == "GIF" else kind
    options = dict(WRITTEN[kind])
    if kind == "WEBP":
        options["lossless"] = b"VP8L" in content[:65536]
    written = BytesIO()
    drawn.save(written, kind, icc_profile=opened.info.get("icc_profile"), **options)
    return kind, written.getvalue()
