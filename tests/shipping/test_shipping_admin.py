"""Shipping methods in the admin."""

from typing import Any

import pytest

from shop.shipping.models import ShippingMethod
from tests.admins import cost, errors, root
from tests.checkout.storefront_client import open_shop

pytestmark = pytest.mark.django_db

METHODS = "/admin/shipping/shippingmethod/"


def form(**changes: Any) -> dict[str, Any]:
    market = str(open_shop().pk)
    return {"name": "Express", "code": "express", "market": market, "price": "12.50", "tax_code": "standard",
            "position": "1", "is_active": "on", **changes}  # fmt: skip


def test_a_way_to_ship_has_its_price_in_major_units() -> None:
    client = root()
    made = client.post(f"{METHODS}add/", form())
    method = ShippingMethod.objects.get(code="express")

    changed = client.post(f"{METHODS}{method.pk}/change/", form(price="9", read_version="1"))

    assert (made.status_code, method.price, changed.status_code) == (302, 1250, 302)
    assert ShippingMethod.objects.values_list("price", "version").get(code="express") == (900, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "1,50,5"),
        ("price", "-1"),
        ("price", "12.505"),
        ("price", "200000000.01"),
        ("price", "99999999999999999999"),
        ("price", ""),
        ("market", "nonsense"),
        ("code", "flat"),
        ("name", "\x00"),
        ("position", "-1"),
        ("position", "99999999999999999999"),
    ],
)
def test_what_can_not_be_is_told_at_the_field(field: str, value: str) -> None:
    answer = root().post(f"{METHODS}add/", form(**{field: value}))

    assert list(errors(answer)) == [field]
    assert ShippingMethod.objects.count() == 1


def test_the_list_costs_the_same_however_long_it_is() -> None:
    client, market = root(), open_shop()
    short = cost(client, METHODS)

    rows = [ShippingMethod(code=f"m{each}", name="M", market=market, price=1) for each in range(9)]
    ShippingMethod.objects.bulk_create(rows)
    long = cost(client, METHODS)

    assert long == short
