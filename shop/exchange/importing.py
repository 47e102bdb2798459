"""A catalogue into the shop: many products together, or else each by itself, so that a bad one spoils nothing else.

Importing the same file again changes nothing. A product is known by its handle, a variant by its option values or its
SKU; stock is set by a movement when it differs. What a file does not say stays as it is. Whether SKUs are unique is
judged on how things are after the file: products that hand SKUs to each other are written together.
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
"""So many products are written together."""
BACKORDER_LIMIT: Final = 1_000_000
"""Units sold beyond the stock of a variant that the file lets sell without end."""

COLUMN_OF: Final = {"sku": "Variant SKU", "set_to": "Variant Inventory Qty", "variants": "Option1 Value"}
"""Where in the file a refusal's field stands."""
WRITTEN: Final = (Brand, Category, Product, Variant, Price, StockLevel)
"""The tables that an import fills."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one product: created, changed, unchanged or refused (with its faults); "read" for the file itself.

    `warnings` tell what was left out of it.
    """

    handle: str
    word: str
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A product of the file, and which one of the shop it is."""

    read: ReadProduct
    identity: Identity


@dataclass(frozen=True, slots=True)
class Shop:
    """Where products go, and what is known there already."""

    price_list: PriceList
    location: Location
    brands: dict[str, Brand] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)

    @classmethod
    def of(cls, currency: str) -> Self:
        return cls(pricing.base_list(currency), main_location())


def run(found: Iterable[ReadProduct | Unreadable | Remark], *, currency: str) -> Iterator[Outcome]:
    """Each product of the file, brought into the shop; one outcome each, in the file's order."""
    shop = Shop.of(currency)
    entries = _unique_skus(list(found))
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
    """How many products had which outcome."""
    return Counter(each.word for each in outcomes)


Entry = ReadProduct | Unreadable | Remark


def _unique_skus(entries: Sequence[Entry]) -> list[Entry]:
    """The products with each SKU at the first variant that wants it; those that want it later are told who has it."""
    owners: dict[str, str] = {}
    return [_claimed(each, owners) if isinstance(each, ReadProduct) else each for each in entries]


def _claimed(read: ReadProduct, owners: dict[str, str]) -> ReadProduct:
    variants, warnings = [], []
    for each in read.variants:
        owner = owners.get(each.sku or "")
        if owner:
            message = f"{each.sku!a} is the SKU of {owner} already: this variant comes without one"
            warnings.append(Fault(each.line, read.headings.get("Variant SKU", "Variant SKU"), message))
            variants.append(replace(each, sku=None))
            continue
        if each.sku:
            name = " ".join([read.title or read.handle, *each.values.values()]).strip()
            owners[each.sku] = f"{name} in line {each.line}" if name else f"line {each.line}"
        variants.append(each)
    return replace(read, variants=tuple(variants), warnings=(*read.warnings, *warnings)) if warnings else read


def _jobs(entries: Sequence[Entry]) -> dict[int, Job]:
    """What there is to do, by the places of the entries; several rows about one product are one job."""
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
    """Both about the same product, each in rows of its own."""
    return replace(
        one, variants=(*one.variants, *other.variants), warnings=(*one.warnings, *other.warnings), says_options=False
    )


def _together(at: int, jobs: Mapping[int, Job], done: Collection[int]) -> list[int]:
    """The next products to be written: some of the file, and those that have a SKU now which one of them shall have."""
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
    """All together; if that is refused each half by itself, down to the one that is to blame."""
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
    """The same but for the quantities, which are told."""
    variants = tuple(replace(each, quantity=None) for each in job.read.variants)
    column = job.read.headings.get("Variant Inventory Qty", "Variant Inventory Qty")
    told = replace(fault, column=column, message=f"{fault.message} The product's stock stays as it is.")
    return replace(job, read=replace(job.read, variants=variants, warnings=(*job.read.warnings, told)))


@retry_on_deadlock
def _bring_in(jobs: Sequence[Job], shop: Shop) -> list[Outcome]:
    """The products are in the shop as the file has them, all or none; says what that made of each."""
    with transaction.atomic():
        wait_long()  # for a price list that is changed as a whole
        known = _known([job.identity.product_id for job in jobs if job.identity.product_id])
        plans = [_planned(job, known) for job in jobs]
        reads = [job.read for job, each in zip(jobs, plans, strict=True) if isinstance(each, Plan)]
        ready = [each for each in plans if isinstance(each, Plan)]
        brands = {
            each.vendor: shop.brands.get(each.vendor) or brand_named(each.vendor) for each in reads if each.vendor
        }
        kinds = {each.kind for each in reads if each.kind}
        categories = {kind: shop.categories.get(kind) or category_named(kind) for kind in kinds}
        drafts = [
            replace(each.draft, brand=brands.get(read.vendor), category=categories.get(read.kind))
            for each, read in zip(ready, reads, strict=True)
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
        Outcome(job.read.handle, "refused", each.faults)
        if isinstance(each, Unreadable)
        else _outcome(job, *next(results))
        for job, each in zip(jobs, plans, strict=True)
    ]


def _known(product_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What there is of these products, held until the end of the transaction."""
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


def _planned(job: Job, known: Mapping[UUID, Known]) -> Plan | Unreadable:
    read, identity = job.read, job.identity
    there = known.get(identity.product_id) if identity.product_id else None
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
    warnings = sorted([*one.warnings, *(each for each in notes if each)], key=lambda each: each.line)
    return Outcome(job.read.handle, word, warnings=tuple(warnings))


def _noted(read: ReadProduct, variant: ReadVariant | None, note: SkuNote) -> Fault | None:
    if variant is None:
        return None
    column = read.headings.get("Variant SKU", "Variant SKU")
    if note.was_given_up:
        return Fault(variant.line, column, f"{note.sku!a} was the SKU of {note.other}, which is off and has none now")
    message = f"{note.sku!a} is the SKU of {note.other} already: this variant comes without one"
    return Fault(variant.line, column, message)


def _offers(one: Plan, draft: ProductDraft) -> dict[int, VariantOffer]:
    """What the file says of prices and stock, by the places of the variants; there is no stock of what is new."""
    return {
        at: _offer(each, is_new=variant.id is None)
        for at, (each, variant) in enumerate(zip(one.read, draft.variants, strict=True))
        if each is not None
    }


def _offer(read: ReadVariant, *, is_new: bool) -> VariantOffer:
    compare_at = read.compare_at
    if compare_at is not None and read.price is not None and compare_at <= read.price:
        compare_at = None  # files write the same price twice where nothing is reduced
    return VariantOffer(
        price=UNCHANGED if read.price is None else read.price,
        compare_at=compare_at if "Variant Compare At Price" in read.says else UNCHANGED,
        on_hand=read.quantity,
        opening=0 if is_new else None,
        backorder_limit=BACKORDER_LIMIT,
    )


def _fault(found: ReadProduct, refusal: Refusal | IntegrityError) -> Fault:
    """The refusal, at the line that it is about."""
    if isinstance(refusal, IntegrityError):
        return Fault(found.line, "Handle", "somebody else changed this product in this moment; import it again")
    problem = refusal.problem
    column = COLUMN_OF.get(problem.field or "", "Handle")
    line = found.variants[0].line if column.startswith("Variant") and found.variants else found.line
    return Fault(line, found.headings.get(column, column), str(refusal))
