"""Which variant has which SKU: judged on how things are after a write, not row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shop.catalog.drafts import SkuNote
from shop.catalog.errors import SkuTaken
from shop.catalog.models import Variant
from shop.catalog.operations.work import Work

Matches = Sequence[Mapping[int, Variant]]
"""For each product, the rows that its drafts are about, by their places."""


@dataclass(frozen=True, slots=True)
class Skus:
    """What each variant of a write is called from now on."""

    of_drafts: dict[tuple[int, int], str | None] = field(default_factory=dict)
    """By the place of the product, and of the draft in it."""
    of_others: dict[UUID, str | None] = field(default_factory=dict)
    """Of the products' variants that no draft is about: they are switched off."""
    given_up: list[UUID] = field(default_factory=list)
    """Variants of other products, switched off, whose SKU is somebody else's from now on."""


@dataclass(frozen=True, slots=True)
class SkuRequest:
    """A draft and the SKU that it shall have."""

    place: int
    at: int
    sku: str
    name: str
    is_active: bool


def settled(
    works: Sequence[Work], known: Mapping[UUID, Sequence[Variant]], matches: Matches, *, leave_out_taken: bool
) -> Skus:
    """Who has which SKU after the write: the first of those that are sold; what is off has one that nobody else wants.

    A variant of another product that is sold keeps its own. The works are told what was left out, or given up for them.
    Raises SkuTaken, unless what is taken shall be left out.
    """
    skus = Skus()
    requests = list(_requests(works, matches))
    outside = _outside(works, requests)
    owners: dict[str, SkuRequest] = {}
    for request in sorted(requests, key=lambda each: not each.is_active):
        owner, other = owners.get(request.sku), outside.get(request.sku)
        if owner is None and (other is None or (request.is_active and not other.is_active)):
            owners[request.sku] = request
            skus.of_drafts[request.place, request.at] = request.sku
            if other is not None:
                skus.given_up.append(other.pk)
                works[request.place].notes.append(SkuNote(request.at, request.sku, str(other), was_given_up=True))
        elif not request.is_active:
            if owner is not None:
                works[owner.place].notes.append(SkuNote(owner.at, request.sku, request.name, was_given_up=True))
        elif leave_out_taken:
            works[request.place].notes.append(SkuNote(request.at, request.sku, owner.name if owner else str(other)))
        else:
            raise SkuTaken(field="sku", params={"sku": request.sku, "variant": owner.name if owner else str(other)})
    for work, found in zip(works, matches, strict=True):
        about = {row.pk for row in found.values()}
        for row in (row for row in known[work.product.pk] if row.pk not in about):
            owner = owners.get(row.sku or "")
            skus.of_others[row.pk] = None if owner else row.sku
            if owner is not None:
                note = SkuNote(owner.at, owner.sku, _named(work, row.name), was_given_up=True)
                works[owner.place].notes.append(note)
    return skus


def _requests(works: Sequence[Work], matches: Matches) -> Iterator[SkuRequest]:
    for place, (work, found) in enumerate(zip(works, matches, strict=True)):
        for at, draft in enumerate(work.draft.variants):
            row = found.get(at)
            sku = row.sku if row and row.sku and "sku" in draft.keeps else draft.sku
            is_active = row.is_active if row and "is_active" in draft.keeps else draft.is_active
            if sku:
                yield SkuRequest(place, at, sku, _named(work, " / ".join(draft.options.values())), is_active)


def _outside(works: Sequence[Work], requests: Sequence[SkuRequest]) -> dict[str, Variant]:
    """The variants of other products that have one of these SKUs."""
    if not requests:
        return {}
    rows = Variant.objects.filter(sku__in={request.sku for request in requests}).select_related("product")
    rows = rows.exclude(product__in=[work.product.pk for work in works])
    return {row.sku: row for row in rows if row.sku}


def _named(work: Work, variant: str) -> str:
    """What people call the variant."""
    return f"{work.product.name} {variant}".strip()
