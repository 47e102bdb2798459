"""The tax rates of a country."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from shop.tax.models import TaxClass, TaxRate
from shop.tax.queries import rates
from shop.tax.types import TaxPercentage

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> TaxClass:
    """7 % in Germany, 2.1 % in France, nothing elsewhere."""
    tax_class = TaxClass.objects.create(code="books", name="Books")
    TaxRate.objects.create(tax_class=tax_class, country="DE", percent=Decimal(7))
    TaxRate.objects.create(tax_class=tax_class, country="FR", percent=Decimal("2.1"), name="TVA")
    return tax_class


def test_each_country_has_its_own_rate(books: TaxClass) -> None:
    assert rates("DE", ["books"]) == {"books": TaxPercentage("VAT", Decimal(7))}
    assert rates("FR", ["books"]) == {"books": TaxPercentage("TVA", Decimal("2.1"))}


def test_without_a_rate_a_class_is_left_out(books: TaxClass) -> None:
    assert rates("US", ["books", "unknown"]) == rates("DE", []) == {}


def test_many_classes_are_one_statement(books: TaxClass, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    others = [TaxClass.objects.create(code=f"class-{n}", name=str(n)) for n in range(5)]
    TaxRate.objects.bulk_create([TaxRate(tax_class=each, country="DE", percent=n) for n, each in enumerate(others)])

    with django_assert_num_queries(1):
        percentages = rates("DE", ["books", "books", *(each.code for each in others)])

    assert [float(percentages[f"class-{n}"].percent) for n in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("percent", [Decimal("-0.0001"), Decimal("100.0001")])
def test_a_rate_is_between_nothing_and_everything(books: TaxClass, percent: Decimal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(tax_class=books, country="AT", percent=percent)

    assert rates("AT", ["books"]) == {}


def test_a_class_has_one_rate_in_a_country(books: TaxClass) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(tax_class=books, country="DE", percent=Decimal(19))

    assert rates("DE", ["books"])["books"].percent == Decimal(7)
