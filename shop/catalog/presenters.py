"""Presenters of the catalog that the routers of several apps use."""

from shop.catalog.schemas import ImageOut
from shop.catalog.types import Picture
from shop.kernel.ids import Prefix, public


def picture(image: Picture) -> ImageOut:
    return {
        "id": public(Prefix.IMAGE, image.id),
        "url": image.url,
        "alt": image.alt or None,
        "width": image.width,
        "height": image.height,
        "variant_ids": [public(Prefix.VARIANT, each) for each in image.variant_ids],
        "srcset": None,
    }
