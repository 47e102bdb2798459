"""Removing metadata from pictures by leaving out parts of the file, so that no pixel changes.

Each format is a list of parts with known names. The pixels and the color profile stay; position, camera, comments,
thumbnails, everything unknown, and whatever follows the end are removed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PNG_KEPT: Final = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"pHYs", b"sBIT",
        b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI",
        b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
WEBP_SAYS: Final = 0b0000_1100
"""The flags in VP8X that announce EXIF and XMP."""
GIF_KEPT: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})
ICC: Final = b"ICC_PROFILE\0"
NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
"""The marker that ends the pixels of a JPEG; escaped bytes and restart markers are part of them."""


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        start = NEXT_MARKER.match(content, at)
        if start is None:
            raise ValueError("no marker")
        at = start.end()
        marker = content[at - 1]
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        length = int.from_bytes(content[at : at + 2])
        body = content[at + 2 : at + length]
        if len(body) != length - 2:
            raise ValueError("half a segment")
        at += length
        left = _jpeg_kept(marker, body)
        if left is not None:
            yield bytes([0xFF, marker]) + (len(left) + 2).to_bytes(2) + left
        if marker == 0xDA:
            end = NEXT_MARKER.search(content, at)
            if end is None:  # cut off after the last pixel, which decoders accept
                yield content[at:] + b"\xff\xd9"
                return
            yield content[at : end.start()]
            at = end.start()


def _jpeg_kept(marker: int, body: bytes) -> bytes | None:
    """Return the segment without metadata; None to drop it."""
    if marker == 0xE0:  # JFIF: the density, without a thumbnail
        return body[:12] + b"\0\0" if body.startswith(b"JFIF\0") and len(body) >= 14 else None
    if marker == 0xE2:
        return body if body.startswith(ICC) else None
    if marker == 0xEE:  # the color transform
        return body if body.startswith(b"Adobe") else None
    return None if 0xE0 <= marker <= 0xEF or marker == 0xFE else body


def _png(content: bytes) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    at = len(PNG_SIGNATURE)
    while True:
        end = at + 12 + int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if len(kind) < 4 or end > len(content):
            raise ValueError("half a chunk")
        if kind in PNG_KEPT:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(content: bytes) -> Iterator[bytes]:
    size = int.from_bytes(content[4:8], "little")
    body = b"".join(_webp_chunks(content[12 : 8 + size]))
    yield b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(content):
        kind = content[at : at + 4]
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("half a chunk")
        at += 8 + length + length % 2
        if kind == b"VP8X":
            body = bytes([body[0] & ~WEBP_SAYS]) + body[1:]
        if kind == b"ANMF":  # a frame: its position, then its own chunks
            body = body[:16] + b"".join(_webp_chunks(body[16:]))
        if kind in WEBP_KEPT:
            yield kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _gif(content: bytes) -> Iterator[bytes]:
    at = 13 + _colors(content[10])
    yield content[:at]
    while True:
        start, kind = at, content[at]
        if kind == 0x3B:
            yield b";"
            return
        if kind == 0x2C:
            at = _after_blocks(content, at + 11 + _colors(content[at + 9]))
            yield content[start:at]
        elif kind == 0x21:
            label, name = content[at + 1], content[at + 3 : at + 14]
            at = _after_blocks(content, at + 2)
            if label == 0xF9 or (label == 0xFF and name in GIF_KEPT):
                yield content[start:at]
        else:
            raise ValueError("no block")


def _colors(flags: int) -> int:
    """Return the size in bytes of the color table that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


FORMATS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
}


def stripped(content: bytes, kind: str) -> bytes:
    """Return the file without metadata, unchanged if it has none; `kind` is Pillow's name of the format.

    Raises ValueError or IndexError for a broken file.
    """
    return b"".join(FORMATS[kind](content))
