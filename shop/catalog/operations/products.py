"""Writing products: the whole product at once, and only what differs. A write raises the product's version by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft, Written
from shop.catalog.errors import OptionsDiffer, SlugTaken
from shop.catalog.models import Product, SlugHistory, options_key
from shop.catalog.operations.columns import assign, clean_html, refuse_too_long
from shop.catalog.operations.images import remove, write_images
from shop.catalog.operations.options import write_options
from shop.catalog.operations.tags import write_tags
from shop.catalog.operations.variants import write_variants
from shop.catalog.operations.work import Work
from shop.platform.clock import now
from shop.platform.records import Stale

__all__ = [
    "ImageDraft",
    "ProductDraft",
    "VariantDraft",
    "Written",
    "archive",
    "clean_html",
    "create",
    "edit",
    "publish",
    "rename",
    "unpublish",
    "write",
    "write_all",
]

COLUMNS: Final = (
    "import_handle",
    "name",
    "description_html",
    "status",  # a draft may say any, because each can be reached from every other
    "published_at",
    "brand_id",
    "category_id",
    "kind",
    "tags",
    "tax_code",
    "seo_title",
    "seo_description",
    "option_order",
    "main_image_id",
)


def write(draft: ProductDraft) -> Written:
    """Write one product, as `write_all` does."""
    [written] = write_all([draft])
    return written


def write_all(drafts: Sequence[ProductDraft], *, leave_out_taken_skus: bool = False) -> tuple[Written, ...]:
    """Create or update the product with each draft's slug (or former slug), all or none; variants that are not in the
    draft are deactivated. Writing the same again changes nothing. A SKU that is in use raises SkuTaken, or is left out
    and reported in `notes`.

    Raises OptionsDiffer, SkuTaken, SlugTaken, TextTooLong, and Stale when a concurrent request wrote the same.
    """
    for draft in drafts:
        _refuse_unfit(draft)
    try:
        with transaction.atomic():
            return _written(drafts, leave_out_taken_skus=leave_out_taken_skus)
    except IntegrityError:
        raise Stale(field="slug") from None


@transaction.atomic
def create(draft: ProductDraft) -> Written:
    """Create the product. Raises SlugTaken when another one has or had its slug, and as `write_all`."""
    written = write(draft)
    if not written.is_new:
        raise SlugTaken(field="slug")
    return written


@transaction.atomic
def edit(product: Product, draft: ProductDraft, *, without_images: Collection[UUID] = ()) -> Written:
    """Update the product, including its slug, and delete these images.

    Raises Stale when it has changed since it was read, and as `rename` and `write_all`.
    """
    locked = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if locked.version != product.version:
        raise Stale()
    rename(locked, draft.slug)
    if remove(locked, without_images):
        Product.objects.filter(pk=locked.pk).changed()
    return write(draft)


def publish(product: Product, *, at: datetime | None = None) -> None:
    """Publish the product from `at` on; by default from when it was first published, else from now.

    Raises WrongState.
    """
    when = at or product.published_at or now()
    if product.status == Product.Status.ACTIVE:
        Product.objects.filter(pk=product.pk).changed(published_at=when, instance=product)
    else:
        product.move(Product.Status.ACTIVE, published_at=when)


def archive(product: Product) -> None:
    """Archive the product, which hides it; it can become a draft again. Raises WrongState."""
    product.move(Product.Status.ARCHIVED)


def unpublish(product: Product) -> None:
    """Make the product a draft again, which hides it. Raises WrongState."""
    product.move(Product.Status.DRAFT)


@transaction.atomic
def rename(product: Product, slug: str) -> None:
    """Change the product's slug; the former one redirects to it. Raises SlugTaken."""
    if slug == product.slug:
        return
    if Product.objects.filter(slug=slug).exists():
        raise SlugTaken(field="slug")
    SlugHistory.objects.filter(slug=slug).delete()
    SlugHistory.objects.update_or_create(slug=product.slug, defaults={"product": product})
    Product.objects.filter(pk=product.pk).changed(slug=slug, instance=product)


def _refuse_unfit(draft: ProductDraft) -> None:
    names = list(draft.options)
    keys = [options_key(each.options) for each in draft.variants]
    if not draft.variants or len(set(keys)) < len(keys) or any(list(each.options) != names for each in draft.variants):
        raise OptionsDiffer(field="variants")


def _written(drafts: Sequence[ProductDraft], *, leave_out_taken_skus: bool) -> tuple[Written, ...]:
    works = _begun(drafts)
    write_images(works)
    for work in works:
        if work.is_new or "images" not in work.draft.keeps:
            first = next((image.pk for image in work.images.values()), None)
            work.changed |= assign(work.product, {"main_image_id": first})
    Product.objects.bulk_create([work.product for work in works if work.is_new])
    write_tags(works)
    write_options(works)
    write_variants(works, leave_out_taken_skus=leave_out_taken_skus)
    changed = [work.product for work in works if work.changed and not work.is_new]
    Product.objects.changed_each(changed, [name.removesuffix("_id") for name in COLUMNS])
    return tuple(
        Written(work.product, tuple(work.variants), work.is_new, work.changed, tuple(work.notes)) for work in works
    )


def _begun(drafts: Sequence[ProductDraft]) -> list[Work]:
    """Return each product with the draft's columns assigned, not saved yet."""
    slugs = [draft.slug for draft in drafts]
    locked = Product.objects.select_for_update(no_key=True).order_by("pk")
    by_slug = {product.slug: product for product in locked.filter(slug__in=slugs)}
    missing = [slug for slug in slugs if slug not in by_slug]
    before = dict(SlugHistory.objects.filter(slug__in=missing).values_list("slug", "product_id"))
    moved = {product.pk: product for product in locked.filter(pk__in=list(before.values()))} if before else {}
    by_slug |= {slug: moved[key] for slug, key in before.items()}
    works = []
    for draft in drafts:
        product = by_slug.get(draft.slug)
        if product and draft.import_handle and product.import_handle not in (None, draft.import_handle):
            raise SlugTaken(field="slug")
        if product is None:
            work = Work(draft, Product(**_columns(draft)), is_new=True, changed=True)
        else:
            work = Work(draft, product, is_new=False)
            work.changed = assign(product, _columns(draft), keeps=draft.keeps | {"slug", "import_handle"})
        refuse_too_long(work.product)
        works.append(work)
    if len({work.product.pk for work in works}) < len(works) or len(set(slugs)) < len(slugs):
        raise SlugTaken(field="slug")
    return works


def _columns(draft: ProductDraft) -> Mapping[str, Any]:
    return {
        "slug": draft.slug,
        "import_handle": draft.import_handle,
        "name": draft.name,
        "description_html": clean_html(draft.description_html),
        "status": draft.status,
        "published_at": draft.published_at,
        "brand_id": draft.brand.pk if draft.brand else None,
        "category_id": draft.category.pk if draft.category else None,
        "kind": draft.kind,
        "tags": list(draft.tags),
        "tax_code": draft.tax_code,
        "seo_title": draft.seo_title,
        "seo_description": draft.seo_description,
        "option_order": list(draft.options),
    }
