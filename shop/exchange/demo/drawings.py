"""The pictures of the demo shop, drawn when they are needed and always the same."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from shop.exchange.demo import clothes, things
from shop.exchange.demo.canvas import Canvas

Draw = Callable[[Canvas], None]

PICTURES: Final[Mapping[str, Draw]] = MappingProxyType(
    {
        "tee": clothes.tee,
        "striped tee": clothes.striped_tee,
        "pocket tee": clothes.pocket_tee,
        "sweater": clothes.sweater,
        "jumper": clothes.jumper,
        "zip sweater": clothes.zip_sweater,
        "hoodie": clothes.hoodie,
        "jacket": clothes.jacket,
        "vest": clothes.vest,
        "coat": clothes.coat,
        "beanie": clothes.beanie,
        "cap": clothes.cap,
        "bucket hat": clothes.bucket_hat,
        "socks": clothes.socks,
        "apron": clothes.apron,
        "mug": things.mug,
        "cup": things.cup,
        "bowl": things.bowl,
        "carafe": things.carafe,
        "board": things.board,
        "towel": things.towel,
        "jar": things.jar,
        "blanket": things.blanket,
        "cushion": things.cushion,
        "lamp": things.lamp,
        "candle": things.candle,
        "pot": things.pot,
        "vase": things.vase,
        "clock": things.clock,
        "backpack": things.backpack,
        "tote": things.tote,
        "duffel": things.duffel,
        "pouch": things.pouch,
        "bottle": things.bottle,
        "flask": things.flask,
        "notebook": things.notebook,
        "pencils": things.pencils,
        "tray": things.tray,
        "pen": things.pen,
        "gift": things.gift,
    }
)


def drawn(picture: str, colour: str) -> bytes:
    """Draw the picture in the color (#rrggbb) and return it as a WebP file of 600 by 600 pixels."""
    sheet = Canvas(colour)
    PICTURES[picture](sheet)
    return sheet.picture()
