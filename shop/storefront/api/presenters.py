"""How the catalogue looks from outside. Costs, exact stock and what is not published never get this far."""

from collections.abc import Mapping, Sequence
from typing import Any

from shop.catalog.models import in_order
from shop.catalog.schemas import ImageOut
from shop.kernel.ids import Prefix, public
from shop.platform.clock import stamp
from shop.platform.http.schemas import money, money_or_none
from shop.storefront.api.schemas import (
    AvailabilityOut,
    BrandOut,
    CategoryOut,
    CategoryRefOut,
    ChangesOut,
    OptionOut,
    ProductCardOut,
    ProductOut,
    VariantOut,
)
from shop.storefront.types import Card, Offer, ProductDetails

RANKS = ("in_stock", "low_stock", "backorder", "preorder", "out_of_stock")


def card(found: Card, *, currency: str) -> ProductCardOut:
    row, offers = found.row, found.offers
    least = min(offers, key=lambda each: each.amount)
    return {
        "id": public(Prefix.PRODUCT, row["id"]),
        "slug": row["slug"],
        "name": row["name"],
        "brand": row["brand"],
        "category": _category_ref(row["category"]) if row["category"] else None,
        "image": image(row["image"], offers) if row["image"] else None,
        "price": {
            "min": money(least.amount, currency),
            "max": money(max(each.amount for each in offers), currency),
        },
        "compare_at": money_or_none(least.compare_at, currency),
        "on_sale": any(each.compare_at is not None for each in offers),
        "availability": min((_availability(each) for each in offers), key=lambda each: RANKS.index(each["status"])),
        "rating": {"average": None, "count": 0},
    }


def product(found: ProductDetails, *, currency: str) -> ProductOut:
    row, offers = found.card.row, found.card.offers
    return {
        **card(found.card, currency=currency),
        "description_html": row["description_html"],
        "tags": row["tags"],
        "options": _options(found.options),
        "attributes": [],
        "images": [image(each, offers) for each in found.images],
        "variants": [_variant(each, currency, row["option_order"]) for each in offers],
        "category_path": [_category_ref(each) for each in found.category_path],
        "seo": {"title": row["seo_title"] or row["name"], "description": row["seo_description"] or None},
        "metadata": row["metadata"],
        **_changes(row),
    }


def image(found: Mapping[str, Any], offers: Sequence[Offer]) -> ImageOut:
    return {
        "id": public(Prefix.IMAGE, found["id"]),
        "url": found["url"],
        "alt": found["alt"] or None,
        "width": found["width"],
        "height": found["height"],
        "variant_ids": [
            public(Prefix.VARIANT, each.variant_id) for each in offers if each.also.get("image_id") == found["id"]
        ],
        "srcset": None,
    }


def category(found: Mapping[str, Any]) -> CategoryOut:
    return {
        "id": public(Prefix.CATEGORY, found["id"]),
        "parent_id": public(Prefix.CATEGORY, found["parent_id"]) if found["parent_id"] else None,
        "slug": found["slug"],
        "name": found["name"],
        "description_html": found["description_html"],
        "depth": found["depth"],
        **_changes(found),
    }


def brand(found: Mapping[str, Any]) -> BrandOut:
    return {"id": public(Prefix.BRAND, found["id"]), "slug": found["slug"], "name": found["name"], **_changes(found)}


def _changes(found: Mapping[str, Any]) -> ChangesOut:
    return {
        "version": found["version"],
        "created_at": stamp(found["created_at"]),
        "updated_at": stamp(found["updated_at"]),
    }


def _category_ref(found: Mapping[str, Any]) -> CategoryRefOut:
    return {"id": public(Prefix.CATEGORY, found["id"]), "slug": found["slug"], "name": found["name"]}


def _options(rows: Sequence[Mapping[str, Any]]) -> list[OptionOut]:
    found: dict[Any, OptionOut] = {}
    for row in rows:
        option = found.setdefault(row["option_id"], {"name": row["option__name"], "values": []})
        option["values"].append({"value": row["value"], "swatch": row["swatch"] or None})
    return list(found.values())


def _variant(offer: Offer, currency: str, names: Sequence[str] | None) -> VariantOut:
    also = offer.also
    options = in_order(also["options"], names)
    return {
        "id": public(Prefix.VARIANT, offer.variant_id),
        "sku": also["sku"],
        "barcode": also["barcode"] or None,
        "name": " / ".join(options.values()) or None,
        "options": options,
        "price": money(offer.amount, currency),
        "compare_at": money_or_none(offer.compare_at, currency),
        "prior_price": None,
        "unit_price": None,
        "availability": _availability(offer),
        "weight_grams": also["weight_grams"],
        "image_id": public(Prefix.IMAGE, also["image_id"]) if also["image_id"] else None,
    }


def _availability(offer: Offer) -> AvailabilityOut:
    found = offer.availability
    return {
        "status": found.status.value,
        "available": found.available,
        "max_quantity": found.shown_max,
        "backorder_until": None,
    }
