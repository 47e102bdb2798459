"""Matching the products of a file to existing products."""

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
    """The id of the existing product, or None for a new one, and its slug."""

    product_id: UUID | None
    slug: str


@dataclass(slots=True)
class Candidates:
    """Existing products and variants that may match those of the file."""

    by_handle: dict[str, UUID] = field(default_factory=dict)
    by_slug: dict[str, tuple[UUID, str | None, str]] = field(default_factory=dict)
    """Product id, handle and name by slug, including former slugs."""
    by_sku: dict[str, UUID] = field(default_factory=dict)


def handle_key(handle: str) -> str:
    """Return the normalized handle, which identifies an imported product."""
    return handle if len(handle) <= LONGEST else f"{handle[: LONGEST - HASH - 1]}-{hash_of(handle)}"


def identities(products: Sequence[ReadProduct]) -> list[Identity | None]:
    """Return the identity of each product of the file; None for a row without a handle and with an unknown SKU.

    A product matches by its handle. One that was not imported matches by its slug; one with another handle does not, so
    that two handles with the same slug are two products.
    """
    candidates = _candidates(products)
    matches: dict[int, UUID] = {}
    used: set[UUID] = set()
    for at, product in enumerate(products):
        key = (
            candidates.by_handle.get(handle_key(product.handle))
            if product.handle
            else candidates.by_sku.get(_sku(product))
        )
        if key is not None:
            matches[at] = key
            used.add(key)
    for slug_like in (str, slug_of, _former_slug):
        for at, product in enumerate(products):
            candidate = (
                candidates.by_slug.get(slug_like(product.handle)) if product.handle and at not in matches else None
            )
            if candidate is None or candidate[1] is not None or candidate[0] in used:
                continue
            if slug_like is not _former_slug or candidate[2] == product.title:
                matches[at] = candidate[0]
                used.add(candidate[0])
    taken = set(candidates.by_slug)
    told: list[Identity | None] = []
    for at, product in enumerate(products):
        if not product.handle and at not in matches:
            told.append(None)
            continue
        slug = slug_of(product.handle)
        if at not in matches and slug in taken:
            slug = f"{slug[: LONGEST - HASH - 1]}-{hash_of(product.handle)}"
        if at not in matches:
            taken.add(slug)
        told.append(Identity(matches.get(at), slug))
    return told


def _candidates(products: Sequence[ReadProduct]) -> Candidates:
    candidates = Candidates()
    handles = [each.handle for each in products if each.handle]
    slugs = {slug for handle in handles for slug in (handle, slug_of(handle), _former_slug(handle))}
    for some in _portions(map(handle_key, handles)):
        imported = Product.objects.filter(import_handle__in=some).values_list("import_handle", "pk")
        candidates.by_handle |= {handle: pk for handle, pk in imported if handle}
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
    """Return the slug that the handle got before letters were transliterated."""
    return slugify(handle)[:150].strip("-_") or f"item-{hash_of(handle)}"


def _sku(product: ReadProduct) -> str:
    return next((each.sku for each in product.variants if each.sku), "")


def _portions(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(dict.fromkeys(keys))
    while some := list(islice(rest, AT_ONCE)):
        yield some
