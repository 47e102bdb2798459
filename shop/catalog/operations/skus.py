"""Assigning SKUs to variants, by the state after the whole write instead of row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shop.catalog.drafts import SkuNote
from shop.catalog.errors import SkuTaken
from shop.catalog.models import Variant
from shop.catalog.operations.work import Work

Matches = Sequence[Mapping[int, Variant]]
"""For each product, the rows that its variant drafts update, by the drafts' positions."""


@dataclass(frozen=True, slots=True)
class Skus:
    """The SKU of each variant after the write."""

    of_drafts: dict[tuple[int, int], str | None] = field(default_factory=dict)
    """By the position of the product, and of the draft in it."""
    of_others: dict[UUID, str | None] = field(default_factory=dict)
    """Of the products' variants that are not in the drafts and are therefore deactivated."""
    given_up: list[UUID] = field(default_factory=list)
    """Inactive variants of other products that lose their SKU."""


@dataclass(frozen=True, slots=True)
class SkuRequest:
    """A variant draft and the SKU that it asks for."""

    place: int
    at: int
    sku: str
    name: str
    is_active: bool


def settled(
    works: Sequence[Work], stored: Mapping[UUID, Sequence[Variant]], matches: Matches, *, leave_out_taken: bool
) -> Skus:
    """Assign each SKU to the first active variant that asks for it; an inactive one gets it only if no other does.

    An active variant of another product keeps its SKU. The notes of the works list what was left out or given up.
    Raises SkuTaken, unless SKUs in use are to be left out.
    """
    skus = Skus()
    requests = list(_requests(works, matches))
    outside = _outside(works, requests)
    owners: dict[str, SkuRequest] = {}
    for request in sorted(requests, key=lambda request: not request.is_active):
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
    for work, matched in zip(works, matches, strict=True):
        about = {row.pk for row in matched.values()}
        for row in (row for row in stored[work.product.pk] if row.pk not in about):
            owner = owners.get(row.sku or "")
            skus.of_others[row.pk] = None if owner else row.sku
            if owner is not None:
                note = SkuNote(owner.at, owner.sku, _named(work, row.name), was_given_up=True)
                works[owner.place].notes.append(note)
    return skus


def _requests(works: Sequence[Work], matches: Matches) -> Iterator[SkuRequest]:
    for place, (work, matched) in enumerate(zip(works, matches, strict=True)):
        for at, draft in enumerate(work.draft.variants):
            row = matched.get(at)
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
    """Return the name of the variant for messages."""
    return f"{work.product.name} {variant}".strip()
