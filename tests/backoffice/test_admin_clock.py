"""The shop's clock: what staff type and read in the admin is in the store's time zone; the API speaks UTC."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from shop.orders.models import Order
from shop.promotions.models import Promotion
from shop.stores.models import Store
from tests.admins import errors, root
from tests.checkout.storefront_client import open_shop, sell, shopper
from tests.payments.conftest import bank
from tests.payments.gateways import Watched

pytestmark = pytest.mark.django_db

__all__ = ["bank"]

PROMOTIONS = "/admin/promotions/promotion/"


@pytest.fixture
def shopkeeper() -> Client:
    """Somebody whose store is in New York."""
    open_shop()
    Store.objects.update(timezone="America/New_York")
    return root()


def promote(client: Client, day: str, time: str) -> object:
    sent = {"name": "Winter", "percent": "20", "is_active": "on", "starts_at_0": day, "starts_at_1": time}
    return client.post(f"{PROMOTIONS}add/", sent)


def test_a_promotion_starts_at_the_stores_midnight(shopkeeper: Client) -> None:
    asked = shopkeeper.get(f"{PROMOTIONS}add/").content.decode()

    promote(shopkeeper, "2026-12-01", "00:00")

    found = Promotion.objects.get()
    shown = shopkeeper.get(f"{PROMOTIONS}{found.pk}/change/").content.decode()
    assert found.starts_at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert asked.count("Time in America/New_York.") == 2
    assert ('value="2026-12-01"' in shown, 'value="00:00:00"' in shown) == (True, True)
    assert "1 Dec 2026, 00:00" in shopkeeper.get(PROMOTIONS).content.decode()


def test_orders_are_listed_with_the_stores_time_and_its_zone(shopkeeper: Client, bank: Watched) -> None:
    shopper(sell()).ready().complete("", method="manual")
    Order.objects.update(placed_at=datetime(2026, 11, 29, 20, 27, tzinfo=UTC))

    pages = [
        shopkeeper.get(path).content.decode()
        for path in ("/admin/orders/order/", f"/admin/orders/order/{Order.objects.get().pk}/change/")
    ]

    assert ["29 Nov 2026, 15:27" in each for each in pages] == [True, True]
    assert ["All times are in the store's time zone, America/New_York." in each for each in pages] == [True, True]


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-03-08", "02:30", "go forward then: there is no 02:30 on 8 Mar 2026"),
        ("2026-11-01", "01:30", "go back then: 01:30 happens twice on 1 Nov 2026"),
        ("1026-11-01", "00:00", "Enter a year from 1900 to 9998."),
    ],
)
def test_a_time_that_the_clocks_do_not_show_once_is_refused(shopkeeper: Client, day: str, time: str, said: str) -> None:
    answer = promote(shopkeeper, day, time)

    assert said in errors(answer)["starts_at"][0]
    assert Promotion.objects.count() == 0


def test_the_clock_is_the_pages_alone(shopkeeper: Client) -> None:
    page = shopkeeper.get(PROMOTIONS)

    assert (page.status_code, timezone.get_current_timezone_name()) == (200, "UTC")
