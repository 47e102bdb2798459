"""The variants of a product."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from shop.catalog.drafts import VariantDraft
from shop.catalog.errors import TextTooLong
from shop.catalog.models import Image, Variant, options_key
from shop.catalog.models.variant import LONGEST_NAME
from shop.catalog.operations.columns import assign, refuse_too_long
from shop.catalog.operations.skus import settled
from shop.catalog.operations.work import Work, by_product, known_products


def write_variants(works: Sequence[Work], *, leave_out_taken_skus: bool = False) -> None:
    """Write the variants of each draft, and deactivate the others.

    A draft updates the variant with its id, else with its option values, else with its SKU. A SKU that another variant
    has after the write raises SkuTaken, or is left out; inactive variants give their SKU up. Raises SkuTaken,
    TextTooLong.
    """
    stored = by_product(Variant.objects.filter(product__in=known_products(works)))
    matches = [matching(stored[work.product.pk], work.draft.variants) for work in works]
    skus = settled(works, stored, matches, leave_out_taken=leave_out_taken_skus)
    new: list[Variant] = []
    changed: list[Variant] = []
    freed: list[UUID] = []
    moved: list[UUID] = []
    for place, work in enumerate(works):
        pictures = {image.pk for image in work.images.values()}
        rows = stored[work.product.pk]
        before = len(new) + len(changed)
        for at, draft in enumerate(work.draft.variants):
            row = matches[place].get(at)
            values = _columns(draft, at, work.images) | {"sku": skus.of_drafts.get((place, at))}
            if row is None:
                row = Variant(product=work.product, **values)
                new.append(row)
            else:
                sku, options = row.sku, row.options_key
                if assign(row, values, keeps=draft.keeps - _never_kept(row, pictures)):
                    changed.append(row)
                    freed += [row.pk] if sku is not None and sku != row.sku else []
                    moved += [row.pk] if options != row.options_key else []
            refuse_too_long(row)
            if len(" / ".join(draft.options.values())) > LONGEST_NAME:
                raise TextTooLong(field="options", params={"max": LONGEST_NAME})
            work.variants.append(row)
        written = {row.pk for row in work.variants}
        gone = [row for row in rows if row.pk not in written]
        had = {row.pk: row.sku for row in gone}
        gone = [row for row in gone if assign(row, {"is_active": False, "sku": skus.of_others[row.pk]})]
        changed += gone
        freed += [row.pk for row in gone if row.sku != had[row.pk]]
        work.changed |= len(new) + len(changed) > before
    if skus.given_up:
        off = Variant.objects.filter(pk__in=skus.given_up, is_active=False)
        off.changed(sku=None)
    if freed:
        Variant.objects.filter(pk__in=freed).update(sku=None)  # two variants may swap SKUs
    if moved:  # or options
        aside = Concat(Value("~"), Cast(F("pk"), CharField()))
        Variant.objects.filter(pk__in=moved).update(options_key=aside)
    Variant.objects.changed_each(changed, COLUMNS)
    Variant.objects.bulk_create(new)


COLUMNS = [
    "sku",
    "barcode",
    "options",
    "options_key",
    "position",
    "image",
    "weight_grams",
    "requires_shipping",
    "is_taxable",
    "track_inventory",
    "may_backorder",
    "cost",
    "cost_currency",
    "is_active",
]


def _columns(draft: VariantDraft, position: int, images: Mapping[str, Image]) -> dict[str, Any]:
    return {
        "sku": draft.sku,
        "barcode": draft.barcode,
        "options": dict(draft.options),
        "options_key": options_key(draft.options),
        "position": position,
        "image_id": images[draft.image].pk if draft.image in images else None,
        "weight_grams": draft.weight_grams,
        "requires_shipping": draft.requires_shipping,
        "is_taxable": draft.is_taxable,
        "track_inventory": draft.track_inventory,
        "may_backorder": draft.may_backorder,
        "cost": draft.cost.minor if draft.cost else None,
        "cost_currency": draft.cost.currency if draft.cost else None,
        "is_active": draft.is_active,
    }


def _never_kept(row: Variant, pictures: Collection[UUID]) -> set[str]:
    """The columns that are written anyway: the SKU is assigned already, and a deleted image can't be kept."""
    return {"sku"} if row.image_id is None or row.image_id in pictures else {"sku", "image_id"}


def matching(rows: Sequence[Variant], drafts: Sequence[VariantDraft]) -> dict[int, Variant]:
    """Return the row that each draft updates, by the draft's position: by id, else by options, else by SKU."""
    by_id = {row.pk: row for row in rows}
    matches = {at: by_id[each.id] for at, each in enumerate(drafts) if each.id in by_id}
    named = {row.pk for row in matches.values()}
    rows = [row for row in rows if row.pk not in named]
    by_options = {row.options_key: row for row in rows}
    keys = [options_key(each.options) for each in drafts]
    matches |= {at: by_options[key] for at, key in enumerate(keys) if key in by_options and at not in matches}
    by_sku = {row.sku: row for row in rows if row.sku and row.options_key not in keys}
    for at, draft in enumerate(drafts):
        if at not in matches and draft.sku in by_sku:
            matches[at] = by_sku[draft.sku]
    return matches
