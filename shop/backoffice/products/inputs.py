"""What a product's forms say, as operations want it. What no form says stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shop.assortment.types import ProductInput, VariantOffer
from shop.backoffice.products.forms import ProductForm, VariantForm, VariantFormSet, names_of
from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Image, OptionValue, Product, Variant
from shop.catalog.pictures import Kept
from shop.kernel.money import Money


def input_of(form: ProductForm, variants: VariantFormSet, images: Any) -> ProductInput:
    """The product of these forms, all of them valid."""
    entries = variants.in_order()
    keys = _keys(form.instance, images)
    drafts = [
        _entered(each, variants.options_of(each), keys)
        if isinstance(each, VariantForm)
        else replace(_as_it_is(each, keys), options=variants.options_elsewhere(each))
        for each in entries
    ]
    values, product = form.cleaned_data, form.instance
    return ProductInput(
        draft=ProductDraft(
            slug=values["slug"],
            name=values["name"],
            description_html=values["description_html"],
            status=product.status,
            published_at=product.published_at,
            brand=values["brand"],
            category=values["category"],
            kind=values["kind"],
            tags=tuple(values["tags"]),
            tax_code=values["tax_code"],
            seo_title=values["seo_title"],
            seo_description=values["seo_description"],
            options=_options(product, names_of(product), drafts),
            variants=tuple(drafts),
            images=_images(images),
        ),
        offers=_offers(entries),
        removed_images=tuple(each.instance.pk for each in images.deleted_forms),
        replaced_files={
            each.instance.pk: each.cleaned_data["upload"]
            for each in _kept(images)
            if not each.instance._state.adding and each.cleaned_data["upload"]
        },
    )


def input_with_variant(product: Product, form: VariantForm) -> ProductInput:
    """The product as it is, but for the variant of this form; a new one comes last."""
    names = names_of(product)
    keys = {str(image.pk): _key(image) for image in Image.objects.filter(product=product)}
    entries: list[Any] = []
    for row in Variant.objects.filter(product=product):
        row.product = product
        if row.pk == form.instance.pk:
            entries.append(form)
        elif row.is_active or len(row.ordered_options) == len(names):
            entries.append(row)
    if form.instance._state.adding:
        entries.append(form)
    values = dict(zip(names, form.values, strict=False))
    drafts = [
        _entered(form, values, keys) if each is form else replace(_as_it_is(each, keys), options=each.ordered_options)
        for each in entries
    ]
    return ProductInput(
        draft=ProductDraft(
            slug=product.slug,
            name=product.name,
            description_html=product.description_html,
            status=product.status,
            published_at=product.published_at,
            brand=product.brand,
            category=product.category,
            kind=product.kind,
            tags=tuple(product.tags),
            tax_code=product.tax_code,
            seo_title=product.seo_title,
            seo_description=product.seo_description,
            options=_options(product, names, drafts),
            variants=tuple(drafts),
            keeps=frozenset({"images"}),
        ),
        offers=_offers(entries),
    )


def _offers(entries: Sequence[Any]) -> dict[int, VariantOffer]:
    """Prices and stock that the forms among these state, by their places."""
    return {at: _offer(each) for at, each in enumerate(entries) if isinstance(each, VariantForm)}


def _offer(form: VariantForm) -> VariantOffer:
    offer = VariantOffer(received=form.cleaned_data["received"] or 0)
    if not {"price", "compare_at"} & set(form.changed_data):
        return offer
    price, compare_at = form.price_said() or (None, None)
    return replace(offer, price=price, compare_at=compare_at)


def _entered(form: VariantForm, options: Mapping[str, str], keys: Mapping[str, str]) -> VariantDraft:
    """The form's variant; what it has no field for stays."""
    values = form.cleaned_data
    draft = replace(_as_it_is(form.instance, keys), options=options)
    if form.instance._state.adding:
        draft = replace(draft, id=None)
    if "cost" in form.fields:
        draft = replace(draft, cost=values["cost"])
    if "picture" in form.fields:
        draft = replace(draft, image=keys.get(values["picture"], ""))
    return draft


def _as_it_is(row: Variant, keys: Mapping[str, str]) -> VariantDraft:
    """The row as a draft, without its options."""
    return VariantDraft(
        id=row.pk,
        sku=row.sku or None,
        barcode=row.barcode,
        weight_grams=row.weight_grams,
        requires_shipping=row.requires_shipping,
        is_taxable=row.is_taxable,
        track_inventory=row.track_inventory,
        may_backorder=row.may_backorder,
        cost=Money(row.cost, row.cost_currency) if row.cost is not None and row.cost_currency else None,
        image=keys.get(str(row.image_id), ""),
        is_active=row.is_active,
    )


def _options(product: Product, names: Sequence[str], drafts: Sequence[VariantDraft]) -> dict[str, list[str]]:
    """The values in use: those that were there in their order, then new ones as they were entered."""
    before = OptionValue.objects.filter(option__product=product.pk, option__name__in=names).order_by("position", "id")
    order = {pair: at for at, pair in enumerate(before.values_list("option__name", "value"))}
    live = [each for each in drafts if each.is_active] or drafts
    used: dict[str, dict[str, None]] = {name: {} for name in names}
    for draft in live:
        for name, value in draft.options.items():
            used[name][value] = None
    return {
        name: sorted(values, key=lambda value: order.get((name, value), len(order))) for name, values in used.items()
    }


def _kept(images: Any) -> list[Any]:
    return [
        each
        for each in images.forms
        if each not in images.deleted_forms and (each.has_changed() or not each.instance._state.adding)
    ]


def _elsewhere(images: Any) -> list[Image]:
    """The pictures on the other pages."""
    if images.instance._state.adding or images.paginator.num_pages == 1:
        return []
    here = {each.pk for each in images.get_queryset()}
    return [row for row in Image.objects.filter(product=images.instance) if row.pk not in here]


def _keys(product: Product, images: Any) -> dict[str, str]:
    """By what each of the product's pictures is known."""
    kept = {str(each.instance.pk): _image(each).key for each in _kept(images) if not each.instance._state.adding}
    return kept | {str(row.pk): _key(row) for row in _elsewhere(images)}


def _key(image: Image) -> str:
    return image.source_url or image.file.name or ""


def _images(images: Any) -> tuple[ImageDraft, ...]:
    """In their order; a picture that is given twice is one."""
    placed = [(each.cleaned_data["position"] or 0, _image(each)) for each in _kept(images)]
    placed += [
        (row.position, ImageDraft(url=row.source_url, file=row.file.name or "", alt=row.alt))
        for row in _elsewhere(images)
    ]
    drafts: dict[str, ImageDraft] = {}
    for _, draft in sorted(placed, key=lambda each: each[0]):
        drafts.setdefault(draft.key, draft)
    return tuple(drafts.values())


def _image(form: Any) -> ImageDraft:
    image, alt = form.instance, form.cleaned_data["alt"]
    if not image._state.adding:
        return ImageDraft(url=image.source_url, file=image.file.name or "", alt=alt)
    kept: Kept = form.cleaned_data["upload"]
    return ImageDraft(file=kept.name, alt=alt, width=kept.width, height=kept.height)
