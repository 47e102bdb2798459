"""Named constraints that concurrent requests meet are refusals, told by the constraint's name."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F

from shop.inventory.models import StockLevel
from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.models import Bill
from shop.platform.guards import constraint_of, refusal_of
from shop.project.guards import REFUSALS
from tests.accounts.visitor import Visitor
from tests.checkout.conftest import bank, market
from tests.checkout.storefront_client import open_shop, sell, shopper
from tests.inventory.factories import stocked

__all__ = ["bank", "market"]


def oversell() -> None:
    stocked(1)
    StockLevel.objects.update(held=F("held") + 2)


def pay_twice() -> None:
    bill = payments.open_bill(Money(1999, "EUR"))
    payments.begin(bill, method="manual", token=None)
    payments.begin(bill, method="manual", token=None)


def give_back_too_much() -> None:
    payments.open_bill(Money(1999, "EUR"))
    Bill.objects.update(refunded=1)


def place_twice() -> None:
    level = StockLevel.objects.get(variant_id=stocked(1))
    StockLevel.objects.create(variant_id=level.variant_id, location_id=level.location_id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("meet", "name", "code"),
    [
        (oversell, "stock_level_never_oversold", "insufficient_stock"),
        (pay_twice, "payment_one_live_per_bill", "payment_in_progress"),
        (give_back_too_much, "bill_not_overrefunded", "precondition_failed"),
        (place_twice, "stock_level_once_per_place", "precondition_failed"),
    ],
)
def test_a_constraint_is_known_by_its_name_and_told_as_its_refusal(
    meet: Callable[[], None], name: str, code: str
) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        meet()

    refusal = refusal_of(error.value)
    assert constraint_of(error.value) == name
    assert refusal is not None
    assert refusal.code == code


def test_the_table_names_constraints_that_are_there() -> None:
    known = {constraint.name for model in apps.get_models() for constraint in model._meta.constraints}

    assert set(REFUSALS) <= known


@pytest.mark.django_db
def test_a_constraint_that_no_concurrent_request_can_meet_is_a_mistake_of_ours() -> None:
    payments.open_bill(Money(1999, "EUR"))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Bill.objects.update(status="lost")

    assert constraint_of(error.value) == "bill_status_known"
    assert refusal_of(error.value) is None


@pytest.mark.django_db
def test_a_client_who_meets_one_is_refused_and_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop()
    cart = shopper(sell())
    monkeypatch.setattr("shop.checkout.operations.lines.touch", lambda cart, **changes: oversell())

    seen = Visitor().post(f"{cart.path}/lines", variant_id=cart.cart()["lines"][0]["variant_id"], quantity=1)

    assert (seen.status, seen.code) == (409, "insufficient_stock")
    assert [line["quantity"] for line in cart.cart()["lines"]] == [1]
