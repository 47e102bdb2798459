"""The images of products."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from shop.catalog.models import Image, Product
from shop.catalog.operations.columns import assign, refuse_too_long
from shop.catalog.operations.work import Work, by_product, known_products
from shop.catalog.pictures import Kept


def write_images(works: Sequence[Work]) -> None:
    """Write the images of each draft; uploaded images that it does not name stay, behind the others.

    Raises TextTooLong.
    """
    rows = by_product(Image.objects.filter(product__in=known_products(works)))
    new, changed, gone = [], [], []
    for work in works:
        existing = {row.source_url or row.file.name or "": row for row in rows[work.product.pk]}
        if "images" in work.draft.keeps and not work.is_new:
            work.images = existing
            continue
        for at, draft in enumerate(work.draft.images):
            row = existing.pop(draft.key, None)
            values = {"alt": draft.alt, "position": at}
            if row is None:
                where = {"source_url": draft.url, "file": draft.file, "width": draft.width, "height": draft.height}
                row = Image(product=work.product, **where, **values)
                new.append(row)
                work.changed = True
            elif assign(row, values):
                changed.append(row)
                work.changed = True
            refuse_too_long(row)
            work.images[draft.key] = row
        left = [row.pk for row in existing.values() if row.source_url]
        work.images |= {key: row for key, row in existing.items() if not row.source_url}
        work.changed |= bool(left)
        gone += left
    Image.objects.bulk_create(new)
    Image.objects.changed_each(changed, ["alt", "position"])
    if gone:
        Image.objects.filter(pk__in=gone).delete()


def remove(product: Product, image_ids: Collection[UUID]) -> int:
    """Delete these images of the product and return how many there were. The files stay: other rows may show them."""
    gone, _ = Image.objects.filter(product=product, pk__in=image_ids).delete()
    return gone


def place(image: Image, stored_file: Kept) -> None:
    """Set the stored file and its size as the image's content."""
    with transaction.atomic():
        Image.objects.filter(pk=image.pk).changed(
            file=stored_file.name, width=stored_file.width, height=stored_file.height
        )
        Product.objects.filter(pk=image.product_id).changed()
