"""A product of a file as the catalogue's draft of it."""

from collections.abc import Mapping
from typing import Final

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Brand, Category, Product
from shop.catalog.slugs import slug_of
from shop.exchange.types import ReadProduct, ReadVariant
from shop.platform.clock import now

SAYS: Final = {
    "description_html": {"Body (HTML)"},
    "brand_id": {"Vendor"},
    "kind": {"Type"},
    "tags": {"Tags"},
    "status": {"Published", "Status"},
    "seo_title": {"SEO Title"},
    "seo_description": {"SEO Description"},
    "images": {"Image Src", "Variant Image"},
    "category_id": set[str](),
    "published_at": set[str](),
}
"""Which columns of a file say what one of ours should be; without any it is given only where there is nothing yet."""

VARIANT_SAYS: Final = {
    "sku": {"Variant SKU"},
    "barcode": {"Variant Barcode"},
    "weight_grams": {"Variant Grams"},
    "requires_shipping": {"Variant Requires Shipping"},
    "is_taxable": {"Variant Taxable"},
    "track_inventory": {"Variant Inventory Tracker"},
    "may_backorder": {"Variant Inventory Policy"},
    "cost": {"Cost per item"},
    "cost_currency": {"Cost per item"},
    "image_id": {"Variant Image"},
}


def address_of(found: ReadProduct) -> str:
    """The address that its handle becomes."""
    return slug_of(found.handle, most=150)


def draft_of(found: ReadProduct, brand: Brand | None, category: Category | None) -> ProductDraft:
    """What the file says; about everything else a product that exists is left as it is."""
    return ProductDraft(
        slug=address_of(found),
        name=found.title,
        description_html=found.body_html,
        status=found.status,
        published_at=now() if found.status == Product.Status.ACTIVE else None,
        brand=brand,
        category=category,
        kind=found.kind,
        tags=found.tags,
        seo_title=found.seo_title,
        seo_description=found.seo_description,
        options=found.options,
        variants=tuple(_variant(each) for each in found.variants),
        images=tuple(ImageDraft(url=address, alt=alt) for address, alt in found.images),
        keeps=_unsaid(SAYS, found),
        variants_keep=_unsaid(VARIANT_SAYS, found),
    )


def _unsaid(says: Mapping[str, set[str]], found: ReadProduct) -> frozenset[str]:
    return frozenset(name for name, columns in says.items() if not columns & found.columns)


def _variant(found: ReadVariant) -> VariantDraft:
    return VariantDraft(
        options=found.options,
        sku=found.sku,
        barcode=found.barcode,
        weight_grams=found.grams,
        requires_shipping=found.requires_shipping,
        is_taxable=found.taxable,
        track_inventory=found.tracked,
        may_backorder=found.may_backorder,
        cost=found.cost,
        image=found.image_url,
    )
