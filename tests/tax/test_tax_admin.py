"""Tax classes with their rates in the admin."""

from decimal import Decimal
from typing import Any

import pytest

from shop.tax.models import TaxClass, TaxRate
from tests.admins import cost, errors, root

pytestmark = pytest.mark.django_db

CLASSES = "/admin/tax/taxclass/"


def form(*rates: dict[str, str], initial: int = 0, **changes: Any) -> dict[str, Any]:
    counts = {"rates-TOTAL_FORMS": len(rates), "rates-INITIAL_FORMS": initial}
    fields = {f"rates-{at}-{name}": value for at, rate in enumerate(rates) for name, value in rate.items()}
    return {"name": "Books", "code": "books", **counts, **fields, **changes}


GERMAN = {"country": "DE", "name": "VAT", "percent": "7"}
FRENCH = {"country": "FR", "name": "TVA", "percent": "5.5"}


def test_a_class_is_made_with_its_rates_and_they_are_changed() -> None:
    client = root()
    made = client.post(f"{CLASSES}add/", form(GERMAN, FRENCH))
    books = TaxClass.objects.get(code="books")
    german, french = books.rates.all()

    changed = client.post(
        f"{CLASSES}{books.pk}/change/",
        form(
            {**GERMAN, "id": str(german.pk), "percent": "8,5"},
            {**FRENCH, "id": str(french.pk), "DELETE": "on"},
            initial=2,
            read_version="1",
        ),
    )

    assert (made.status_code, changed.status_code) == (302, 302)
    assert list(books.rates.values_list("country", "percent")) == [("DE", Decimal("8.5"))]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", "-1"),
        ("percent", "100.1"),
        ("percent", "1,5,5"),
        ("percent", "NaN"),
        ("country", "XX"),
        ("country", "\x00"),
        ("name", "x" * 51),
    ],
)
def test_a_rate_that_can_not_be_is_told_at_the_field(field: str, value: str) -> None:
    answer = root().post(f"{CLASSES}add/", form({**GERMAN, field: value}))

    assert [list(each) for each in answer.context["inline_admin_formsets"][0].formset.errors] == [[field]]
    assert not TaxClass.objects.filter(code="books").exists()


def test_a_country_has_one_rate_of_a_class() -> None:
    answer = root().post(f"{CLASSES}add/", form(GERMAN, GERMAN))

    assert answer.status_code == 200
    assert TaxRate.objects.filter(tax_class__code="books").count() == 0


def test_a_class_keeps_its_code_and_the_standard_one_stays() -> None:
    client = root()
    standard, _ = TaxClass.objects.get_or_create(code="standard", defaults={"name": "Standard"})

    renamed = client.post(f"{CLASSES}{standard.pk}/change/", form(name="Normal", code="normal"))
    deleted = client.post(f"{CLASSES}{standard.pk}/delete/", {"post": "yes"})
    again = client.post(f"{CLASSES}add/", form(code="standard"))

    assert (renamed.status_code, deleted.status_code, list(errors(again))) == (302, 403, ["code"])
    assert TaxClass.objects.values_list("code", "name").get(pk=standard.pk) == ("standard", "Normal")


def test_the_list_costs_the_same_however_long_it_is() -> None:
    client = root()
    short = cost(client, CLASSES)

    TaxClass.objects.bulk_create([TaxClass(code=f"c{each}", name="C") for each in range(9)])
    long = cost(client, CLASSES)

    assert long == short
