"""The bundles of Swagger UI and ReDoc, which django-ninja ships, so that no foreign host is asked for them."""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
NOTHING = b"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


def folder() -> Path:
    """The directory that holds them, found without importing ninja: settings are read before it can be."""
    spec = find_spec("ninja")
    if spec is None or spec.origin is None:
        raise ImportError("django-ninja is not installed")
    return Path(spec.origin).parent / "static" / "ninja"


@cache
def redoc() -> bytes:
    """ReDoc's script without the logo that it loads from a foreign host. Raises ValueError if it is not as expected."""
    script = (folder() / "redoc.standalone.js").read_bytes()
    if script.count(LOGO) != 1:
        raise ValueError("ReDoc's bundle has changed: look which foreign hosts it asks now.")
    return script.replace(LOGO, NOTHING).replace(b"//# sourceMappingURL=redoc.standalone.js.map", b"")


@cache
def redoc_compressed() -> bytes:
    """The same, for clients that accept gzip."""
    return gzip.compress(redoc(), mtime=0)
