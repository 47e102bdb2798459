"""Pictures of products, as files: what the storage holds below `products/`, and nothing else.

They are named by their content, so that browsers and proxies keep them for good. One that has another name now, because
it was cleaned, is asked for by its old one in orders, mails and feeds: that is answered with 301. A proxy that serves
MEDIA_ROOT itself sends what it does not find here; a storage with addresses of its own leaves nothing to do.
"""

from pathlib import PurePosixPath
from typing import Final

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from shop.platform import files

TYPES: Final = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
FOLDER: Final = "products"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
FOR_A_DAY: Final = "public, max-age=86400"
"""Where a file is now can change once more."""
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
    try:
        if is_for_good and request.headers.get("If-None-Match") == tag and default_storage.exists(str(path)):
            answer = HttpResponseNotModified()
        else:
            answer = FileResponse(default_storage.open(str(path)), content_type=kind)
    except FileNotFoundError:
        return _moved(path)
    except (IsADirectoryError, NotADirectoryError, SuspiciousFileOperation, ValueError):
        raise Http404 from None
    answer["Cache-Control"] = FOR_GOOD if is_for_good else "public, max-age=300"
    if is_for_good:
        answer["ETag"] = tag
    return answer


def _moved(path: PurePosixPath) -> HttpResponseBase:
    """The way to the name that the file has now. Raises Http404 when there never was one of this name."""
    name = files.moved_to(str(path))
    if name is None:
        raise Http404
    answer = HttpResponsePermanentRedirect(reverse("picture", args=[PurePosixPath(name).name]))
    answer["Cache-Control"] = FOR_A_DAY
    return answer
