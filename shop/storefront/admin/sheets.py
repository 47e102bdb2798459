"""What a product's forms say, as operations want it."""

from collections.abc import Mapping, Sequence
from typing import Any

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import OptionValue, Product
from shop.catalog.pictures import Kept
from shop.storefront.admin.forms import ProductForm, VariantForm, VariantFormSet, names_of
from shop.storefront.operations import Sheet


def sheet_of(form: ProductForm, variants: VariantFormSet, images: Any, *, currency: str) -> Sheet:
    """The product of these forms, all of them valid."""
    said = list(variants.said())
    return Sheet(
        draft=_draft(form, variants, said, images),
        currency=currency,
        prices={
            at: each.price_said() for at, each in enumerate(said) if {"price", "compare_at"} & set(each.changed_data)
        },
        received={at: each.cleaned_data["received"] for at, each in enumerate(said) if each.cleaned_data["received"]},
        without_images=tuple(each.instance.pk for each in images.deleted_forms),
        other_files={
            each.instance.pk: each.cleaned_data["upload"]
            for each in _kept(images)
            if not each.instance._state.adding and each.cleaned_data["upload"]
        },
    )


def _draft(form: ProductForm, variants: VariantFormSet, said: Sequence[VariantForm], images: Any) -> ProductDraft:
    product: Product = form.instance
    values = form.cleaned_data
    keys = {str(each.instance.pk): _image(each).key for each in _kept(images) if not each.instance._state.adding}
    return ProductDraft(
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
        options=_options(product, variants, said),
        variants=tuple(_variant(each, variants, keys) for each in said),
        images=_images(images),
    )


def _variant(form: VariantForm, variants: VariantFormSet, keys: Mapping[str, str]) -> VariantDraft:
    values = form.cleaned_data
    return VariantDraft(
        id=None if form.instance._state.adding else form.instance.pk,
        options=variants.options_of(form),
        sku=values["sku"] or None,
        barcode=values["barcode"],
        weight_grams=values["weight_grams"],
        requires_shipping=values["requires_shipping"],
        is_taxable=values["is_taxable"],
        track_inventory=values["track_inventory"],
        may_backorder=values["may_backorder"],
        cost=values["cost"],
        image=keys.get(values["picture"], ""),
        is_active=values["is_active"],
    )


def _options(product: Product, variants: VariantFormSet, said: Sequence[VariantForm]) -> dict[str, list[str]]:
    """The values in use: those that were there in their order, then new ones as they were entered."""
    names = names_of(product)
    before = OptionValue.objects.filter(option__product=product.pk, option__name__in=names).order_by("position", "id")
    order = {pair: at for at, pair in enumerate(before.values_list("option__name", "value"))}
    live = [each for each in said if each.cleaned_data["is_active"]] or said
    used: dict[str, list[str]] = {name: [] for name in names}
    for form in live:
        for name, value in variants.options_of(form).items():
            used[name] += [value] if value not in used[name] else []
    return {
        name: sorted(values, key=lambda value: order.get((name, value), len(order))) for name, values in used.items()
    }


def _kept(images: Any) -> list[Any]:
    return [
        each
        for each in images.forms
        if each not in images.deleted_forms and (each.has_changed() or not each.instance._state.adding)
    ]


def _images(images: Any) -> tuple[ImageDraft, ...]:
    """In their order; a picture that is given twice is one."""
    drafts: dict[str, ImageDraft] = {}
    ordered = sorted(_kept(images), key=lambda each: each.cleaned_data["position"] or 0)
    for form in ordered:
        draft = _image(form)
        drafts.setdefault(draft.key, draft)
    return tuple(drafts.values())


def _image(form: Any) -> ImageDraft:
    image, alt = form.instance, form.cleaned_data["alt"]
    if not image._state.adding:
        return ImageDraft(url=image.source_url, file=image.file.name or "", alt=alt)
    kept: Kept = form.cleaned_data["upload"]
    return ImageDraft(file=kept.name, alt=alt, width=kept.width, height=kept.height)
