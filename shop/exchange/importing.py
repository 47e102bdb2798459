"""Importing a catalog: products are written in batches, and one by one if a batch is refused, so that a bad product
does not affect others.

Importing the same file again changes nothing. A product is identified by its handle, a variant by its option values or
its SKU; stock is set by a movement if it differs. What a file does not state stays unchanged. SKUs have to be unique
after the import: products that exchange SKUs are written together.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self
from uuid import UUID

from django.db import IntegrityError, transaction

from shop.assortment.operations import save_products
from shop.assortment.types import UNCHANGED, ProductInput, SavedProduct, VariantOffer
from shop.catalog.drafts import ProductDraft, SkuNote
from shop.catalog.models import Brand, Category, OptionValue, Product, Variant
from shop.catalog.operations.categories import brand_named, category_named
from shop.exchange.drafting import Known, Plan, plan
from shop.exchange.identities import Identity, handle_key, identities
from shop.exchange.types import Fault, ReadProduct, ReadVariant, Remark, Unreadable
from shop.inventory.errors import StockReserved
from shop.inventory.models import Location, StockLevel
from shop.inventory.queries import main_location
from shop.kernel.errors import Refusal
from shop.platform.retries import retry_on_deadlock, wait_long
from shop.pricing import operations as pricing
from shop.pricing.models import Price, PriceList

BATCH: Final = 100
"""Products in a batch."""
BACKORDER_LIMIT: Final = 1_000_000
"""The backorder limit of a variant that the file allows to be sold without stock."""

COLUMN_OF: Final = {"sku": "Variant SKU", "set_to": "Variant Inventory Qty", "variants": "Option1 Value"}
"""The file's column for the field of a refusal."""
WRITTEN: Final = (Brand, Category, Product, Variant, Price, StockLevel)
"""The tables that an import fills."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one product: created, changed, unchanged or refused (with its faults); "read" for the file itself.

    `warnings` list what was left out of it.
    """

    handle: str
    word: str
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A product of the file, and the existing product that it matches."""

    read: ReadProduct
    identity: Identity


@dataclass(frozen=True, slots=True)
class Shop:
    """The price list and location of the import, and the brands and categories loaded so far."""

    price_list: PriceList
    location: Location
    brands: dict[str, Brand] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)

    @classmethod
    def of(cls, currency: str) -> Self:
        return cls(pricing.base_list(currency), main_location())


def run(file_entries: Iterable[ReadProduct | Unreadable | Remark], *, currency: str) -> Iterator[Outcome]:
    """Import each product of the file; one outcome each, in the file's order."""
    shop = Shop.of(currency)
    entries = _unique_skus(list(file_entries))
    jobs = _jobs(entries)
    done: dict[int, Outcome] = {}
    for at, entry in enumerate(entries):
        if at in jobs and at not in done:
            batch = _together(at, jobs, done)
            done |= dict(zip(batch, _written([jobs[each] for each in batch], shop), strict=True))
        if at in done:
            yield done[at]
        elif isinstance(entry, Remark):
            yield Outcome("", "read", warnings=(entry.fault,))
        elif isinstance(entry, Unreadable):
            yield Outcome(entry.handle, "refused", entry.faults)


def count(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Count the products by outcome."""
    return Counter(each.word for each in outcomes)


Entry = ReadProduct | Unreadable | Remark


def _unique_skus(entries: Sequence[Entry]) -> list[Entry]:
    """Leave each SKU to the first variant of the file that has it; later ones lose it, with a warning."""
    owners: dict[str, str] = {}
    return [_claimed(each, owners) if isinstance(each, ReadProduct) else each for each in entries]


def _claimed(read: ReadProduct, owners: dict[str, str]) -> ReadProduct:
    variants, warnings = [], []
    for variant in read.variants:
        owner = owners.get(variant.sku or "")
        if owner:
            message = f"{variant.sku!a} is already in use by {owner}; imported without a SKU"
            warnings.append(Fault(variant.line, read.headings.get("Variant SKU", "Variant SKU"), message))
            variants.append(replace(variant, sku=None))
            continue
        if variant.sku:
            name = " ".join([read.title or read.handle, *variant.values.values()]).strip()
            owners[variant.sku] = f"{name} in line {variant.line}" if name else f"line {variant.line}"
        variants.append(variant)
    return replace(read, variants=tuple(variants), warnings=(*read.warnings, *warnings)) if warnings else read


def _jobs(entries: Sequence[Entry]) -> dict[int, Job]:
    """Return the jobs by the position of the entries; entries about the same product are one job."""
    places = [at for at, each in enumerate(entries) if isinstance(each, ReadProduct)]
    reads = [each for each in entries if isinstance(each, ReadProduct)]
    jobs: dict[int, Job] = {}
    first: dict[UUID, int] = {}
    for at, read, identity in zip(places, reads, identities(reads), strict=True):
        before = first.setdefault(identity.product_id, at) if identity and identity.product_id else at
        if before == at:
            jobs[at] = Job(read, identity or Identity(None, ""))
        else:
            jobs[before] = replace(jobs[before], read=_joined(jobs[before].read, read))
    return jobs


def _joined(one: ReadProduct, other: ReadProduct) -> ReadProduct:
    """Join two entries of the file about the same product."""
    return replace(
        one, variants=(*one.variants, *other.variants), warnings=(*one.warnings, *other.warnings), says_options=False
    )


def _together(at: int, jobs: Mapping[int, Job], done: Collection[int]) -> list[int]:
    """Return the next products to write: a batch, and the products whose current SKU moves to one in the batch."""
    batch = [each for each in jobs if each >= at and each not in done][:BATCH]
    places = {job.identity.product_id: each for each, job in jobs.items() if job.identity.product_id}
    asked = batch
    while asked:
        skus = {variant.sku for each in asked for variant in jobs[each].read.variants if variant.sku}
        owners = Variant.objects.filter(sku__in=skus).values_list("product_id", flat=True)
        seen = {*batch, *done}
        asked = sorted({places[owner] for owner in owners if owner in places} - seen)
        batch = [*batch, *asked]
    return batch


def _written(jobs: Sequence[Job], shop: Shop) -> list[Outcome]:
    """Write all jobs together; if that is refused, write each half by itself, down to the product with the error."""
    if not jobs:
        return []
    try:
        return _bring_in(jobs, shop)
    except (Refusal, IntegrityError) as refusal:
        if len(jobs) > 1:
            half = len(jobs) // 2
            return [*_written(jobs[:half], shop), *_written(jobs[half:], shop)]
        fault = _fault(jobs[0].read, refusal)
        if isinstance(refusal, StockReserved) and any(each.quantity is not None for each in jobs[0].read.variants):
            return _written([_without_stock(jobs[0], fault)], shop)
        return [Outcome(jobs[0].read.handle, "refused", (*jobs[0].read.warnings, fault))]


def _without_stock(job: Job, fault: Fault) -> Job:
    """Return the job without its quantities, with a warning."""
    variants = tuple(replace(each, quantity=None) for each in job.read.variants)
    column = job.read.headings.get("Variant Inventory Qty", "Variant Inventory Qty")
    told = replace(fault, column=column, message=f"{fault.message} The product's stock stays as it is.")
    return replace(job, read=replace(job.read, variants=variants, warnings=(*job.read.warnings, told)))


@retry_on_deadlock
def _bring_in(jobs: Sequence[Job], shop: Shop) -> list[Outcome]:
    """Write the products, all or none, and return their outcomes."""
    with transaction.atomic():
        wait_long()  # another transaction may be changing a whole price list
        existing = _known([job.identity.product_id for job in jobs if job.identity.product_id])
        plans = [_planned(job, existing) for job in jobs]
        reads = [job.read for job, each in zip(jobs, plans, strict=True) if isinstance(each, Plan)]
        ready = [each for each in plans if isinstance(each, Plan)]
        brands = {
            product.vendor: shop.brands.get(product.vendor) or brand_named(product.vendor)
            for product in reads
            if product.vendor
        }
        kinds = {each.kind for each in reads if each.kind}
        categories = {kind: shop.categories.get(kind) or category_named(kind) for kind in kinds}
        drafts = [
            replace(planned.draft, brand=brands.get(read.vendor), category=categories.get(read.kind))
            for planned, read in zip(ready, reads, strict=True)
        ]
        saved = save_products(
            [ProductInput(draft=draft, offers=_offers(each, draft)) for each, draft in zip(ready, drafts, strict=True)],
            price_list=shop.price_list,
            location=shop.location,
            reason="import",
            leave_out_taken_skus=True,
        )
    shop.brands.update(brands)
    shop.categories.update(categories)
    results = iter(zip(saved, ready, strict=True))
    return [
        Outcome(job.read.handle, "refused", planned.faults)
        if isinstance(planned, Unreadable)
        else _outcome(job, *next(results))
        for job, planned in zip(jobs, plans, strict=True)
    ]


def _known(product_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Load these products and lock them until the end of the transaction."""
    products = list(Product.objects.select_for_update(no_key=True).filter(pk__in=product_ids).order_by("pk"))
    variants: dict[UUID, list[Variant]] = {product.pk: [] for product in products}
    options: dict[UUID, dict[str, list[str]]] = {
        product.pk: {name: [] for name in product.option_order or ()} for product in products
    }
    for row in Variant.objects.filter(product__in=variants).order_by("position", "pk"):
        variants[row.product_id].append(row)
    for product in products:
        for row in variants[product.pk]:
            row.product = product
    values = OptionValue.objects.filter(option__product__in=variants).order_by("option__position", "position", "pk")
    for product_id, name, value in values.values_list("option__product_id", "option__name", "value"):
        options[product_id].setdefault(name, []).append(value)
    return {product.pk: Known(product, variants[product.pk], options[product.pk]) for product in products}


def _planned(job: Job, existing: Mapping[UUID, Known]) -> Plan | Unreadable:
    read, identity = job.read, job.identity
    there = existing.get(identity.product_id) if identity.product_id else None
    if not read.handle and there is None:
        sku = read.variants[0].sku if read.variants else None
        column = read.headings.get("Variant SKU", "Variant SKU")
        fault = Fault(read.line, column, f"no variant has the SKU {sku or ''!a}, and there is no handle")
        return Unreadable("", (*read.warnings, fault))
    slug = there.product.slug if there else identity.slug
    return plan(read, there, slug=slug, handle=handle_key(read.handle) if read.handle else None)


def _outcome(job: Job, saved: SavedProduct, one: Plan) -> Outcome:
    written = saved.written
    word = "created" if written.is_new else "changed" if saved.changed else "unchanged"
    notes = [_noted(job.read, one.read[note.at], note) for note in written.notes]
    warnings = sorted([*one.warnings, *(fault for fault in notes if fault)], key=lambda fault: fault.line)
    return Outcome(job.read.handle, word, warnings=tuple(warnings))


def _noted(read: ReadProduct, variant: ReadVariant | None, note: SkuNote) -> Fault | None:
    if variant is None:
        return None
    column = read.headings.get("Variant SKU", "Variant SKU")
    if note.was_given_up:
        return Fault(variant.line, column, f"{note.sku!a} was removed from {note.other}, which is inactive")
    message = f"{note.sku!a} is already in use by {note.other}; imported without a SKU"
    return Fault(variant.line, column, message)


def _offers(one: Plan, draft: ProductDraft) -> dict[int, VariantOffer]:
    """Return the file's prices and stock by the position of the variants; new variants start without stock."""
    return {
        at: _offer(row, is_new=variant.id is None)
        for at, (row, variant) in enumerate(zip(one.read, draft.variants, strict=True))
        if row is not None
    }


def _offer(read: ReadVariant, *, is_new: bool) -> VariantOffer:
    compare_at = read.compare_at
    if compare_at is not None and read.price is not None and compare_at <= read.price:
        compare_at = None  # files repeat the price where there is no reduction
    return VariantOffer(
        price=UNCHANGED if read.price is None else read.price,
        compare_at=compare_at if "Variant Compare At Price" in read.says else UNCHANGED,
        on_hand=read.quantity,
        opening=0 if is_new else None,
        backorder_limit=BACKORDER_LIMIT,
    )


def _fault(product: ReadProduct, refusal: Refusal | IntegrityError) -> Fault:
    """Return the refusal as a fault of its line in the file."""
    if isinstance(refusal, IntegrityError):
        return Fault(product.line, "Handle", "another user changed this product at the same time; import it again")
    problem = refusal.problem
    column = COLUMN_OF.get(problem.field or "", "Handle")
    line = product.variants[0].line if column.startswith("Variant") and product.variants else product.line
    return Fault(line, product.headings.get(column, column), str(refusal))
