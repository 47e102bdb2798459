"""The admin's forms for the store, its markets and addresses."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from shop.kernel.currencies import EXPONENTS
from shop.platform.translation import translate
from shop.stores.addresses import mistakes, settled
from shop.stores.country_names import by_name, country_name
from shop.stores.models import MarketCountry

CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "currency": lambda: [(code, code) for code in sorted(EXPONENTS)],
    "country": by_name,
    "default_country": by_name,
    "timezone": lambda: [(name, name) for name in sorted(available_timezones())],
}

SELECT = "stores/select.html"


class LongSelect(UnfoldAdminSelect2Widget):
    """One of hundreds."""

    template_name = SELECT


class LongSelectMultiple(UnfoldAdminSelect2MultipleWidget):
    """Some of hundreds."""

    template_name = SELECT


def chosen(db_field: Any, found: forms.Field | None) -> forms.Field | None:
    """The form's field, as a list to choose from where there is a list; else as it was found."""
    if db_field.name not in CHOICES or found is None:
        return found
    choices = CHOICES[db_field.name]
    return forms.ChoiceField(
        choices=lambda: [("", "---------"), *choices()],
        required=not db_field.blank,
        label=found.label,
        help_text=found.help_text,
        initial=found.initial,
        widget=LongSelect,
    )


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    locales = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        help_text="Language tags, separated by commas: en, de. Content falls back along them.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["locales"] = ", ".join(self.instance.locales)

    def clean_locales(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["locales"].split(",") if tag.strip()]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for problem in mistakes(values):
            if problem.field in self.fields:
                self.add_error(problem.field, translate(problem.message, problem.params))
        return values if self.errors else settled(values)


class MarketForm(forms.ModelForm):  # type: ignore[type-arg]
    countries = forms.MultipleChoiceField(
        choices=CHOICES["country"],
        widget=LongSelectMultiple,
        required=False,
        help_text="A country is in one market at most.",
    )

    class Meta:
        help_texts = {
            "currency": "Can't be changed later. To sell in another currency, add a market and give it the countries."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["countries"].initial = [each.country for each in self.instance.countries.all()]

    def clean_countries(self) -> list[str]:
        wanted: list[str] = self.cleaned_data["countries"]
        taken = MarketCountry.objects.filter(country__in=wanted).exclude(market=self.instance).select_related("market")
        if taken:
            raise forms.ValidationError([f"{each} is in the market {each.market}." for each in taken])
        return wanted

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen_one = values.get("default_country")
        if chosen_one and "countries" in values and chosen_one not in values["countries"]:
            self.add_error("default_country", f"{country_name(chosen_one)} is not one of the countries of this market.")
        return values
