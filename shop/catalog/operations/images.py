"""The pictures of products."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shop.catalog.models import Image, Product
from shop.catalog.operations.columns import assign, refuse_too_long
from shop.catalog.operations.work import Work, by_product, known_products
from shop.catalog.pictures import Kept
from shop.platform.clock import now


def write_images(works: Sequence[Work]) -> None:
    """Each product's pictures are those of its draft; ones that are nowhere but here stay behind them.

    Raises TextTooLong.
    """
    rows = by_product(Image.objects.filter(product__in=known_products(works)))
    new, changed, gone = [], [], []
    for work in works:
        known = {row.source_url or row.file.name or "": row for row in rows[work.product.pk]}
        if "images" in work.draft.keeps and not work.is_new:
            work.images = known
            continue
        for at, draft in enumerate(work.draft.images):
            row = known.pop(draft.key, None)
            said = {"alt": draft.alt, "position": at}
            if row is None:
                where = {"source_url": draft.url, "file": draft.file, "width": draft.width, "height": draft.height}
                row = Image(product=work.product, **where, **said)
                new.append(row)
                work.changed = True
            elif assign(row, said):
                row.version, row.updated_at = row.version + 1, now()
                changed.append(row)
                work.changed = True
            refuse_too_long(row)
            work.images[draft.key] = row
        left = [row.pk for row in known.values() if row.source_url]
        work.images |= {key: row for key, row in known.items() if not row.source_url}
        work.changed |= bool(left)
        gone += left
    Image.objects.bulk_create(new)
    if changed:
        Image.objects.bulk_update(changed, ["alt", "position", "version", "updated_at"])
    if gone:
        Image.objects.filter(pk__in=gone).delete()


def remove(product: Product, image_ids: Collection[UUID]) -> int:
    """These pictures are the product's no more. Says how many there were; the files stay, others may show them."""
    gone, _ = Image.objects.filter(product=product, pk__in=image_ids).delete()
    return gone


def place(image: Image, kept: Kept) -> None:
    """The picture is a file of ours, of known size."""
    with transaction.atomic():
        changes = {"file": kept.name, "width": kept.width, "height": kept.height}
        Image.objects.filter(pk=image.pk).update(**changes, version=F("version") + 1, updated_at=now())
        Product.objects.filter(pk=image.product_id).update(version=F("version") + 1, updated_at=now())
