"""Promotions and codes in the admin."""

from typing import Any

import pytest

from shop.kernel.money import Money
from shop.promotions.models import DiscountCode, Promotion, Redemption
from shop.promotions.operations import redeem
from tests.admins import cost, errors, root
from tests.checkout.storefront_client import code

pytestmark = pytest.mark.django_db

CODES, PROMOTIONS = "/admin/promotions/discountcode/", "/admin/promotions/promotion/"


def inline(**changes: Any) -> dict[str, Any]:
    return {"redemptions-TOTAL_FORMS": "0", "redemptions-INITIAL_FORMS": "0", **changes}


@pytest.mark.parametrize(
    "percent", ["0", "-5", "100.5", "1,5,5", "1.299,5", "7,12345", "NaN", "1e9", "12.34567", "\x00", ""]
)
def test_a_percentage_is_above_nothing_and_at_most_everything(percent: str) -> None:
    answer = root().post(f"{PROMOTIONS}add/", {"name": "Winter", "percent": percent})

    assert list(errors(answer)) == ["percent"]
    assert Promotion.objects.count() == 0


def test_a_promotion_and_its_code_are_made() -> None:
    client = root()

    client.post(f"{PROMOTIONS}add/", {"name": "Winter", "percent": "12,5", "is_active": "on"})
    made = client.post(f"{CODES}add/", {"code": " Winter26 ", "promotion": str(Promotion.objects.get().pk)})

    stored = DiscountCode.objects.get()
    assert made.status_code == 302
    assert (stored.code, stored.key, stored.used, str(stored.promotion.percent)) == (
        "Winter26",
        "winter26",
        0,
        "12.5000",
    )


@pytest.mark.parametrize("text", ["welcome10", "WELCOME10", "", "\x00", "x" * 51])
def test_a_code_is_there_once_in_any_spelling(text: str) -> None:
    taken = code("WELCOME10")

    answer = root().post(f"{CODES}add/", {"code": text, "promotion": str(taken.promotion_id)})

    assert list(errors(answer)) == ["code"]
    assert DiscountCode.objects.count() == 1


def test_uses_are_counted_by_orders_alone() -> None:
    client, welcome = root(), code("WELCOME10", usage_limit=5)
    page = f"{CODES}{welcome.pk}/change/"
    redeem(welcome, customer_key="ada@example.com", amount=Money(100, "EUR"))
    sent = {"code": "WELCOME10", "promotion": str(welcome.promotion_id), "used": "99", "read_version": "1"}

    changed = client.post(page, inline(**sent, usage_limit="7"))
    after = DiscountCode.objects.get()
    refused = client.post(page, inline(**{**sent, "read_version": "2"}, usage_limit="0"))

    assert changed.status_code == 302
    assert (after.used, after.usage_limit, after.version) == (1, 7, 2)
    assert errors(refused) == {"usage_limit": ["Must be at least 1: the code was used that often."]}
    assert "ada@example.com" in client.get(page).content.decode()


@pytest.mark.parametrize("path", ["add/", "{pk}/change/"])
def test_nobody_writes_a_redemption(path: str) -> None:
    used = redeem(code(), customer_key="ada@example.com", amount=Money(100, "EUR"))

    answer = root().post("/admin/promotions/redemption/" + path.format(pk=used.pk), {"customer_key": "eve"})

    assert answer.status_code == 403
    assert Redemption.objects.get().customer_key == "ada@example.com"


@pytest.mark.parametrize("path", [CODES, PROMOTIONS, "/admin/promotions/redemption/"])
def test_a_list_costs_the_same_however_long_it_is(path: str) -> None:
    client = root()
    redeem(code("FIRST"), customer_key="ada@example.com", amount=Money(100, "EUR"))
    short = cost(client, path)

    more = [redeem(code(f"C{each}"), customer_key="ada@example.com", amount=Money(1, "EUR")) for each in range(9)]
    long = cost(client, path)

    assert (long, len(more)) == (short, 9)
