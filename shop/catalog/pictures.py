"""Pictures as files: looked through and cleaned before they are kept, and named by what is in them."""

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
"""No SVG: it is a document with scripts."""
READ_AS: Final = {"MPO": "JPEG"}
"""A JPEG of a phone with more pictures behind the first, as for depth; they go."""
MOST_PIXELS: Final = 25_000_000
"""A file of some kilobytes may hold so many; decoding one takes up to 20 bytes for each."""
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
    """A picture and nothing else: its bytes, their suffix, and its size in pixels as it is shown."""

    content: bytes
    suffix: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """Where it is kept: by the hash of its content."""
        return f"{FOLDER}/{hashlib.sha256(self.content).hexdigest()}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the storage."""

    name: str
    width: int
    height: int


def cleaned(content: bytes) -> Picture:
    """The picture upright, at most as large as the settings say, and without metadata; all of it was decoded.

    Colour profile, transparency and animation stay. What is upright and small enough keeps every pixel as it is. Raises
    NotAPicture, and AnimationNotRedrawn for an animation that would have to be turned or scaled down.
    """
    return _guarded(content, is_known=False)


def cleaned_again(content: bytes) -> Picture:
    """As `cleaned` for a picture that was kept before: animations stay as large as they are. Raises NotAPicture."""
    return _guarded(content, is_known=True)


def is_clean(content: bytes, name: str) -> bool:
    """Whether the file of this name is what `cleaned_again` makes of it. Nothing is decoded. Raises NotAPicture."""
    try:
        with _quiet(), Image.open(BytesIO(content), formats=tuple(SUFFIXES)) as opened:
            kind = _kind(opened)
            fits = _is_animated(opened) or max(opened.size) <= catalog_settings().picture_side
            picture = Picture(stripped(content, kind), SUFFIXES[kind], *opened.size)
            return fits and picture.content == content and picture.name == name
    except Exception:
        raise NotAPicture(params={"max_pixels": MOST_PIXELS}) from None


def keep(content: bytes) -> Kept:
    """The picture is in the storage, cleaned, under the hash of its content, once. Raises as `cleaned` does.

    Takes long for a large one, and writes to what may be another machine: not while a transaction is open.
    """
    return stored(cleaned(content))


def stored(picture: Picture) -> Kept:
    """The picture is in the storage under its name, once; half a file that a crash has left there is replaced."""
    name = picture.name
    if default_storage.exists(name) and default_storage.size(name) != len(picture.content):
        default_storage.delete(name)
    if not default_storage.exists(name):
        saved = default_storage.save(name, ContentFile(picture.content))
        if saved != name:  # somebody else kept the same in this moment
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
    except Exception:  # decoders of broken files raise whatever they stumble over
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
                opened.draft(None, (side, side))  # a JPEG is decoded at half of its size or less, if that is enough
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
    """Pillow warns of what may be a decompression bomb; here that is refused."""
    return warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning)


def _kind(opened: Image.Image) -> str:
    return READ_AS.get(opened.format or "", opened.format or "")


def _is_animated(opened: Image.Image) -> bool:
    return opened.format != "MPO" and bool(getattr(opened, "is_animated", False))


def _redrawn(opened: Image.Image, kind: str, content: bytes, side: int) -> tuple[str, bytes]:
    """The picture upright and no longer than `side`, and its format: what was a still GIF is a PNG.

    It is changed in place: a copy of a large one is a hundred megabytes.
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
