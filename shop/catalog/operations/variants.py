"""The variants of a product."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from shop.catalog.drafts import VariantDraft
from shop.catalog.errors import SkuTaken, TextTooLong
from shop.catalog.models import Image, Variant, options_key
from shop.catalog.models.variant import LONGEST_NAME
from shop.catalog.operations.columns import assign, refuse_too_long
from shop.catalog.operations.work import Work, by_product, known_products
from shop.platform.clock import now


def write_variants(works: Sequence[Work]) -> None:
    """Each product's variants are those of its draft; the others are switched off.

    A variant is known by the id that its draft names, else by its option values, else by its SKU. Raises SkuTaken,
    TextTooLong.
    """
    _refuse_taken_skus(works)
    known = by_product(Variant.objects.filter(product__in=known_products(works)))
    new: list[Variant] = []
    changed: list[Variant] = []
    freed: list[UUID] = []
    moved: list[UUID] = []
    for work in works:
        rows = known[work.product.pk]
        matches = _matches(rows, work.draft.variants)
        before = len(new) + len(changed)
        for at, draft in enumerate(work.draft.variants):
            row, values = matches.get(at), _columns(draft, at, work.images)
            if row is None:
                row = Variant(product=work.product, **values)
                new.append(row)
            else:
                sku, options = row.sku, row.options_key
                if assign(row, values, keeps=work.draft.variants_keep):
                    changed.append(row)
                    freed += [row.pk] if sku is not None and sku != row.sku else []
                    moved += [row.pk] if options != row.options_key else []
            refuse_too_long(row)
            if len(" / ".join(draft.options.values())) > LONGEST_NAME:
                raise TextTooLong(field="options", params={"max": LONGEST_NAME})
            work.variants.append(row)
        gone = _switched_off(rows, work.variants)
        changed += gone
        freed += [row.pk for row in gone if row.sku is None]
        work.changed |= len(new) + len(changed) > before
    for row in changed:
        row.version, row.updated_at = row.version + 1, now()
    if freed:
        Variant.objects.filter(pk__in=freed).update(sku=None)  # two variants may change SKUs with each other
    if moved:  # and options
        aside = Concat(Value("~"), Cast(F("pk"), CharField()))
        Variant.objects.filter(pk__in=moved).update(options_key=aside)
    if changed:
        Variant.objects.bulk_update(changed, COLUMNS)
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
    "version",
    "updated_at",
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


def _matches(rows: Sequence[Variant], drafts: Sequence[VariantDraft]) -> dict[int, Variant]:
    """Which row each draft is about, by the draft's place."""
    by_id = {row.pk: row for row in rows}
    matches = {at: by_id[each.id] for at, each in enumerate(drafts) if each.id in by_id}
    named = {row.pk for row in matches.values()}
    rows = [row for row in rows if row.pk not in named]
    by_options = {row.options_key: row for row in rows}
    keys = [options_key(each.options) for each in drafts]
    matches |= {at: by_options[key] for at, key in enumerate(keys) if key in by_options and at not in matches}
    by_sku = {row.sku: row for row in rows if row.sku and row.options_key not in keys}
    for at, each in enumerate(drafts):
        if at not in matches and each.sku in by_sku:
            matches[at] = by_sku[each.sku]
    return matches


def _switched_off(rows: Sequence[Variant], found: Sequence[Variant]) -> list[Variant]:
    """The rows that are not wanted any more and say otherwise. What they were called can be used again."""
    wanted = {row.pk for row in found}
    skus = {row.sku for row in found if row.sku}
    return [
        row
        for row in rows
        if row.pk not in wanted and assign(row, {"is_active": False, "sku": None if row.sku in skus else row.sku})
    ]


def _refuse_taken_skus(works: Sequence[Work]) -> None:
    """No SKU is wanted twice, or is another product's."""
    wanted: dict[str, UUID] = {}
    for work in works:
        for sku in (draft.sku for draft in work.draft.variants if draft.sku):
            if sku in wanted:
                raise SkuTaken(field="sku", params={"sku": sku})
            wanted[sku] = work.product.pk
    if not wanted:
        return
    for row in Variant.objects.filter(sku__in=list(wanted)).only("sku", "product_id"):
        if row.sku and wanted[row.sku] != row.product_id:
            raise SkuTaken(field="sku", params={"sku": row.sku})
