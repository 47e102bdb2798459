"""Making the catalog's draft of a product from a file and from the existing product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Product, Variant, options_key
from shop.exchange.types import Fault, ReadProduct, ReadVariant, Unreadable
from shop.platform.clock import now

SAYS: Final = {
    "name": {"Title"},
    "description_html": {"Body (HTML)"},
    "brand_id": {"Vendor"},
    "kind": {"Type"},
    "tags": {"Tags"},
    "status": {"Published", "Status"},
    "seo_title": {"SEO Title"},
    "seo_description": {"SEO Description"},
    "images": {"Image Src", "Variant Image"},
    "category_id": set[str](),
    "published_at": set[str](),
    "tax_code": set[str](),
}
"""The columns of a file for each field; without any, the draft's value is only a default for an empty field."""

VARIANT_SAYS: Final = {
    "sku": {"Variant SKU"},
    "barcode": {"Variant Barcode"},
    "weight_grams": {"Variant Grams"},
    "requires_shipping": {"Variant Requires Shipping"},
    "is_taxable": {"Variant Taxable"},
    "track_inventory": {"Variant Inventory Tracker"},
    "may_backorder": {"Variant Inventory Policy"},
    "cost": {"Cost per item"},
    "cost_currency": {"Cost per item"},
    "image_id": {"Variant Image"},
}
AS_IT_IS: Final = frozenset({*VARIANT_SAYS, "position", "is_active"})
"""The fields that a variant keeps that is not in the file."""
DESCRIPTION: Final = frozenset({"Title", "Variant Price"})
"""A file with these columns and option values describes whole products: variants that are missing are removed."""

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """An existing product with its variants and options."""

    product: Product
    variants: Sequence[Variant]
    options: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The draft of a product, and the file's row for each variant of the draft, or None."""

    draft: ProductDraft
    read: tuple[ReadVariant | None, ...]
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of the file with its option values, if they are complete, and the existing variant that it updates."""

    read: ReadVariant
    options: Options | None
    row: Variant | None = None


def plan(read: ReadProduct, existing: Known | None, *, slug: str, handle: str | None) -> Plan | Unreadable:
    """Return the plan for a product of the file; an existing product keeps everything that the file does not state.

    Return Unreadable for a new product without a title or a variant with a price.
    """
    whole = read.says_options and read.columns >= DESCRIPTION
    names = _names(read, existing)
    choices, warnings = _chosen(read, existing, names, may_differ=whole or existing is None)
    faults = _missing(read, choices) if existing is None else []
    is_other = existing is not None and list(names.values()) != list(existing.product.option_order or ())
    if faults or (existing is not None and is_other and warnings):
        told = dict.fromkeys([*read.warnings, *warnings, *faults])
        return Unreadable(read.handle, tuple(sorted(told, key=lambda fault: fault.line)))
    if existing is None or (whole and not warnings):
        places: list[Choice | None] = [*choices]
        variants = tuple(_variant(each) for each in choices)
        options = {name: _values(name, variants) for name in names.values()}
    else:
        places, variants = _beside_others(existing, choices)
        options = {name: [*values, *_new(name, values, variants)] for name, values in existing.options.items()}
    draft = ProductDraft(
        slug=slug,
        import_handle=handle,
        name=read.title,
        description_html=read.body_html,
        status=read.status,
        published_at=now() if read.status == Product.Status.ACTIVE else None,
        kind=read.kind,
        tags=read.tags,
        seo_title=read.seo_title,
        seo_description=read.seo_description,
        options=options,
        variants=variants,
        images=tuple(ImageDraft(url=address, alt=alt) for address, alt in read.images),
        keeps=_unsaid(SAYS, read.says),
    )
    rows = tuple(each.read if each is not None else None for each in places)
    return Plan(draft, rows, tuple(sorted([*read.warnings, *warnings], key=lambda fault: fault.line)))


def _names(read: ReadProduct, existing: Known | None) -> Mapping[int, str]:
    """Return the names of the options by number: the file's, else the existing ones."""
    if read.names or existing is None or _stands_alone(read):
        return read.names
    return dict(enumerate(existing.product.option_order or (), start=1))


def _stands_alone(read: ReadProduct) -> bool:
    """Return whether the file states that there are no options."""
    return read.says_options and not read.names and not any(each.values for each in read.variants)


def _chosen(
    read: ReadProduct, existing: Known | None, names: Mapping[int, str], *, may_differ: bool
) -> tuple[list[Choice], list[Fault]]:
    """Return the rows that are variants, with the existing variants they update, and the problems of the others."""
    warnings: list[Fault] = []
    choices: list[Choice] = []
    lines: dict[str, int] = {}
    for variant in read.variants:
        options = {names[n]: variant.values[n] for n in names if n in variant.values}
        is_said = existing is None or read.says_options
        complete = options if is_said and len(options) == len(names) else None
        if complete is not None:
            before = lines.setdefault(options_key(complete), variant.line)
            if before != variant.line:
                warnings.append(_told(read, variant, "Option1 Value", f"line {before} has the same options"))
                continue
        choices.append(Choice(variant, complete))
    if existing is not None:
        choices = _matched(choices, existing, names, may_differ=may_differ)
    accepted = [each for each in choices if each.row is not None or (each.options is not None and each.read.price)]
    warnings += [_why_not(read, each, names) for each in choices if each not in accepted]
    return accepted, warnings


def _matched(choices: Sequence[Choice], existing: Known, names: Mapping[int, str], *, may_differ: bool) -> list[Choice]:
    """Match each row to the variant with its options, else with its SKU, else to the only one."""
    fitting = [row for row in existing.variants if may_differ or set(row.options) == set(names.values())]
    left = {row.options_key: row for row in sorted(fitting, key=lambda row: row.is_active)}
    matches: dict[int, Variant] = {}
    keys = [options_key(each.options) if each.options is not None else None for each in choices]
    for at, key in enumerate(keys):
        if key in left:
            matches[at] = left.pop(key)
    by_sku = {row.sku: row for row in left.values() if row.sku}
    for at, choice in enumerate(choices):
        if at not in matches and choice.read.sku in by_sku:
            matches[at] = by_sku.pop(choice.read.sku)
            del left[matches[at].options_key]
    active = [row for row in existing.variants if row.is_active]
    for at, choice in enumerate(choices):
        if at not in matches and choice.options is None and len(active) == 1 and active[0].options_key in left:
            matches[at] = left.pop(active[0].options_key)
    return [Choice(each.read, each.options, matches.get(at)) for at, each in enumerate(choices)]


def _why_not(read: ReadProduct, choice: Choice, names: Mapping[int, str]) -> Fault:
    """Return why a row can't be a variant."""
    variant = choice.read
    if choice.options is not None:
        return _told(read, variant, "Variant Price", "a new variant needs a price; row skipped")
    if read.says_options:
        missing = next((n for n in names if n not in variant.values), 1)
        name = names.get(missing, "")
        return _told(read, variant, f"Option{missing} Value", f"is empty, but the product has the option {name!a}")
    return _told(read, variant, "Variant SKU", "is not the SKU of a variant of this product; row skipped")


def _missing(read: ReadProduct, choices: Sequence[Choice]) -> list[Fault]:
    """Return what is missing from a new product."""
    faults = []
    if not read.title:
        faults.append(Fault(read.line, read.headings.get("Title", "Title"), "is empty: a new product needs a title"))
    if not choices:
        price = read.headings.get("Variant Price", "Variant Price")
        faults.append(Fault(read.line, price, "no row of this product is a variant with a price"))
    return faults


def _beside_others(existing: Known, choices: Sequence[Choice]) -> tuple[list[Choice | None], tuple[VariantDraft, ...]]:
    """Return the file's variants together with the existing ones that are not in the file."""
    about = {each.row.pk: each for each in choices if each.row is not None}
    rows = [row for row in existing.variants if row.is_active or row.pk in about]
    places: list[Choice | None] = [
        *(about.get(row.pk) for row in rows),
        *(each for each in choices if each.row is None),
    ]
    drafts = []
    for row, choice in zip([*rows, *[None] * len(places)], places, strict=False):
        if choice is not None:
            drafts.append(_variant(choice, also_keeps=frozenset({"position", "is_active"})))
        elif row is not None:
            drafts.append(VariantDraft(id=row.pk, options=row.ordered_options, sku=row.sku, keeps=AS_IT_IS))
    return places, tuple(drafts)


def _variant(choice: Choice, *, also_keeps: frozenset[str] = frozenset()) -> VariantDraft:
    read, row = choice.read, choice.row
    options = choice.options if choice.options is not None else row.ordered_options if row else {}
    return VariantDraft(
        id=row.pk if row else None,
        options=options,
        sku=read.sku,
        barcode=read.barcode,
        weight_grams=read.grams or 0,
        requires_shipping=read.requires_shipping,
        is_taxable=read.taxable,
        track_inventory=read.tracked,
        may_backorder=read.may_backorder,
        cost=read.cost,
        image=read.image_url,
        keeps=_unsaid(VARIANT_SAYS, read.says) | also_keeps,
    )


def _values(name: str, variants: Sequence[VariantDraft]) -> list[str]:
    return list(dict.fromkeys(each.options[name] for each in variants))


def _new(name: str, values: Sequence[str], variants: Sequence[VariantDraft]) -> list[str]:
    return [value for value in _values(name, variants) if value not in values]


def _unsaid(says: Mapping[str, set[str]], columns: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name, of_file in says.items() if not of_file & columns)


def _told(read: ReadProduct, variant: ReadVariant, column: str, message: str) -> Fault:
    return Fault(variant.line, read.headings.get(column, column), message)
