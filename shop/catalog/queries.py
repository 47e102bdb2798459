"""What the catalogue can be asked by the floors above."""

from collections.abc import Iterable
from urllib.parse import urljoin
from uuid import UUID

from shop.catalog.models import Image, Variant
from shop.catalog.types import Sellable
from shop.platform.clock import now
from shop.platform.settings import shop_settings


def sellable(variant_ids: Iterable[UUID]) -> dict[UUID, Sellable]:
    """The known ones of these variants, in one query."""
    at = now()
    rows = Variant.objects.filter(pk__in=set(variant_ids)).select_related("product__main_image", "image")
    return {
        row.pk: Sellable(
            variant_id=row.pk,
            product_id=row.product_id,
            product_slug=row.product.slug,
            product_name=row.product.name,
            variant_name=row.name,
            sku=row.sku,
            options=row.ordered_options,
            image_url=image_url(row.image or row.product.main_image),
            tax_code=row.product.tax_code,
            is_taxable=row.is_taxable,
            requires_shipping=row.requires_shipping,
            is_buyable=row.is_active and row.product.is_published(at),
        )
        for row in rows
    }


def image_url(image: Image | None) -> str:
    """Where a picture is to be had from anywhere: our copy, else where it came from; empty when there is none."""
    if image is None:
        return ""
    return urljoin(shop_settings().base_url, image.file.url) if image.file else image.source_url


def images_elsewhere() -> list[Image]:
    """Pictures of which only the address is known."""
    return list(Image.objects.filter(file="").exclude(source_url="").order_by("source_url", "pk"))
