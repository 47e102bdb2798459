"""The products of the demo shop, read from catalogue.toml."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal

import msgspec

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.slugs import slug_of
from shop.exchange.demo.drawings import drawn

COLOUR = "Color"
State = Literal["active", "draft", "scheduled"]


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category, with its parent if it has one."""

    name: str
    parent: str = ""


class Good(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product of the file; amounts in hundredths of the currency, weight in grams."""

    name: str
    code: str
    brand: str
    category: str
    picture: str
    price: int
    text: str
    facts: tuple[str, ...]
    colour: str = ""
    compare_at: int | None = None
    weight: int = 0
    options: dict[str, tuple[str, ...]] = {}
    more: dict[str, int] = {}
    stock: tuple[int, ...] = (0,)
    tags: tuple[str, ...] = ()
    state: State = "active"
    backorder: bool = False
    service: bool = False

    @property
    def slug(self) -> str:
        return slug_of(self.name)

    @property
    def colours(self) -> tuple[str, ...]:
        """The colors of its pictures."""
        return self.options.get(COLOUR, (self.colour,))

    def combinations(self) -> list[dict[str, str]]:
        """The options of each variant, in order."""
        return [dict(zip(self.options, values, strict=True)) for values in product(*self.options.values())]

    def prices(self, options: Mapping[str, str]) -> tuple[int, int | None]:
        """Return the variant's price and compare-at price."""
        more = sum(self.more.get(value, 0) for value in options.values())
        return self.price + more, self.compare_at + more if self.compare_at else None


class Goods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    brands: tuple[str, ...]
    categories: dict[str, Node]
    colours: dict[str, str]
    products: tuple[Good, ...]


@cache
def goods() -> Goods:
    """Return the content of the file."""
    return msgspec.toml.decode(Path(__file__).with_name("catalogue.toml").read_bytes(), type=Goods)


def pictures_of(good: Good) -> dict[str, bytes]:
    """Return the product's picture in each of its colors."""
    return {colour: drawn(good.picture, goods().colours[colour]) for colour in good.colours}


def draft_of(good: Good, pictures: Mapping[str, ImageDraft]) -> ProductDraft:
    """Return the draft of the product without brand, category and status. `pictures` are by color."""
    return ProductDraft(
        slug=good.slug,
        name=good.name,
        description_html=_html(good),
        kind=goods().categories[good.category].name,
        tags=good.tags,
        options=good.options,
        swatches={colour: goods().colours[colour] for colour in good.options.get(COLOUR, ())},
        variants=tuple(_variant(good, options, pictures) for options in good.combinations()),
        images=tuple(pictures.values()),
    )


def alt(good: Good, colour: str) -> str:
    """Return the alternative text of the picture."""
    return f"{good.name} in {colour.lower()}" if COLOUR in good.options else good.name


def _variant(good: Good, options: Mapping[str, str], pictures: Mapping[str, ImageDraft]) -> VariantDraft:
    return VariantDraft(
        options=options,
        sku="-".join([good.code, *(_short(value) for value in options.values())]),
        weight_grams=good.weight,
        requires_shipping=not good.service,
        track_inventory=not good.service,
        may_backorder=good.backorder,
        image=pictures[options[COLOUR]].key if COLOUR in options else "",
    )


def _short(value: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", value.upper())[:4]


def _html(good: Good) -> str:
    facts = "".join(f"<li>{fact}</li>" for fact in good.facts)
    return f"<p>{good.text}</p>" + (f"<ul>{facts}</ul>" if facts else "")
