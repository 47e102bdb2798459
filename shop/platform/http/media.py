"""Pictures of products, as files: what the storage holds below `products/`, and nothing else.

They are named by their content, so that browsers and proxies keep them for good. A proxy that serves MEDIA_ROOT itself,
or a storage with addresses of its own, leaves nothing to do for this door.
"""

from pathlib import PurePosixPath
from typing import Final

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

TYPES: Final = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
FOLDER: Final = "products"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
HASH: Final = 64
"""A name of so many characters is that of its content."""


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture of this name."""
    path = PurePosixPath(FOLDER, name)
    kind = TYPES.get(path.suffix.lower())
    if kind is None:
        raise Http404
    tag = f'"{path.stem}"'
    is_for_good = len(path.stem) == HASH
    answer: HttpResponseBase
    if is_for_good and request.headers.get("If-None-Match") == tag:
        answer = HttpResponseNotModified()
    else:
        try:
            answer = FileResponse(default_storage.open(str(path)), content_type=kind)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation, ValueError):
            raise Http404 from None
    answer["Cache-Control"] = FOR_GOOD if is_for_good else "public, max-age=300"
    if is_for_good:
        answer["ETag"] = tag
    return answer
