"""Orders as staff sees them: everybody's, with what shipping needs, found, sorted, a page at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.kernel.ids import Prefix, public, uuid7
from shop.orders.models import Order, OrderLine
from tests.accounts.visitor import EMAIL, STAFF, Visitor, account, login, login_as_staff
from tests.checkout.storefront_client import ADDRESS
from tests.contracts import factories

pytestmark = pytest.mark.django_db

ORDERS = "/admin/orders"
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(db: None) -> Visitor:
    """Grace, who may read orders, at the admin API."""
    grace = account(STAFF, first_name="Grace", is_staff=True)
    grace.user_permissions.add(Permission.objects.get(codename="view_order"))
    return login_as_staff(Visitor())


@pytest.fixture
def ada(db: None) -> User:
    return account()


@pytest.fixture
def orders(ada: User) -> dict[str, Order]:
    """Ada's order, a guest's, and one that waits for its payment; they were made a day after each other."""
    made = {"adas": factories.order(ada), "guests": factories.order(None), "waiting": factories.order(None)}
    apart(made)
    change(made["guests"], number="K7MQ2-9XWTA", fulfillment_status="fulfilled")
    change(
        made["waiting"],
        status="pending_payment",
        payment_status="unpaid",
        placed_at=None,
        number=None,
        email="eve@example.com",
        email_key="eve@example.com",
    )
    OrderLine.objects.filter(order=made["guests"]).update(sku="MUG-1")
    return made


def apart(orders: dict[str, Order]) -> None:
    """Each order was made and placed, and has changed, a day after the one before."""
    for days, each in enumerate(orders.values()):
        at = FIRST + timedelta(days=days)
        change(each, created_at=at, placed_at=at, updated_at=at)


def change(order: Order, **values: Any) -> None:
    Order.objects.filter(pk=order.pk).update(**values)


def shown_id(order: Order) -> str:
    return public(Prefix.ORDER, order.pk)


def names(data: Any, orders: dict[str, Order]) -> list[str]:
    by_id = {shown_id(order): name for name, order in orders.items()}
    return [by_id[each["id"]] for each in data]


def test_an_order_is_what_its_customer_sees_and_what_staff_needs(
    desk: Visitor, ada: User, orders: dict[str, Order]
) -> None:
    order = shown_id(orders["adas"])
    customers = login(Visitor()).get(f"/orders/{order}")

    seen = desk.get(f"{ORDERS}/{order}")

    assert (seen.status, seen.headers["ETag"]) == (200, customers.headers["ETag"])
    assert seen.body["meta"]["context"] == customers.body["meta"]["context"]
    assert seen.data == customers.data | {
        "customer_id": public(Prefix.USER, ada.pk),
        "market": "eu",
        "country": "DE",
        "locale": "en",
        "prices_include_tax": True,
        "payment_method": "test",
    }
    assert seen.data["shipping_address"]["line1"] == ADDRESS["line1"]


def test_an_order_of_a_guest_has_no_customer(desk: Visitor, orders: dict[str, Order]) -> None:
    seen = desk.get(f"{ORDERS}/{shown_id(orders['guests'])}")

    assert (seen.status, seen.data["customer_id"]) == (200, None)


def test_an_order_that_does_not_exist_is_not_found(desk: Visitor, orders: dict[str, Order]) -> None:
    seen = desk.get(f"{ORDERS}/{public(Prefix.ORDER, uuid7())}")

    assert seen.refusal == (404, "not_found", None)


def test_whoever_may_read_orders_reads_no_customers(desk: Visitor, ada: User, orders: dict[str, Order]) -> None:
    seen = desk.get(f"/admin/customers/{public(Prefix.USER, ada.pk)}")

    assert (seen.refusal, seen.data) == ((403, "forbidden", None), None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["waiting", "guests", "adas"]),
        ("?status=placed", ["guests", "adas"]),
        ("?status=placed&status=pending_payment", ["waiting", "guests", "adas"]),
        ("?payment_status=unpaid", ["waiting"]),
        ("?payment_status=paid", ["guests", "adas"]),
        ("?fulfillment_status=fulfilled", ["guests"]),
        ("?number=K7MQ2-9XWTA", ["guests"]),
        ("?number=k7mq29xwta", ["guests"]),
        ("?number=k7mq2", []),
        ("?number=_", []),
        (f"?email={EMAIL.upper()}", ["adas"]),
        ("?email=eve@example.com", ["waiting"]),
        ("?email=eve", []),
        ("?sku=MUG-1", ["guests"]),
        ("?sku=mug-1", []),
        ("?sku=MUG-1&sku=mug-1", ["guests"]),
        ("?q=k7m", ["guests"]),
        (f"?q={EMAIL}", ["adas"]),
        ("?placed_since=2026-11-02T12:00:00Z", ["guests"]),
        ("?placed_before=2026-11-02T12:00:00Z", ["adas"]),
        ("?placed_since=2026-11-01T12:00:00Z&placed_before=2026-11-02T12:00:00Z", ["adas"]),
        ("?created_since=2026-11-02T12:00:00Z", ["waiting", "guests"]),
        ("?created_before=2026-11-02T12:00:00Z", ["adas"]),
        ("?updated_since=2026-11-03T12:00:00Z", ["waiting"]),
        ("?status=placed&sku=MUG-1", ["guests"]),
        ("?sort=created_at", ["adas", "guests", "waiting"]),
        ("?sort=-updated_at", ["waiting", "guests", "adas"]),
    ],
)
def test_filters_and_sorts(desk: Visitor, orders: dict[str, Order], query: str, expected: list[str]) -> None:
    seen = desk.get(f"{ORDERS}{query}")

    assert names(seen.data, orders) == expected


def test_orders_of_customers_are_found_by_their_ids(desk: Visitor, ada: User, orders: dict[str, Order]) -> None:
    nobody, adas = public(Prefix.USER, uuid7()), public(Prefix.USER, ada.pk)

    seen = desk.get(f"{ORDERS}?customer={nobody}&customer={adas}")

    assert names(seen.data, orders) == ["adas"]


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("?status=lost", "status", "invalid_choice"),
        ("?customer=ord_01hzxk3v9q8m2n4p6r7s8t9v0w", "customer", "invalid_format"),
        ("?placed_since=2026-11-02", "placed_since", "invalid_format"),
        ("?sort=total", "sort", "invalid_choice"),
        ("?" + "&".join(["sku=a"] * 21), "sku", "too_long"),
    ],
)
def test_what_the_list_can_not_be_asked_is_refused(desk: Visitor, query: str, field: str, reason: str) -> None:
    seen = desk.get(f"{ORDERS}{query}")

    assert seen.refusal == (400, "invalid_parameter", field)
    assert seen.body["errors"][0]["params"]["reason"] == reason


def test_pages_lead_forward_and_back(desk: Visitor, orders: dict[str, Order]) -> None:
    whole = desk.get(ORDERS).data

    first = desk.get(f"{ORDERS}?limit=2&include=total")
    second = desk.get(f"{ORDERS}?limit=2&cursor={first.body['meta']['pagination']['next']}")
    back = desk.get(f"{ORDERS}?limit=2&cursor={second.body['meta']['pagination']['previous']}")

    assert (first.data + second.data, back.data) == (whole, first.data)
    assert (first.body["meta"]["pagination"]["total"], second.body["meta"]["pagination"]["next"]) == (3, None)


def test_a_list_leaves_out_the_metadata_of_lines(desk: Visitor, orders: dict[str, Order]) -> None:
    OrderLine.objects.update(metadata={"engraving": "Ada"})

    listed, order = desk.get(ORDERS).data[-1], desk.get(f"{ORDERS}/{shown_id(orders['adas'])}").data

    assert (listed["lines"][0]["metadata"], order["lines"][0]["metadata"]) == (None, {"engraving": "Ada"})


def test_a_list_costs_the_same_however_long_it_is(desk: Visitor, orders: dict[str, Order]) -> None:
    statements = {limit: cost(desk, f"?limit={limit}") for limit in (1, 3)}

    assert statements == {1: 6, 3: 6}
    assert cost(desk, "?include=total&status=placed&payment_status=paid&q=ada&email=ada@example.com") == 7


def cost(desk: Visitor, query: str) -> int:
    """The statements of a list: one for the session, two for the permissions of staff, one for the orders, one for the
    lines and one for the payments; with refunds one more."""
    with CaptureQueriesContext(connection) as statements:
        assert desk.get(f"{ORDERS}{query}").status == 200
    return len(statements)


def test_whoever_has_an_order_already_is_not_sent_it_again(desk: Visitor, orders: dict[str, Order]) -> None:
    path = f"{ORDERS}/{shown_id(orders['adas'])}"
    tag = desk.get(path).headers["ETag"]

    seen = Visitor(token=desk.token, headers={"If-None-Match": tag}).get(path)

    assert (seen.status, seen.body) == (304, None)
