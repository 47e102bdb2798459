"""Pictures are looked through before they are kept."""

import hashlib
import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shop.catalog.errors import NotAPicture
from shop.catalog.pictures import ORIENTATION, cleaned, keep


def picture(kind: str, size: tuple[int, int] = (6, 4), **also: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(written, kind, **also)
    return written.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    heading = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", heading)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_four_formats_are_pictures(kind: str, suffix: str) -> None:
    found = cleaned(picture(kind))

    assert (found.suffix, found.width, found.height) == (suffix, 6, 4)


def test_a_picture_taken_upright_is_as_wide_as_it_is_shown() -> None:
    turned = Image.Exif()
    turned[ORIENTATION] = 6

    found = cleaned(picture("JPEG", exif=turned))

    assert (found.suffix, found.width, found.height) == ("jpg", 4, 6)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html></html>",
        b"GIF89a",
        picture("BMP"),
        picture("TIFF"),
        picture("PNG")[:-20],
        picture("JPEG", (200, 200))[:400],
        bomb(100_000, 100_000),
        bomb(10_000, 9_000),
        bomb(8_000, 7_000),
    ],
    ids=["empty", "svg", "html", "gif", "bmp", "tiff", "half png", "half jpeg", "bomb", "warned", "too large"],
)
def test_nothing_else_is_a_picture(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        keep(content)


@given(st.binary(max_size=200), st.sampled_from([picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]))
def test_whatever_stands_in_a_file_it_is_a_picture_or_refused(noise: bytes, start: bytes) -> None:
    try:
        found = cleaned(start[: len(start) // 2] + noise)
    except NotAPicture:
        return

    assert found.width * found.height > 0


def test_a_picture_is_kept_once_under_the_name_of_its_content() -> None:
    content = picture("PNG", (3, 2))

    first, second = keep(content), keep(content)

    assert first == second
    assert first.name == f"products/{hashlib.sha256(content).hexdigest()}.png"
    assert (first.width, first.height) == (3, 2)
    assert default_storage.open(first.name).read() == content
