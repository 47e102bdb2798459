"""Refunds in the admin: noted as paid back, asked for again, never written."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shop.payments import operations as payments
from shop.payments.models import Bill, Payment, Refund
from tests.admins import clerk, cost, root, said
from tests.payments.conftest import TWENTY, bank, pay, state, statuses
from tests.payments.gateways import Watched

pytestmark = pytest.mark.django_db

__all__ = ["bank"]

REFUNDS = "/admin/payments/refund/"


@pytest.fixture
def bill(bank: Watched) -> Bill:
    """19.99 EUR, open."""
    return payments.open_bill(TWENTY)


@pytest.fixture
def by_hand(bill: Bill) -> Refund:
    """All of what came by bank transfer, to be paid back by somebody."""
    payment = pay(bill, "", method="manual")
    payments.cover(bill)
    return payments.refund(Payment.objects.get(pk=payment.pk), amount=TWENTY)


@pytest.fixture
def failed(bank: Watched) -> Refund:
    """5.00 that the bank has refused to give back."""
    paid = Bill.objects.create(amount=1999, currency="EUR", captured=1999, status="covered")
    payment = Payment.objects.create(
        bill=paid, method="test", provider="test", amount=1999, currency="EUR", status="captured"
    )
    return Refund.objects.create(payment=payment, amount=500, status="failed")


def press(client: Client, refund: Refund, button: str) -> Any:
    return client.post(f"{REFUNDS}{refund.pk}/press/{button}/")


def page(client: Client, refund: Refund) -> str:
    return client.get(f"{REFUNDS}{refund.pk}/change/").content.decode()


def kept() -> list[tuple[int, str]]:
    """The refunds that there are."""
    return list(Refund.objects.values_list("amount", "status"))


def test_what_was_paid_back_by_hand_is_noted(by_hand: Refund, bill: Bill) -> None:
    client = root()
    before = page(client, by_hand)

    answer = press(client, by_hand, "paid-back")

    assert ("press/paid-back/" in before, "press/again/" in before, answer.status_code) == (True, False, 302)
    assert (kept(), state(bill), statuses(bill)) == ([(1999, "succeeded")], ("covered", 1999, 1999), ["refunded"])
    assert "Refund marked as paid." in said(client, answer)
    assert LogEntry.objects.get().change_message == "Refund marked as paid."
    assert "press/paid-back/" not in page(client, by_hand)


def test_noting_it_twice_changes_nothing_more(by_hand: Refund) -> None:
    client = root()
    press(client, by_hand, "paid-back")
    before = Refund.objects.values().get()

    again = press(client, by_hand, "paid-back")

    assert "This refund was marked as paid already." in said(client, again)
    assert Refund.objects.values().get() == before


def test_what_the_bank_has_refused_is_asked_for_again(failed: Refund) -> None:
    client = root()
    before = page(client, failed)

    answer = press(client, failed, "again")

    assert ("press/again/" in before, "press/paid-back/" in before, answer.status_code) == (True, True, 302)
    assert "Refund requested again." in said(client, answer)
    assert "press/again/" not in page(client, failed)
    assert Refund.objects.filter(instead_of=failed, amount=500).count() == 1


def test_asking_twice_asks_once(failed: Refund) -> None:
    client = root()
    press(client, failed, "again")
    before = kept()

    again = press(client, failed, "again")

    assert "This refund was requested again already." in said(client, again)
    assert kept() == before


def test_what_the_bank_has_refused_can_be_paid_back_by_hand(failed: Refund) -> None:
    client = root()

    answer = press(client, failed, "paid-back")

    paid = Refund.objects.get(instead_of=failed)
    assert "Refund marked as paid." in said(client, answer)
    assert kept() == [(500, "failed"), (500, "succeeded")]
    assert ("press/paid-back/" in page(client, failed), "press/again/" in page(client, failed)) == (False, False)
    assert ("press/paid-back/" in page(client, paid), "press/again/" in page(client, paid)) == (False, False)


def test_a_bank_that_does_not_answer_is_not_helped_by_hand(failed: Refund) -> None:
    Refund.objects.update(status="requested")
    client = root()

    answer = press(client, failed, "paid-back")

    assert "The current state does not allow this." in said(client, answer)
    assert "press/paid-back/" not in page(client, failed)
    assert kept() == [(500, "requested")]


def test_what_is_under_way_is_not_asked_for_again(by_hand: Refund) -> None:
    client = root()

    answer = press(client, by_hand, "again")

    assert "The current state does not allow this." in said(client, answer)
    assert kept() == [(1999, "requested")]


def test_noting_takes_its_own_permission(by_hand: Refund) -> None:
    staff = clerk("payments.view_refund", "payments.repeat_refund")

    answer = press(staff, by_hand, "paid-back")

    assert (answer.status_code, "press/paid-back/" in page(staff, by_hand)) == (403, False)
    assert kept() == [(1999, "requested")]


def test_and_so_does_asking_again(failed: Refund) -> None:
    staff = clerk("payments.view_refund", "payments.confirm_refund")

    answer = press(staff, failed, "again")

    assert (answer.status_code, "press/again/" in page(staff, failed)) == (403, False)
    assert kept() == [(500, "failed")]


@pytest.mark.parametrize(("button", "status"), [("paid-back", 200), ("again", 405)])
def test_a_look_at_a_button_does_nothing(by_hand: Refund, button: str, status: int) -> None:
    answer = root().get(f"{REFUNDS}{by_hand.pk}/press/{button}/")

    assert answer.status_code == status
    assert ("Confirm that you refunded the payment" in answer.content.decode()) == (button == "paid-back")
    assert kept() == [(1999, "requested")]


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_nobody_writes_a_refund(by_hand: Refund, path: str) -> None:
    answer = root().post(REFUNDS + path.format(pk=by_hand.pk), {"status": "succeeded", "post": "yes"})

    assert answer.status_code == 403
    assert kept() == [(1999, "requested")]


def test_the_list_costs_the_same_however_long_it_is(failed: Refund) -> None:
    client = root()
    short = cost(client, REFUNDS)

    payments.refund_again(failed)
    long = cost(client, REFUNDS)

    assert (long, Refund.objects.count()) == (short, 2)
