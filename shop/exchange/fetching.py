"""Fetching pictures from other hosts: downloaded through the guarded client, checked, and stored."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shop.catalog import pictures
from shop.catalog.models import Image
from shop.catalog.operations import images as catalog
from shop.kernel.errors import Refusal
from shop.platform.outbound import CallFailed, Reply, call
from shop.platform.wire import AddressRefused

MOST_BYTES: Final = 20 * 1024 * 1024
SECONDS: Final = 30.0
AT_ONCE: Final = 8

Get = Callable[[str], Reply]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result for one URL: stored, or the reason why not."""

    url: str
    problem: str = ""


def get(url: str) -> Reply:
    """Request the URL. Raises AddressRefused, CallFailed."""
    return call(url, headers={"Accept": "image/*"}, most_bytes=MOST_BYTES, seconds=SECONDS)


def fetch(images: Sequence[Image], *, get: Get = get) -> Iterator[Fetched]:
    """Fetch and store these pictures; one result for each URL.

    Only a few are in memory at once: the next one is requested when one is stored.
    """
    waiting: dict[str, list[Image]] = {}
    for image in images:
        waiting.setdefault(image.source_url, []).append(image)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        urls = iter(waiting)
        asked = deque((url, pool.submit(_content, url, get)) for url in islice(urls, AT_ONCE))
        while asked:
            url, answer = asked.popleft()
            content, problem = answer.result()
            yield Fetched(url, problem or _kept(waiting[url], content))
            asked.extend((url, pool.submit(_content, url, get)) for url in islice(urls, 1))


def _content(url: str, get: Get) -> tuple[bytes, str]:
    try:
        reply = get(url)
    except AddressRefused as refusal:
        return b"", str(refusal)
    except CallFailed as failed:
        return b"", f"could not be fetched ({failed.reason})"
    return (reply.body, "") if reply.status == 200 else (b"", f"could not be fetched (status {reply.status})")


def _kept(images: Sequence[Image], content: bytes) -> str:
    try:
        stored = pictures.keep(content)
    except Refusal as refusal:
        return str(refusal)
    for image in images:
        catalog.place(image, stored)
    return ""
