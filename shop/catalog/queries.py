"""The queries of the catalog for the layers above."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.db.models import Aggregate, JSONField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from shop.catalog.models import Image, Variant
from shop.catalog.types import Picture, Sellable
from shop.platform.clock import now
from shop.platform.settings import shop_settings


class Gathered(Aggregate):
    """Aggregate the values of a column into a list."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **more)


def sellable(variant_ids: Iterable[UUID]) -> dict[UUID, Sellable]:
    """Return the existing ones of these variants by id, in one query."""
    at = now()
    variants = Variant.objects.filter(pk__in=set(variant_ids)).select_related("product__main_image", "image")
    rows = variants.annotate(alike=_of_one_picture()).order_by()
    return {
        row.pk: Sellable(
            variant_id=row.pk,
            product_id=row.product_id,
            product_slug=row.product.slug,
            product_name=row.product.name,
            variant_name=row.name,
            sku=row.sku,
            options=row.ordered_options,
            image=_picture(row.image or row.product.main_image, row.alike),
            tax_code=row.product.tax_code,
            is_taxable=row.is_taxable,
            requires_shipping=row.requires_shipping,
            is_buyable=row.is_active and row.product.is_published(at),
        )
        for row in rows
    }


def _of_one_picture() -> Subquery:
    """The ids of the active variants that have the same image as this one."""
    shown = Coalesce(OuterRef("image_id"), OuterRef("product__main_image_id"))
    rows = Variant.objects.filter(image_id=shown, is_active=True).order_by()
    return Subquery(rows.values("image_id").annotate(ids=Gathered("pk")).values("ids"))


def _picture(image: Image | None, variant_ids: Sequence[str] | None) -> Picture | None:
    if image is None:
        return None
    return Picture(
        id=image.pk,
        url=image_url(image),
        alt=image.alt,
        width=image.width,
        height=image.height,
        variant_ids=tuple(sorted(map(UUID, variant_ids or ()))),
    )


def image_url(image: Image | None) -> str:
    """Return the absolute URL of the stored file, else of the original; empty without an image."""
    if image is None:
        return ""
    return urljoin(shop_settings().base_url, image.file.url) if image.file else image.source_url


def variants_of_skus(skus: Iterable[str], *, besides: UUID | None) -> dict[str, Variant]:
    """Return the variants of other products with these SKUs, active or not, by SKU, in one query."""
    rows = Variant.objects.filter(sku__in=set(skus)).exclude(product=besides).select_related("product")
    return {row.sku: row for row in rows if row.sku}


def images_elsewhere() -> list[Image]:
    """Return the images that have not been fetched from their URL yet."""
    return list(Image.objects.filter(file="").exclude(source_url="").order_by("source_url", "pk"))
