"""Orders in the admin: looked at, cancelled and marked as paid, never written."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Cancellation, Order
from shop.orders.search import index
from shop.payments import operations as payments
from shop.payments.models import Bill, Payment
from shop.platform.actors import Actor
from shop.platform.clock import now
from shop.platform.models import OutboxEvent
from shop.platform.records import WrongState
from tests.admins import clerk, cost, root, said
from tests.checkout.storefront_client import level, open_shop, sell, shopper
from tests.payments.conftest import bank
from tests.payments.gateways import Watched

pytestmark = pytest.mark.django_db

__all__ = ["bank"]

KOLN = {"first_name": "Ada", "last_name": "Lovelace", "city": "Köln", "country": "DE"}
ORDERS = "/admin/orders/order/"
TODAY = f"{now():%Y-%m-%d}"
DAY = f"{now().day} {now():%b %Y}"


@pytest.fixture
def mug(bank: Watched) -> Variant:
    open_shop()
    return sell()


def buy(variant: Variant, *, key: str = "key-1") -> Order:
    """Somebody has bought one, to be paid by bank transfer."""
    seen = shopper(variant).ready().complete("", method="manual", key=key)
    assert seen.status in (200, 201), seen.body
    return Order.objects.latest("id")


def pay(order: Order) -> Order:
    """The order's money has come."""
    orders.mark_paid(order, actor=Actor())
    return order


def press(client: Client, order: Order, button: str, **answers: Any) -> Any:
    return client.post(f"{ORDERS}{order.pk}/press/{button}/", answers)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_the_page_shows_the_whole_order(mug: Variant) -> None:
    order = pay(buy(mug))

    page = root().get(f"{ORDERS}{order.pk}/change/").content.decode()

    shown = [str(order.number), "guest@example.com", "Mug", "€19.99", "€4.90", "€24.89", "Unter den Linden 1",
             "captured", "reserved", "The order was placed"]  # fmt: skip
    assert [each for each in shown if each not in page] == []


def test_an_offline_order_is_marked_as_paid(mug: Variant) -> None:
    order, client = buy(mug), root()
    before = (order.payment_status, order.expires_at is None)

    answer = press(client, order, "mark-paid", received_on=TODAY, reference="2026-117")

    after = fresh(order)
    assert (before, answer.status_code) == (("unpaid", False), 302)
    assert (after.payment_status, after.expires_at, after.version) == ("paid", None, order.version + 1)
    assert Bill.objects.values_list("status", "captured").get() == ("covered", order.total)
    assert Payment.objects.get().status == "captured"
    told, page = OutboxEvent.objects.get(name="order.marked_paid").payload, said(client, answer)
    assert (told["number"], told["received_on"], told["reference"]) == (order.number, TODAY, "2026-117")
    assert f"Marked as paid: by root@example.com, received on {DAY}, reference 2026-117" in page
    assert "press/mark-paid/" not in page


def test_marking_it_twice_changes_nothing_more(mug: Variant) -> None:
    order, client = buy(mug), root()
    press(client, order, "mark-paid", received_on=TODAY)
    before = Order.objects.values().get()

    again = press(client, order, "mark-paid", received_on=TODAY)

    assert "This order is paid already." in said(client, again)
    assert Order.objects.values().get() == before
    assert OutboxEvent.objects.filter(name="order.marked_paid").count() == 1


@pytest.mark.parametrize("day", ["", "2199-01-01", "1999-01-01", "yesterday", "\x00"])
def test_asking_whether_it_is_paid_changes_nothing(mug: Variant, day: str) -> None:
    order, client = buy(mug), root()

    asked = client.get(f"{ORDERS}{order.pk}/press/mark-paid/")
    wrong = press(client, order, "mark-paid", received_on=day)

    assert (asked.status_code, wrong.status_code) == (200, 200)
    assert list(wrong.context["form"].errors) == ["received_on"]
    assert (fresh(order).payment_status, Bill.objects.get().captured) == ("unpaid", 0)


def test_an_order_is_cancelled_with_its_reason(mug: Variant) -> None:
    order, client = buy(mug), root()
    asked = client.get(f"{ORDERS}{order.pk}/press/cancel/")

    answer = press(client, order, "cancel", reason="no longer wanted")

    why = Cancellation.objects.get()
    assert (asked.status_code, answer.status_code) == (200, 302)
    assert (fresh(order).status, why.reason, str(why.actor)) == ("cancelled", "no longer wanted", "root@example.com")
    assert level(mug) == (10, 0, 0)
    assert "no longer wanted" in said(client, answer)


def test_an_order_leads_to_its_refund(mug: Variant) -> None:
    order = pay(buy(mug))
    refund = payments.refund(Payment.objects.get(), amount=Money(order.total, "EUR"))

    pages = [each.get(f"{ORDERS}{order.pk}/change/").content.decode() for each in (root(), clerk("orders.view_order"))]

    assert ["requested" in each for each in pages] == [True, True]
    assert [f"/admin/payments/refund/{refund.pk}/change/" in each for each in pages] == [True, False]


def test_asking_whether_to_cancel_cancels_nothing(mug: Variant) -> None:
    order, client = buy(mug), root()

    asked = client.get(f"{ORDERS}{order.pk}/press/cancel/")
    unsaid = press(client, order, "cancel", reason="")
    wrong = press(client, order, "cancel", reason="\x00")

    assert (asked.status_code, unsaid.status_code, wrong.status_code) == (200, 200, 200)
    assert [list(each.context["form"].errors) for each in (unsaid, wrong)] == [["reason"], ["reason"]]
    assert (fresh(order).status, level(mug)) == ("placed", (10, 0, 1))


@pytest.mark.parametrize(("button", "sent"), [("cancel", {"reason": "late"}), ("mark-paid", {"received_on": TODAY})])
def test_what_the_state_forbids_is_a_message(mug: Variant, button: str, sent: dict[str, str]) -> None:
    order, client = buy(mug), root()
    Order.objects.update(status="expired")
    before = Order.objects.values().get()

    answer = press(client, order, button, **sent)

    assert answer.status_code == 302
    assert "The current state does not allow this." in said(client, answer)
    assert Order.objects.values().get() == before


def test_an_order_that_a_gateway_collects_is_not_marked_by_hand(mug: Variant) -> None:
    order = buy(mug)
    Payment.objects.update(method="test", provider="test")

    with pytest.raises(WrongState):
        orders.mark_paid(order, actor=Actor())

    assert (fresh(order).payment_status, Bill.objects.get().captured) == ("unpaid", 0)


@pytest.mark.parametrize(
    ("button", "permission", "other"),
    [("cancel", "orders.cancel_order", "orders.mark_paid"), ("mark-paid", "orders.mark_paid", "orders.cancel_order")],
)
def test_each_button_takes_its_own_permission(mug: Variant, button: str, permission: str, other: str) -> None:
    order, staff = buy(mug), clerk("orders.view_order", other)

    answer = press(staff, order, button, reason="late")
    shown = staff.get(f"{ORDERS}{order.pk}/change/").content.decode()

    assert answer.status_code == 403
    assert f"press/{button}/" not in shown
    assert (fresh(order).status, fresh(order).payment_status) == ("placed", "unpaid")
    assert permission != other


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_nobody_writes_an_order(mug: Variant, path: str) -> None:
    order = buy(mug)

    answer = root().post(ORDERS + path.format(pk=order.pk), {"number": "X", "status": "completed", "post": "yes"})

    assert answer.status_code == 403
    assert (fresh(order).number, fresh(order).status) == (order.number, "placed")


@pytest.mark.parametrize("path", ["{pk}/press/nonsense/", "nonsense/press/cancel/", "%00/press/cancel/"])
def test_no_address_is_an_error_of_the_server(mug: Variant, path: str) -> None:
    order = buy(mug)

    answer = root().post(ORDERS + path.format(pk=order.pk))

    assert answer.status_code in (404, 400)


def listed(client: Client, query: str) -> list[str]:
    """The numbers of the orders that a list shows."""
    answer = client.get(f"{ORDERS}?{query}")
    assert answer.status_code == 200
    return [each.number for each in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    "text",
    ["K7MQ2-9XWTA", "k7mq2 9xwta", "k7mq29xwta", "K7MQ2", "lovelace", "LOVELACE Ada", "guest@example", "ESP-CHAL",
     "koln", "Köln", "ada köln"],
)  # fmt: skip
def test_orders_are_found_by_number_name_email_sku_and_city(mug: Variant, text: str) -> None:
    Variant.objects.filter(pk=mug.pk).update(sku="ESP-CHAL")
    order = buy(mug)
    other = buy(sell("cup", sku="CUP-1"), key="key-2")
    Order.objects.filter(pk=order.pk).update(number="K7MQ2-9XWTA", search_text="", shipping_address=KOLN)
    Order.objects.filter(pk=other.pk).update(number="ZZZZZ-ZZZZZ", search_text="eve@example.com eve bremen")

    index()

    assert listed(root(), f"q={quote(text)}") == ["K7MQ2-9XWTA"]


def test_an_order_can_be_found_from_its_first_moment(mug: Variant) -> None:
    order, client = buy(mug), root()

    assert order.search_text == "guest@example.com ada lovelace berlin"
    assert (listed(client, "q=berlin"), listed(client, "q=hamburg")) == ([order.number], [])


def test_failed_tries_are_behind_a_filter(mug: Variant) -> None:
    placed, tried = buy(mug), buy(mug, key="key-2")
    Order.objects.filter(pk=tried.pk).update(status="cancelled", number=None, placed_at=None)
    client = root()

    assert listed(client, "") == [placed.number]
    assert listed(client, "placed=no") == [None]
    assert sorted(map(str, listed(client, "placed=all"))) == sorted([str(placed.number), "None"])


MONEY_LISTS = ["bill", "payment", "refund"]


@pytest.mark.parametrize("model", MONEY_LISTS)
def test_money_names_its_order_and_customer_to_whoever_may_see_orders(mug: Variant, model: str) -> None:
    order = pay(buy(mug))
    payments.refund(Payment.objects.get(), amount=Money(1690, "EUR"))
    client, teller = root(), clerk("payments.view_bill", "payments.view_payment", "payments.view_refund")
    path = f"/admin/payments/{model}/"

    shown = client.get(f"{path}?q={order.number}").content.decode()
    hidden = teller.get(path).content.decode()

    link = f"{ORDERS}{order.pk}/change/"
    assert (link in shown, str(order.number) in shown, order.email in shown) == (True, True, True)
    assert (link in hidden, str(order.number) in hidden, order.email in hidden) == (False, False, False)
    assert link not in client.get(f"{path}?q=nobody").content.decode()


def test_the_page_of_a_payment_has_a_title_and_leads_to_its_order(mug: Variant) -> None:
    order = pay(buy(mug))

    page = root().get(f"/admin/payments/payment/{Payment.objects.get().pk}/change/").content.decode()

    assert f"Payment of €24.89 for order {order.number}" in page
    assert f"{ORDERS}{order.pk}/change/" in page


def test_an_order_by_bank_transfer_says_so_on_its_page(mug: Variant) -> None:
    order = buy(mug)

    order_page = root().get(f"{ORDERS}{order.pk}/change/").context["order_page"]

    assert [each["how"] for each in order_page["money"]] == ["Bank transfer"]


def test_payments_are_listed_and_filtered_by_the_names_of_their_methods(mug: Variant) -> None:
    buy(mug)
    client = root()

    answer = client.get("/admin/payments/payment/?method=manual&provider=manual&_facets=True")
    other = client.get("/admin/payments/payment/?method=test")

    page, changelist = answer.content.decode(), answer.context["cl"]
    choices = {
        spec.title: [choice["display"] for choice in spec.choices(changelist)] for spec in changelist.filter_specs
    }
    assert (choices["provider"], choices["method"]) == (["All", "Bank transfer (1)"], ["All", "Bank transfer (1)"])
    assert (">Bank transfer<" in page, ">manual<" in page) == (True, False)
    assert (changelist.result_count, other.context["cl"].result_count) == (1, 0)


def test_the_pages_of_a_payment_and_of_its_summary_name_the_method(mug: Variant) -> None:
    order = buy(mug)
    client, payment = root(), Payment.objects.get()

    page = client.get(f"/admin/payments/payment/{payment.pk}/change/").content.decode()
    summary = client.get(f"/admin/payments/bill/{order.bill_id}/change/").content.decode()

    assert ("Bank transfer" in page, "manual" in page) == (True, False)
    assert ("Bank transfer" in summary, "manual" in summary) == (True, False)


def test_a_method_that_is_not_offered_any_more_is_called_by_its_code(mug: Variant) -> None:
    order = buy(mug)
    Payment.objects.update(method="old_bank", provider="old_bank")
    client = root()

    order_page = client.get(f"{ORDERS}{order.pk}/change/").context["order_page"]
    listed_ones = client.get("/admin/payments/payment/?method=old_bank")

    assert [each["how"] for each in order_page["money"]] == ["old_bank"]
    assert (listed_ones.status_code, "old_bank" in listed_ones.content.decode()) == (200, True)


def test_the_search_of_every_page_finds_orders_products_and_people(mug: Variant) -> None:
    order = buy(mug)
    client, clerk_of_products = root(), clerk("catalog.view_product")

    found = client.get(f"/admin/search/?extended=1&s={order.number}").content.decode()
    products = client.get("/admin/search/?extended=1&s=mug").content.decode()
    nothing = clerk_of_products.get(f"/admin/search/?extended=1&s={order.number}").content.decode()

    link = f"{ORDERS}{order.pk}/change/"
    assert (link in found, link in nothing) == (True, False)
    assert f"/admin/catalog/product/{mug.product_id}/change/" in products


LISTS = [
    ORDERS,
    f"{ORDERS}?q=guest&status__exact=placed&payment_status__exact=unpaid",
    "/admin/payments/bill/",
    "/admin/payments/payment/",
    "/admin/checkout/cart/",
]


def test_a_list_costs_the_same_however_long_it_is(mug: Variant) -> None:
    client = root()
    pay(buy(mug))
    short = {path: cost(client, path) for path in LISTS}

    more = [pay(buy(mug, key=f"key-{each}")) for each in range(2, 6)]
    long = {path: cost(client, path) for path in LISTS}

    assert (long, len(more)) == (short, 4)


def test_the_page_costs_the_same_however_many_lines_there_are(mug: Variant) -> None:
    client = root()
    one = buy(mug)
    short = cost(client, f"{ORDERS}{one.pk}/change/")

    shopper(mug, *[sell(f"mug-{each}") for each in range(5)]).ready().complete("", method="manual", key="key-2")
    long = cost(client, f"{ORDERS}{Order.objects.latest('id').pk}/change/")

    assert long == short


def test_a_carts_key_is_shown_to_nobody(mug: Variant) -> None:
    bought = shopper(mug)
    cart, client = Cart.objects.get(), root()

    pages = [client.get("/admin/checkout/cart/"), client.get(f"/admin/checkout/cart/{cart.pk}/change/")]

    shown = "".join(page.content.decode() for page in pages)
    assert [page.status_code for page in pages] == [200, 200]
    assert (bought.cart_id in shown, cart.digest in shown, "secret" in shown) == (False, False, False)
