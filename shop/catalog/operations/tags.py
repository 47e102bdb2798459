"""What products are tagged with, to find them by."""

from collections.abc import Sequence

from shop.catalog.models import ProductTag, tag_key
from shop.catalog.operations.work import Work, by_product, known_products


def write_tags(works: Sequence[Work]) -> None:
    """Each product can be found by the tags of its draft."""
    rows = by_product(ProductTag.objects.filter(product__in=known_products(works)))
    new, gone = [], []
    for work in works:
        if "tags" in work.draft.keeps and not work.is_new:
            continue
        wanted = {tag_key(tag) for tag in work.draft.tags}
        known = {row.key: row.pk for row in rows[work.product.pk]}
        gone += [key for name, key in known.items() if name not in wanted]
        new += [ProductTag(product=work.product, key=name) for name in sorted(wanted - known.keys())]
        work.changed |= wanted != known.keys()
    if gone:
        ProductTag.objects.filter(pk__in=gone).delete()
    ProductTag.objects.bulk_create(new)
