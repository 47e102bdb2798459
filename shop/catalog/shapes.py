"""The shapes of the catalogue's things that doors of several apps show (contract, 9)."""

from typing_extensions import TypedDict


class ImageOut(TypedDict):
    id: str
    url: str
    alt: str | None
    width: int | None
    height: int | None
    variant_ids: list[str]
    srcset: str | None
