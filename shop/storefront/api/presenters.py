"""Presenters of the catalog. Costs, exact stock and unpublished products are never part of their input."""

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


def card(listing: Card, *, currency: str) -> ProductCardOut:
    row, offers = listing.row, listing.offers
    least = min(offers, key=lambda offer: offer.amount)
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
        "availability": min(map(_availability, offers), key=lambda stock: RANKS.index(stock["status"])),
        "rating": {"average": None, "count": 0},
    }


def product(details: ProductDetails, *, currency: str) -> ProductOut:
    row, offers = details.card.row, details.card.offers
    return {
        **card(details.card, currency=currency),
        "description_html": row["description_html"],
        "tags": row["tags"],
        "options": _options(details.options),
        "attributes": [],
        "images": [image(each, offers) for each in details.images],
        "variants": [_variant(each, currency, row["option_order"]) for each in offers],
        "category_path": [_category_ref(each) for each in details.category_path],
        "seo": {"title": row["seo_title"] or row["name"], "description": row["seo_description"] or None},
        "metadata": row["metadata"],
        **_changes(row),
    }


def image(row: Mapping[str, Any], offers: Sequence[Offer]) -> ImageOut:
    return {
        "id": public(Prefix.IMAGE, row["id"]),
        "url": row["url"],
        "alt": row["alt"] or None,
        "width": row["width"],
        "height": row["height"],
        "variant_ids": [
            public(Prefix.VARIANT, offer.variant_id) for offer in offers if offer.also.get("image_id") == row["id"]
        ],
        "srcset": None,
    }


def category(row: Mapping[str, Any]) -> CategoryOut:
    return {
        "id": public(Prefix.CATEGORY, row["id"]),
        "parent_id": public(Prefix.CATEGORY, row["parent_id"]) if row["parent_id"] else None,
        "slug": row["slug"],
        "name": row["name"],
        "description_html": row["description_html"],
        "depth": row["depth"],
        **_changes(row),
    }


def brand(row: Mapping[str, Any]) -> BrandOut:
    return {"id": public(Prefix.BRAND, row["id"]), "slug": row["slug"], "name": row["name"], **_changes(row)}


def _changes(row: Mapping[str, Any]) -> ChangesOut:
    return {
        "version": row["version"],
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }


def _category_ref(row: Mapping[str, Any]) -> CategoryRefOut:
    return {"id": public(Prefix.CATEGORY, row["id"]), "slug": row["slug"], "name": row["name"]}


def _options(rows: Sequence[Mapping[str, Any]]) -> list[OptionOut]:
    options: dict[Any, OptionOut] = {}
    for row in rows:
        option = options.setdefault(row["option_id"], {"name": row["option__name"], "values": []})
        option["values"].append({"value": row["value"], "swatch": row["swatch"] or None})
    return list(options.values())


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
    stock = offer.availability
    return {
        "status": stock.status.value,
        "available": stock.available,
        "max_quantity": stock.shown_max,
        "backorder_until": None,
    }
