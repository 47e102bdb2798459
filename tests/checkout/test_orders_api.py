"""Orders over HTTP: whose they are, by whose token, for how long, and page by page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Product, Variant
from shop.catalog.operations.products import write_all
from shop.inventory import operations as inventory
from shop.kernel.money import Money
from shop.orders.models import Cancellation, Order, OrderLine
from shop.platform.clock import now
from shop.pricing import operations as pricing
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import outside, sell, shopper

FRONT, SMALL = "https://pictures.example/front.png", "https://pictures.example/small.png"
SIZES = {"S": SMALL, "M": SMALL, "L": ""}
NOT_FOUND = (404, "not_found", None)


@pytest.fixture
def ada(market: Market) -> Visitor:
    account()
    return login(Visitor())


def buy(*variants: Variant, visitor: Visitor | None = None) -> Seen:
    shopping = shopper(*variants, visitor=visitor).ready()
    seen = shopping.complete(key=shopping.cart_id)
    assert seen.status == 201, seen.body
    return seen


def with_token(token: object) -> Visitor:
    return Visitor(headers={"X-Order-Token": str(token)})


def test_a_guest_sees_the_order_with_its_token_and_nobody_without(mug: Variant) -> None:
    placed, other = buy(mug), buy(mug)
    path, token = f"/orders/{placed.data['id']}", placed.data["order_token"]

    seen = with_token(token).get(path)
    others = [
        Visitor().get(path),
        with_token("sot_nonsense").get(path),
        with_token(other.data["order_token"]).get(path),
    ]

    assert (seen.status, seen.data["number"]) == (200, placed.data["number"])
    assert {each.refusal for each in others} == {NOT_FOUND}


def test_what_is_shown_is_what_completing_answered(mug: Variant) -> None:
    placed = buy(mug)

    seen = with_token(placed.data["order_token"]).get(f"/orders/{placed.data['id']}")

    assert {**seen.data, "order_token": placed.data["order_token"]} == placed.data
    assert seen.headers["ETag"] == placed.headers["ETag"]


@pytest.fixture
def shirts(market: Market) -> list[Variant]:
    """Two that share a picture of their own, and one that has but the product's."""
    draft = ProductDraft(
        slug="shirt",
        name="Shirt",
        status=Product.Status.ACTIVE,
        published_at=now() - timedelta(minutes=1),
        options={"Size": ["S", "M", "L"]},
        variants=tuple(VariantDraft(options={"Size": size}, image=image) for size, image in SIZES.items()),
        images=(
            ImageDraft(url=FRONT, alt="Front", width=800, height=600),
            ImageDraft(url=SMALL),
        ),
    )
    [written] = write_all([draft])
    for each in written.variants:
        pricing.set_price(each.pk, Money(1999, "EUR"))
        inventory.take_stock({each.pk: 10})
    return list(written.variants)


def test_an_order_is_cancelled_without_a_word(mug: Variant) -> None:
    placed = buy(mug)
    headers = {"HTTP_X_ORDER_TOKEN": placed.data["order_token"]}

    seen = Client().post(f"/api/v1/orders/{placed.data['id']}/cancel", data=b"", content_type="", **headers)

    assert (seen.status_code, seen.json()["data"]["status"]) == (200, "cancelled")
    assert Cancellation.objects.get().reason == ""


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{}", "text/plain", "unsupported_media_type"),
        (b"{", "application/json", "invalid_json"),
        (b" ", "application/json", "invalid_json"),
        (b"null", "application/json", "invalid_type"),
    ],
)
def test_what_is_no_object_is_not_taken_for_nothing(mug: Variant, body: bytes, kind: str, code: str) -> None:
    placed = buy(mug)
    headers = {"HTTP_X_ORDER_TOKEN": placed.data["order_token"]}

    seen = Client().post(f"/api/v1/orders/{placed.data['id']}/cancel", data=body, content_type=kind, **headers)

    assert seen.json()["errors"][0]["code"] == code
    assert (Order.objects.get().status, Cancellation.objects.count()) == ("placed", 0)


def test_a_line_shows_its_picture_as_its_product_does(shirts: list[Variant]) -> None:
    small, middle, large = shirts
    ada = shopper(small, large).ready()
    [image, front] = Visitor().get("/products/shirt").data["images"][::-1]

    cart = ada.cart()
    placed = ada.complete()

    assert [each["product"]["image"] for each in cart["lines"]] == [image, front]
    assert [each["product"]["image"] for each in placed.data["lines"]] == [image, front]
    assert (image["url"], image["alt"]) == (SMALL, None)
    assert (front["alt"], front["width"], front["height"]) == ("Front", 800, 600)
    assert (image["variant_ids"], front["variant_ids"]) == ([outside(small), outside(middle)], [])


def test_an_order_that_kept_a_pictures_address_alone_can_be_read(shirts: list[Variant]) -> None:
    placed = buy(shirts[2])
    OrderLine.objects.update(image=None)

    [line] = with_token(placed.data["order_token"]).get(f"/orders/{placed.data['id']}").data["lines"]

    assert line["product"]["image"] == {
        "id": None,
        "url": FRONT,
        "alt": None,
        "width": None,
        "height": None,
        "variant_ids": [],
        "srcset": None,
    }


def test_a_line_has_every_name_that_it_had_in_the_cart(mug: Variant) -> None:
    shopping = shopper(mug).ready()
    [in_cart] = shopping.cart()["lines"]

    [ordered] = shopping.complete().data["lines"]

    assert set(ordered) - set(in_cart) == {"fulfilled_quantity", "returned_quantity", "refunded_quantity"}
    assert set(in_cart) - set(ordered) == set()
    assert ordered["notices"] == []


def test_a_token_lives_ninety_days(mug: Variant) -> None:
    placed = buy(mug)
    path, guest = f"/orders/{placed.data['id']}", with_token(placed.data["order_token"])

    with time_machine.travel(now() + timedelta(days=89)):
        before = guest.get(path).status
    with time_machine.travel(now() + timedelta(days=91)):
        after = [guest.get(path), guest.post(f"{path}/cancel")]

    assert (before, {each.refusal for each in after}) == (200, {NOT_FOUND})
    assert Order.objects.get().status == "placed"


def test_tokens_are_kept_as_digests(mug: Variant) -> None:
    token = buy(mug).data["order_token"]

    order = Order.objects.get()

    assert (token[:4], len(token)) == ("sot_", 4 + 43)
    assert token not in (order.token_digest, bytes(order.token_secret or b"").decode("latin-1"))


def test_a_customers_order_is_his_alone_and_has_no_token(mug: Variant, ada: Visitor) -> None:
    account("eve@example.com")
    placed = buy(mug, visitor=ada)
    path = f"/orders/{placed.data['id']}"

    mine, eves, nobodys = ada.get(path), login(Visitor(), "eve@example.com").get(path), Visitor().get(path)

    assert (placed.data["order_token"], mine.status) == (None, 200)
    assert (eves.refusal, nobodys.refusal) == (NOT_FOUND, NOT_FOUND)


@pytest.mark.parametrize("order_id", ["ord_00000000000000000000000000", "crt_00000000000000000000000000", "1", "%00"])
def test_an_id_of_no_order_is_not_found(mug: Variant, ada: Visitor, order_id: str) -> None:
    buy(mug, visitor=ada)

    seen = [ada.get(f"/orders/{order_id}"), ada.post(f"/orders/{order_id}/cancel")]

    assert {each.refusal for each in seen} == {NOT_FOUND}
    assert Order.objects.get().status == "placed"


def test_only_who_may_see_an_order_may_cancel_it(mug: Variant, ada: Visitor) -> None:
    account("eve@example.com")
    path = f"/orders/{buy(mug, visitor=ada).data['id']}/cancel"

    refused = [login(Visitor(), "eve@example.com").post(path), Visitor().post(path)]
    before = Order.objects.get().status
    cancelled = ada.post(path, reason="Changed my mind")

    assert ({each.refusal for each in refused}, before) == ({NOT_FOUND}, "placed")
    assert (cancelled.data["status"], cancelled.data["payment_status"]) == ("cancelled", "refunded")
    assert Order.objects.get().cancellation.reason == "Changed my mind"


def test_an_order_that_waits_for_its_payment_can_not_be_cancelled(mug: Variant) -> None:
    waiting = shopper(mug).ready().complete("tok_3ds", return_url="http://localhost:3000/done")
    path = f"/orders/{waiting.data['order_id']}"

    guest = with_token(waiting.data["order_token"])
    cancelled, seen = guest.post(f"{path}/cancel"), guest.get(path)

    assert (cancelled.status, cancelled.code) == (409, "invalid_transition")
    assert (seen.data["status"], seen.data["number"], seen.data["payment_status"]) == (
        "pending_payment",
        None,
        "unpaid",
    )


def test_what_was_shipped_can_not_be_cancelled(mug: Variant) -> None:
    placed = buy(mug)
    Order.objects.update(fulfillment_status="partially_fulfilled")

    seen = with_token(placed.data["order_token"]).post(f"/orders/{placed.data['id']}/cancel")

    assert (seen.status, seen.code) == (409, "invalid_transition")
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("placed", "paid")


def orders_of(ada: Visitor, path: str) -> tuple[list[str], str | None]:
    seen = ada.get(path)
    assert seen.status == 200, seen.body
    return [each["number"] for each in seen.data], seen.body["meta"]["pagination"]["next"]


def test_a_customer_pages_through_his_orders_newest_first(market: Market, ada: Visitor) -> None:
    mug = sell(stock=100)
    numbers = [buy(mug, visitor=ada).data["number"] for _ in range(5)]
    waiting = shopper(mug, visitor=ada).ready().complete("tok_3ds", return_url="http://localhost:3000/done")
    others = buy(mug)

    first, after_first = orders_of(ada, "/me/orders?limit=2")
    second, after_second = orders_of(ada, f"/me/orders?limit=2&cursor={after_first}")
    third, after_third = orders_of(ada, f"/me/orders?limit=2&cursor={after_second}")

    assert (waiting.status, others.status) == (202, 201)
    assert [*first, *second, *third] == numbers[::-1]
    assert (after_first is None, after_third) == (False, None)


def test_another_customers_cursor_is_refused(market: Market, ada: Visitor) -> None:
    mug = sell(stock=100)
    account("eve@example.com")
    eve = login(Visitor(), "eve@example.com")
    assert [buy(mug, visitor=each).status for each in (ada, ada, eve, eve)] == [201] * 4
    _, cursor = orders_of(ada, "/me/orders?limit=1")

    seen = eve.get(f"/me/orders?limit=1&cursor={cursor}")

    assert (seen.status, seen.code) == (400, "invalid_cursor")


def test_orders_of_a_guest_are_nobodys_list(mug: Variant, ada: Visitor) -> None:
    buy(mug)

    assert orders_of(ada, "/me/orders") == ([], None)
    assert Visitor().get("/me/orders").status == 401
