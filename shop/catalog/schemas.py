"""Schemas of the catalog that the routers of several apps show."""

from typing_extensions import TypedDict


class ImageOut(TypedDict):
    id: str
    url: str
    alt: str | None
    width: int | None
    height: int | None
    variant_ids: list[str]
    srcset: str | None
