"""How the catalogue's things look from outside, wherever they are shown."""

from shop.catalog.schemas import ImageOut
from shop.catalog.types import Picture
from shop.kernel.ids import Prefix, public


def picture(found: Picture) -> ImageOut:
    return {
        "id": public(Prefix.IMAGE, found.id),
        "url": found.url,
        "alt": found.alt or None,
        "width": found.width,
        "height": found.height,
        "variant_ids": [public(Prefix.VARIANT, each) for each in found.variant_ids],
        "srcset": None,
    }
