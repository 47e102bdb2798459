"""The tags by which products are looked up."""

from collections.abc import Sequence

from shop.catalog.models import ProductTag, tag_key
from shop.catalog.operations.work import Work, by_product, known_products


def write_tags(works: Sequence[Work]) -> None:
    """Write the tags of each draft."""
    rows = by_product(ProductTag.objects.filter(product__in=known_products(works)))
    new, gone = [], []
    for work in works:
        if "tags" in work.draft.keeps and not work.is_new:
            continue
        keys = {tag_key(tag) for tag in work.draft.tags}
        stored = {row.key: row.pk for row in rows[work.product.pk]}
        gone += [key for name, key in stored.items() if name not in keys]
        new += [ProductTag(product=work.product, key=name) for name in sorted(keys - stored.keys())]
        work.changed |= keys != stored.keys()
    if gone:
        ProductTag.objects.filter(pk__in=gone).delete()
    ProductTag.objects.bulk_create(new)
