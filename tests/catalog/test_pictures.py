"""Pictures are checked before they are stored."""

import hashlib
import os
import struct
import subprocess
import sys
import threading
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shop.catalog import pictures
from shop.catalog.errors import NotAPicture, TooManyPixels
from shop.catalog.pictures import ORIENTATION, cleaned, keep
from shop.project.env import ROOT


def picture(kind: str, size: tuple[int, int] = (6, 4), **also: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(written, kind, **also)
    return written.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be enormous."""
    heading = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", heading)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_four_formats_are_pictures(kind: str, suffix: str) -> None:
    cleaned_picture = cleaned(picture(kind))

    assert (cleaned_picture.suffix, cleaned_picture.width, cleaned_picture.height) == (suffix, 6, 4)


def test_a_picture_taken_upright_is_as_wide_as_it_is_shown() -> None:
    turned = Image.Exif()
    turned[ORIENTATION] = 6

    cleaned_picture = cleaned(picture("JPEG", exif=turned))

    assert (cleaned_picture.suffix, cleaned_picture.width, cleaned_picture.height) == ("jpg", 4, 6)


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
        cleaned_picture = cleaned(start[: len(start) // 2] + noise)
    except NotAPicture:
        return

    assert cleaned_picture.width * cleaned_picture.height > 0


def test_a_picture_is_kept_once_under_the_name_of_its_content() -> None:
    content = picture("PNG", (3, 2))

    first, second = keep(content), keep(content)

    assert first == second
    assert first.name == f"products/{hashlib.sha256(content).hexdigest()}.png"
    assert (first.width, first.height) == (3, 2)
    assert default_storage.open(first.name).read() == content


@pytest.mark.parametrize("size", [(5001, 5000), (8_000, 7_000), (10_000, 9_000), (100_000, 100_000)])
def test_what_has_too_many_pixels_is_refused_with_their_number(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels) as refused:
        keep(bomb(*size))

    assert refused.value.problem.message == "This picture has more than 25 megapixels. Upload it smaller."
    assert (refused.value.problem.code, refused.value.problem.params) == ("not_a_picture", {"max_pixels": 25_000_000})


def test_a_process_decodes_one_picture_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most = [0], [0]
    decode = pictures._cleaned

    def watched(content: bytes, *, is_known: bool) -> pictures.Picture:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.02)
        cleaned_picture = decode(content, is_known=is_known)
        now[0] -= 1
        return cleaned_picture

    monkeypatch.setattr(pictures, "_cleaned", watched)
    threads = [threading.Thread(target=cleaned, args=[picture("PNG")]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (most, now) == ([1], [0])


MEASURED = """
import resource, sys
import django
django.setup()
from shop.catalog.pictures import cleaned
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = cleaned(open(sys.argv[1], "rb").read())
print(found.width, found.height, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is counted in other units")
def test_a_large_photo_takes_less_memory_than_its_pixels_three_times(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture("JPEG", (6000, 4000)))
    env = {"PATH": os.environ["PATH"], "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "shop.project.settings"}

    measured = subprocess.run(  # noqa: S603
        [sys.executable, "-c", MEASURED, str(photo)], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )

    width, height, megabytes = map(int, measured.stdout.split())
    assert (width, height) == (2560, 1707)
    assert megabytes < 200
