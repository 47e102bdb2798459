"""Which product of the shop each product of a file is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.utils.text import slugify

from shop.catalog.models import Product, SlugHistory, Variant
from shop.catalog.slugs import HASH, hash_of, slug_of
from shop.exchange.types import ReadProduct

LONGEST: Final = 255
AT_ONCE: Final = 500
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Identity:
    """The product that it is, or None for a new one, and its slug."""

    product_id: UUID | None
    slug: str


@dataclass(slots=True)
class Candidates:
    """What the shop has that the file could mean."""

    by_handle: dict[str, UUID] = field(default_factory=dict)
    by_slug: dict[str, tuple[UUID, str | None, str]] = field(default_factory=dict)
    """Slug to product, its handle and its name; of slugs that it had before, too."""
    by_sku: dict[str, UUID] = field(default_factory=dict)


def handle_key(handle: str) -> str:
    """What a product of this handle is known by."""
    return handle if len(handle) <= LONGEST else f"{handle[: LONGEST - HASH - 1]}-{hash_of(handle)}"


def identities(products: Sequence[ReadProduct]) -> list[Identity | None]:
    """For each product of the file the one that it is; None for a row without a handle whose SKU nobody has.

    A product is known by its handle. One that never came from a file is known by its slug; a product of another handle
    never is, so that two handles are two products though they become one slug.
    """
    candidates = _candidates(products)
    found: dict[int, UUID] = {}
    used: set[UUID] = set()
    for at, each in enumerate(products):
        key = candidates.by_handle.get(handle_key(each.handle)) if each.handle else candidates.by_sku.get(_sku(each))
        if key is not None:
            found[at] = key
            used.add(key)
    for slug_like in (str, slug_of, _former_slug):
        for at, each in enumerate(products):
            known = candidates.by_slug.get(slug_like(each.handle)) if each.handle and at not in found else None
            if known is None or known[1] is not None or known[0] in used:
                continue
            if slug_like is not _former_slug or known[2] == each.title:
                found[at] = known[0]
                used.add(known[0])
    taken = set(candidates.by_slug)
    told: list[Identity | None] = []
    for at, each in enumerate(products):
        if not each.handle and at not in found:
            told.append(None)
            continue
        slug = slug_of(each.handle)
        if at not in found and slug in taken:
            slug = f"{slug[: LONGEST - HASH - 1]}-{hash_of(each.handle)}"
        if at not in found:
            taken.add(slug)
        told.append(Identity(found.get(at), slug))
    return told


def _candidates(products: Sequence[ReadProduct]) -> Candidates:
    candidates = Candidates()
    handles = [each.handle for each in products if each.handle]
    slugs = {slug for handle in handles for slug in (handle, slug_of(handle), _former_slug(handle))}
    for some in _portions(map(handle_key, handles)):
        known = Product.objects.filter(import_handle__in=some).values_list("import_handle", "pk")
        candidates.by_handle |= {handle: pk for handle, pk in known if handle}
    for some in _portions(slugs):
        former = SlugHistory.objects.filter(slug__in=some)
        columns = ("slug", "product_id", "product__import_handle", "product__name")
        candidates.by_slug |= {slug: (pk, handle, name) for slug, pk, handle, name in former.values_list(*columns)}
        rows = Product.objects.filter(slug__in=some).values_list("slug", "pk", "import_handle", "name")
        candidates.by_slug |= {slug: (pk, handle, name) for slug, pk, handle, name in rows}
    for some in _portions(_sku(each) for each in products if not each.handle):
        owners = Variant.objects.filter(sku__in=some).values_list("sku", "product_id")
        candidates.by_sku |= {sku: product_id for sku, product_id in owners if sku}
    return candidates


def _former_slug(handle: str) -> str:
    """What the handle became before letters were spelled."""
    return slugify(handle)[:150].strip("-_") or f"item-{hash_of(handle)}"


def _sku(product: ReadProduct) -> str:
    return next((each.sku for each in product.variants if each.sku), "")


def _portions(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(dict.fromkeys(keys))
    while some := list(islice(rest, AT_ONCE)):
        yield some
