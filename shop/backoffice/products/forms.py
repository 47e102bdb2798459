"""The forms of a product: itself, its variants with price and stock, its pictures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from django import forms
from django.utils.functional import cached_property
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from shop.catalog import pictures
from shop.catalog.errors import NotAPicture
from shop.catalog.forms import SluggedForm
from shop.catalog.models import Image, Option, Product, SlugHistory, Variant, options_key
from shop.catalog.pictures import Kept
from shop.catalog.queries import variants_of_skus
from shop.inventory.counters import MOST
from shop.kernel.errors import Refusal
from shop.kernel.messages import gettext_noop
from shop.kernel.money import Money
from shop.kernel.symbols import written
from shop.platform.admin import RowFormSet
from shop.platform.admin.times import TimeField, zone_note
from shop.platform.amounts import AmountField, major
from shop.platform.clock import now
from shop.platform.translation import translate
from shop.tax.models import TaxClass

COLUMNS: Final = 3
"""So many options can always be entered; a product that has more keeps them."""
LARGEST_UPLOAD: Final = 20 * 1024 * 1024
UNCONFIRMED: Final = (
    "Unconfirmed: reserved for unpaid orders whose e-mail address is not confirmed yet, and for payments that wait for "
    "the customer. They are free again if nobody confirms or pays."
)
SAME: Final = "There is another variant with the same options."
SKU_TAKEN: Final = "This SKU is already used by {}."
TAKEN: Final = "This was the slug of {}, and still leads there."


def split(text: str) -> list[str]:
    """What stands between the commas."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


class ProductForm(SluggedForm):
    """The product itself. Its status is moved by buttons."""

    histories = (SlugHistory,)

    tags = forms.CharField(
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextInputWidget,
        help_text="Separated by commas: summer, linen.",
    )
    option_names = forms.CharField(
        required=False,
        label="Options",
        max_length=800,
        widget=UnfoldAdminTextInputWidget,
        help_text="What the variants differ in, separated by commas: Size, Color. Leave empty if there are no options.",
    )
    tax_code = forms.ChoiceField(label="Tax class", widget=UnfoldAdminSelect2Widget)

    class Meta:
        model = Product
        fields = (
            "name",
            "slug",
            "description_html",
            "brand",
            "category",
            "kind",
            "tags",
            "tax_code",
            "seo_title",
            "seo_description",
        )
        labels = {"seo_title": "Title", "seo_description": "Description"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(TaxClass.objects.values_list("code", "name"))
        known.setdefault(self.instance.tax_code, self.instance.tax_code)
        if "tax_code" in self.fields:
            self.fields["tax_code"].choices = list(known.items())  # type: ignore[attr-defined]
            self.initial["tags"] = ", ".join(self.instance.tags)
            self.initial["option_names"] = ", ".join(names_of(self.instance))

    def clean_slug(self) -> str:
        slug = super().clean_slug()
        former = SlugHistory.objects.filter(slug=slug).exclude(product=self.instance.pk).select_related("product")
        if self.instance._state.adding and former:
            raise forms.ValidationError(TAKEN.format(former[0].product))
        return slug

    def clean_tags(self) -> list[str]:
        tags = split(self.cleaned_data["tags"])
        if any(len(tag) > 255 for tag in tags):
            raise forms.ValidationError("A tag has at most 255 characters.")
        return tags

    def clean_option_names(self) -> list[str]:
        names = split(self.cleaned_data["option_names"])
        most = columns_of(self.instance)
        if len(names) > most or any(len(name) > 255 for name in names):
            raise forms.ValidationError(f"At most {most} options, each of at most 255 characters.")
        self.instance.wanted_options = names
        return names


def names_of(product: Product) -> list[str]:
    """The product's options as they are wanted, else as they are."""
    if not hasattr(product, "wanted_options"):
        found = [] if product._state.adding else [each.name for each in Option.objects.filter(product=product)]
        product.wanted_options = product.known_options = found  # type: ignore[attr-defined]
    names: list[str] = product.wanted_options  # type: ignore[attr-defined]
    return names


def known_names_of(product: Product) -> list[str]:
    """The product's options as they are, whatever the form wants."""
    names_of(product)
    names: list[str] = product.known_options  # type: ignore[attr-defined]
    return names


def columns_of(product: Product | None) -> int:
    """How many options can be entered."""
    return max(COLUMNS, len(names_of(product)) if product else 0)


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """One variant. Prices are those of the default market's currency; stock can be received here, never overwritten."""

    currency = "EUR"
    pictures: Sequence[tuple[str, str]] = ()
    picture = forms.ChoiceField(
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="The image that shows this variant. A new image can be chosen once it is saved.",
    )
    price = AmountField(required=False)
    compare_at = AmountField(required=False, label="Price before", help_text="Struck through; higher than the price.")
    cost = AmountField(required=False, help_text="What it cost you; shoppers never see it.")
    received = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        label="Add to stock",
        help_text="How many pieces have arrived.",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Variant
        fields = (
            "sku",
            "barcode",
            "weight_grams",
            "requires_shipping",
            "is_taxable",
            "track_inventory",
            "may_backorder",
            "is_active",
        )
        help_texts = {"shown_stock": UNCONFIRMED}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variant: Any = self.instance
        if "picture" in self.fields:
            self.fields["picture"].choices = [("", "the product's first"), *self.pictures]  # type: ignore[attr-defined]
            self.initial["picture"] = str(variant.image_id or "")
        amounts = {"cost": variant.cost}
        amounts |= {name: getattr(variant, f"known_{name}", None) for name in ("price", "compare_at")}
        for name, minor in amounts.items():
            if name in self.fields:
                currency = (name == "cost" and variant.cost_currency) or self.currency
                self.fields[name].currency = currency  # type: ignore[attr-defined]
                self.fields[name].label = f"{self.fields[name].label or name.capitalize()} ({currency})"
                self.initial[name] = major(minor, currency)
        ordered = {} if variant._state.adding else variant.ordered_options
        for at, value in enumerate(ordered.values(), start=1):
            self.initial[f"value_{at}"] = value

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        price, before = values.get("price"), self._before(values)
        if before is not None and (price is None or before <= price) and "price" not in self.errors:
            if "compare_at" in self.fields:
                self.add_error("compare_at", "The compare-at price must be higher than the price.")
            else:
                told = f"It has to be lower than the price before, {written(before)}, which is on the variant's page."
                self.add_error("price", told)
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """All variants together judge whether their SKUs are unique."""
        return {*super()._get_validation_exclusions(), "sku"}  # type: ignore[misc]

    def _before(self, values: Mapping[str, Any]) -> Money | None:
        """What it cost before: as it was entered, or as it is where it can't be entered."""
        minor = getattr(self.instance, "known_compare_at", None)
        if "compare_at" in self.fields or minor is None:
            return values.get("compare_at")
        return Money(minor, self.currency)

    @property
    def values(self) -> list[str]:
        """What was entered for the options, with empty texts where nothing was."""
        names = sorted(name for name in self.fields if name.startswith("value_"))
        return [str(self.cleaned_data.get(name) or "") for name in names]

    def price_said(self) -> tuple[Money, Money | None] | None:
        """What was entered as the price; None for none."""
        price = self.cleaned_data.get("price")
        return (price, self._before(self.cleaned_data)) if price is not None else None


class OneVariantForm(VariantForm):
    """One variant on a page of its own: no other of its product has the same options."""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        product = self.instance.product
        names = names_of(product)
        for at, value in enumerate(self.values):
            if bool(value) != (at < len(names)):
                self.add_error(f"value_{at + 1}", _unfit_value(names, at))
        key = options_key(dict(zip(names, self.values, strict=False)))
        sku = values.get("sku")
        sold = Variant.objects.filter(sku=sku, is_active=True).exclude(pk=self.instance.pk).select_related("product")
        if sku and values.get("is_active") and (other := sold.first()):
            self.add_error("sku", SKU_TAKEN.format(other))
        if Variant.objects.filter(product=product, options_key=key).exclude(pk=self.instance.pk).exists():
            self.add_error(None, SAME)
        return values


def _unfit_value(names: Sequence[str], at: int) -> str:
    return f"Enter a value for {names[at]}." if at < len(names) else "Leave empty: the product has no such option."


def pictures_of(product: Product | None) -> list[tuple[str, str]]:
    """What a variant can be shown by: the pictures that the product has, in their order, and what they are called."""
    if product is None or product._state.adding:
        return []
    rows = Image.objects.filter(product=product).order_by("position", "pk")
    return [(str(row.pk), f"{at}. {row.alt or PurePosixPath(str(row)).name}") for at, row in enumerate(rows, start=1)]


def variant_form(
    *,
    names: Sequence[str],
    columns: int,
    in_currency: str,
    pictures: Sequence[tuple[str, str]],
    base: type[VariantForm] = VariantForm,
) -> type[VariantForm]:
    """The form of a variant with a field for the value of each option."""
    fields: dict[str, Any] = {
        f"value_{at}": forms.CharField(
            required=False,
            max_length=255,
            label=names[at - 1] if at <= len(names) else f"Option {at}",
            widget=UnfoldAdminTextInputWidget,
        )
        for at in range(1, columns + 1)
    }
    return type("VariantForm", (base,), {**fields, "currency": in_currency, "pictures": pictures})


class VariantFormSet(RowFormSet):
    """All variants of a product: each has one value for each option, and no two have the same.

    Of many there is one page; those of the other pages stay as they are.
    """

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        names = names_of(self.instance)
        unfit = [row for row in self.elsewhere if row.is_active and len(row.ordered_options) != len(names)]
        if unfit:
            raise forms.ValidationError(
                f"There are variants on other pages, as {unfit[0].name}: the product keeps as many options as it has."
            )
        seen = {options_key(self.options_elsewhere(row)) for row in self.elsewhere}
        form: Any
        for form in self.said():
            values = form.values
            for at, value in enumerate(values):
                if bool(value) != (at < len(names)):
                    form.add_error(f"value_{at + 1}", _unfit_value(names, at))
            key = options_key(dict(zip(names, values, strict=False)))
            if key in seen:
                form.add_error(None, SAME)
            seen.add(key)
        self._refuse_taken_skus()

    def _refuse_taken_skus(self) -> None:
        """A SKU is refused where a variant that is sold has it; one that is off gives it up."""
        asking = [form for form in self.said() if form.cleaned_data.get("sku") and form.cleaned_data.get("is_active")]
        besides = None if self.instance._state.adding else self.instance.pk
        others = variants_of_skus((form.cleaned_data["sku"] for form in asking), besides=besides)
        first = {row.sku: row.name for row in self.elsewhere if row.sku and row.is_active}
        for form in asking:
            sku, name = form.cleaned_data["sku"], " / ".join(filter(None, form.values)) or "Another row"
            other = others.get(sku)
            if sku in first:
                form.add_error("sku", SKU_TAKEN.format(first[sku]))
            elif other is not None and other.is_active:
                form.add_error("sku", SKU_TAKEN.format(other))
            first.setdefault(sku, name)

    def said(self) -> Iterator[Any]:
        """The forms that say something. A variant that is switched off and does not fit the options stays as it is."""
        form: Any
        for form in self.forms:
            is_new = form.instance._state.adding
            if is_new and form.empty_permitted and not form.has_changed():
                continue
            fits = sum(map(bool, form.values)) == len(names_of(self.instance))
            if is_new or fits or form.cleaned_data.get("is_active"):
                yield form

    def options_of(self, form: VariantForm) -> Mapping[str, str]:
        """The option values that the form says, by the options' names."""
        return dict(zip(names_of(self.instance), form.values, strict=False))

    def options_elsewhere(self, row: Variant) -> Mapping[str, str]:
        """The same of a variant on another page: its options may be called otherwise from now on."""
        return dict(zip(names_of(self.instance), row.ordered_options.values(), strict=False))

    @cached_property
    def elsewhere(self) -> list[Variant]:
        """The variants on the other pages that are part of the product: what does not fit its options is off."""
        if self.instance._state.adding or not self.per_page or self.paginator.num_pages == 1:
            return []
        here = {row.pk for row in self.get_queryset()}
        rows = [row for row in Variant.objects.filter(product=self.instance) if row.pk not in here]
        for row in rows:
            row.product = self.instance
        return [row for row in rows if row.is_active or len(row.ordered_options) == len(names_of(self.instance))]

    def in_order(self) -> list[Any]:
        """The product's variants from now on, in their order: forms of this page, and rows of the other pages."""
        first = next(iter(self.get_queryset()), None)
        place = (first.position, first.pk) if first else None
        before = [row for row in self.elsewhere if place and (row.position, row.pk) < place]
        after = self.elsewhere[len(before) :]
        said = list(self.said())
        new = [form for form in said if form.instance._state.adding]
        return [*before, *said[: len(said) - len(new)], *after, *new]


class ScheduleForm(forms.Form):
    """When shoppers shall see a product."""

    at = TimeField(label="Visible from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = zone_note()

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= now():
            raise forms.ValidationError("Enter a time in the future. To show the product now, publish it.")
        return at


def keep_uploads(files: Mapping[str, Any]) -> None:
    """Each uploaded picture is cleaned and in the storage, or its upload has the refusal.

    Called before the page's transaction begins: decoding takes up to a second, and the storage may be elsewhere.
    """
    for name, upload in files.items():
        if name.endswith("-upload"):
            kept_upload(upload)


def kept_upload(upload: Any) -> Kept | Refusal:
    """What became of an upload; it is looked through once."""
    if not hasattr(upload, "kept"):
        try:
            if upload.size > LARGEST_UPLOAD:
                raise NotAPicture(
                    message=gettext_noop("A picture has at most %(max)s MiB."), params={"max": LARGEST_UPLOAD // 2**20}
                )
            upload.kept = pictures.keep(upload.read())
        except Refusal as refusal:
            upload.kept = refusal
    found: Kept | Refusal = upload.kept
    return found


class ImageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A picture: every byte of an upload is decoded before it is kept."""

    upload = forms.FileField(
        required=False, label="File", help_text="JPEG, PNG, WebP or GIF.", widget=UnfoldAdminFileFieldWidget
    )  # Unfold's script writes the name of a chosen file into a field that only its own widget has

    class Meta:
        model = Image
        fields = ("alt", "position")
        labels = {"position": "Order", "alt": "Alternative text"}

    def clean_upload(self) -> Kept | None:
        upload = self.cleaned_data["upload"]
        if upload is None:
            return None
        kept = kept_upload(upload)
        if isinstance(kept, Refusal):
            raise forms.ValidationError(translate(kept.problem.message, kept.problem.params), code=kept.code)
        return kept

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.instance._state.adding and not values.get("upload") and "upload" not in self.errors:
            self.add_error("upload", "Choose a picture.")
        return values

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "file", "source_url"}  # type: ignore[misc]
