"""Whatever changes a row gives it another version and another `updated_at`: an ETag that moves with its time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail

from shop.accounts.models import Session, User
from shop.accounts.operations import administration, sessions
from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Brand, Image, Product
from shop.catalog.operations import categories, images, products
from shop.catalog.pictures import Kept
from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders import late
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments import operations as payments
from shop.payments.models import Payment
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform import worker
from shop.platform.actors import ANONYMOUS
from shop.platform.records import Record
from shop.pricing import operations as pricing
from shop.promotions import operations as promotions
from shop.stores import operations as stores
from shop.stores.models import Market
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, PASSWORD, Visitor, account, codes_in, login
from tests.accounts.visitor import code as code_in_mail
from tests.admins import root
from tests.checkout.conftest import bank, market, mug
from tests.checkout.storefront_client import ADDRESS, code, sell, shopper

__all__ = ["bank", "market", "mug"]

MADE = datetime(2026, 1, 1, tzinfo=UTC)
LATER = MADE + timedelta(minutes=4)
RETURN_URL = "http://localhost:3000/done"
FRONT, BACK = "https://pictures.example/front.jpg", "https://pictures.example/back.jpg"

RECORDS: list[Any] = [model for model in apps.get_models() if issubclass(model, Record)]
STAMPS = {"version", "updated_at"}
NOT_VERSIONED = {
    ("DiscountCode", "used"),  # counts redemptions; whoever edits the code is not disturbed by them
    ("User", "last_login"),  # holds the row while a session is opened; no client sees it
    ("Category", "is_visible"),  # whether it is shown at all, worked out from its parents
}

Act = Callable[[], object]
Rows = dict[tuple[str, Any], dict[str, Any]]


def rows() -> Rows:
    """Every record, by its model and id."""
    return {
        (model.__name__, row["id"]): {name: row[name] for name in row if (model.__name__, name) not in NOT_VERSIONED}
        for model in RECORDS
        for row in model._base_manager.values()
    }


def columns_changed(before: Rows, after: Rows) -> list[tuple[str, set[str]]]:
    """The model of each row that was there before and is not the same now, and in which columns."""
    return [
        (model, {name for name, value in row.items() if value != after[model, pk][name]})
        for (model, pk), row in before.items()
        if (model, pk) in after and row != after[model, pk]
    ]


def a_line_is_added() -> Act:
    ada, tee = shopper(sell("cup")), sell("tee")
    return partial(ada.add, tee)


def a_cart_is_patched() -> Act:
    ada = shopper(sell("cup"))
    return partial(ada.visitor.patch, ada.path, note="Ring twice")


def a_code_is_entered() -> Act:
    ada, entered = shopper(sell("cup")), code()
    return partial(ada.visitor.post, f"{ada.path}/codes", code=entered.code)


def a_code_is_removed() -> Act:
    ada, entered = shopper(sell("cup")), code()
    ada.visitor.post(f"{ada.path}/codes", code=entered.code)
    return partial(ada.visitor.delete, f"{ada.path}/codes/{public(Prefix.DISCOUNT_CODE, entered.pk)}")


def a_guests_cart_is_merged() -> Act:
    account()
    ada, tee = login(Visitor()), sell("tee")
    shopper(tee, visitor=ada)
    guest = shopper(tee)
    return partial(ada.post, f"{guest.path}/claim")


def a_cart_is_completed() -> Act:
    return shopper(sell("cup")).ready().complete


def a_card_is_declined() -> Act:
    return partial(shopper(sell("cup")).ready().complete, "tok_declined")


def a_payment_is_confirmed_by_its_shopper() -> Act:
    ada = shopper(sell("cup")).ready()
    total = ada.total()
    ada.complete("tok_3ds", return_url=RETURN_URL)
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    return partial(ada.complete, "tok_3ds", return_url=RETURN_URL, total=total, key="key-2")


def paid() -> Order:
    shopper(sell("cup")).ready().complete()
    worker.drain()
    return Order.objects.get()


def unpaid() -> Order:
    shopper(sell("cup")).ready().complete("", method="manual")
    worker.drain()
    return Order.objects.get()


def an_order_is_cancelled() -> Act:
    return partial(orders.cancel, paid(), actor_id=None)


def an_order_is_marked_paid() -> Act:
    return partial(orders.mark_paid, unpaid(), actor=ANONYMOUS)


def an_address_is_confirmed() -> Act:
    placed = shopper(sell("cup")).ready().complete("", method="manual")
    worker.drain()
    [otp] = codes_in(mail.outbox[-1])
    holder = Visitor(headers={"X-Order-Token": placed.data["order_token"]})
    return partial(holder.post, f"/orders/{placed.data['id']}/confirm-email", otp=otp)


def overdue() -> Order:
    order = unpaid()
    Order.objects.update(expires_at=MADE)
    return order


def an_order_expires() -> Act:
    return partial(orders.expire, overdue())


def money_comes_late() -> Act:
    order = overdue()
    orders.expire(order)
    return partial(late.note_late_payment, order, actor=ANONYMOUS)


def a_part_is_refunded() -> Act:
    paid()
    return partial(payments.refund, Payment.objects.get(), amount=Money(500, "EUR"))


def all_is_refunded() -> Act:
    order = paid()
    return partial(payments.refund, Payment.objects.get(), amount=Money(order.total, "EUR"))


def a_price_is_changed() -> Act:
    return partial(pricing.set_price, sell("cup").pk, Money(2999, "EUR"))


def a_code_is_edited() -> Act:
    edited = code()
    edited.usage_limit = 5
    return partial(promotions.put, edited)


def another_market_is_the_default() -> Act:
    other = Market(code="uk", name="UK", currency="GBP")
    stores.open_market(other)
    return partial(stores.make_default, other)


def payment_instructions_are_given() -> Act:
    return partial(stores.instruct, "IBAN DE02 1203 0000 0000 2020 51")


@pytest.mark.parametrize(
    ("arrange", "models"),
    [
        (a_line_is_added, {"Cart"}),
        (a_cart_is_patched, {"Cart"}),
        (a_code_is_entered, {"Cart"}),
        (a_code_is_removed, {"Cart"}),
        (a_guests_cart_is_merged, {"Cart"}),
        (a_cart_is_completed, {"Cart"}),
        (a_card_is_declined, {"Cart"}),
        (a_payment_is_confirmed_by_its_shopper, {"Bill", "Cart", "Hold", "Order", "Payment"}),
        (an_order_is_cancelled, {"Bill", "Hold", "Order", "Payment"}),
        (an_order_is_marked_paid, {"Bill", "Hold", "Order", "Payment"}),
        (an_address_is_confirmed, {"Hold", "Order"}),
        (an_order_expires, {"Bill", "Hold", "Order", "Payment"}),
        (money_comes_late, {"Bill", "Order"}),
        (a_part_is_refunded, {"Bill"}),
        (all_is_refunded, {"Bill", "Payment"}),
        (a_price_is_changed, {"Price"}),
        (a_code_is_edited, {"DiscountCode"}),
        (another_market_is_the_default, {"Market"}),
        (payment_instructions_are_given, {"Store"}),
    ],
)
@pytest.mark.usefixtures("market")
def test_what_changes_in_the_shop_has_another_version_and_time(arrange: Callable[[], Act], models: set[str]) -> None:
    with time_machine.travel(MADE, tick=False):
        act = arrange()
    before = rows()

    with time_machine.travel(LATER, tick=False):
        act()

    changed = columns_changed(before, rows())
    assert {model for model, _ in changed} == models
    assert [(model, columns) for model, columns in changed if not columns >= STAMPS] == []


def ada() -> Visitor:
    account()
    return login(Visitor())


def a_profile_is_changed() -> Act:
    return partial(ada().patch, "/me", first_name="Augusta")


def two_addresses() -> tuple[Visitor, list[str]]:
    me = ada()
    made = [me.post("/me/addresses", **ADDRESS).data["id"] for _ in range(2)]
    return me, made


def another_address_becomes_the_default() -> Act:
    me, [_, second] = two_addresses()
    return partial(me.patch, f"/me/addresses/{second}", is_default_shipping=True, is_default_billing=True)


def an_address_is_added_as_the_default() -> Act:
    me, _ = two_addresses()
    return partial(me.post, "/me/addresses", **ADDRESS, is_default_shipping=True, is_default_billing=False)


def a_device_is_seen() -> Act:
    me = ada()
    Session.objects.update(last_seen_at=LATER - timedelta(minutes=6))
    return partial(me.get, "/me")


def tokens_are_refreshed() -> Act:
    account()
    pair = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD).data
    return partial(Visitor().post, "/auth/refresh", refresh_token=pair["refresh_token"])


def a_session_is_ended() -> Act:
    ada()
    return partial(sessions.end, [Session.objects.get().pk], because=Session.Ending.LOGOUT)


def a_session_is_revoked() -> Act:
    ada()
    return partial(sessions.revoke, User.objects.get().pk, Session.objects.get().pk)


def a_password_is_changed() -> Act:
    me = ada()
    login(Visitor())
    return partial(me.post, "/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)


def staff_sets_a_password() -> Act:
    ada()
    return partial(administration.set_password, User.objects.get(), OTHER_PASSWORD)


def an_email_is_changed() -> Act:
    me = ada()
    me.post("/me/change-email", new_email="new@example.com", current_password=PASSWORD)
    digits = code_in_mail()
    return partial(me.post, "/me/change-email/confirm", otp=digits)


def an_account_is_closed() -> Act:
    return partial(ada().delete, "/me", current_password=PASSWORD)


def tee(**also: Any) -> ProductDraft:
    values: dict[str, Any] = {
        "slug": "tee",
        "name": "Tee",
        "status": Product.Status.ACTIVE,
        "variants": (VariantDraft(sku="S"),),
        "images": (ImageDraft(url=FRONT), ImageDraft(url=BACK)),
    }
    return ProductDraft(**{**values, **also})


def a_product_is_written() -> Act:
    products.write(tee())
    return partial(products.write, tee(name="Shirt"))


def a_variant_is_written() -> Act:
    products.write(tee())
    return partial(products.write, tee(variants=(VariantDraft(sku="S", barcode="4006381333931"),)))


def a_picture_is_described() -> Act:
    products.write(tee())
    return partial(products.write, tee(images=(ImageDraft(url=FRONT, alt="Front"), ImageDraft(url=BACK))))


def a_picture_is_taken_away() -> Act:
    product = products.write(tee()).product
    last = Image.objects.get(source_url=BACK)
    return partial(products.edit, product, tee(images=(ImageDraft(url=FRONT),)), without_images=[last.pk])


def a_picture_is_fetched() -> Act:
    products.write(tee())
    return partial(images.place, Image.objects.get(source_url=FRONT), Kept("products/front.jpg", 10, 10))


def a_product_is_archived() -> Act:
    return partial(products.archive, products.write(tee()).product)


def a_product_is_unpublished() -> Act:
    return partial(products.unpublish, products.write(tee()).product)


def a_product_is_published() -> Act:
    return partial(products.publish, products.write(tee(status=Product.Status.DRAFT)).product)


def a_product_is_published_at_another_time() -> Act:
    return partial(products.publish, products.write(tee()).product, at=LATER)


def a_product_is_renamed() -> Act:
    return partial(products.rename, products.write(tee()).product, "shirt")


def a_category_is_moved() -> Act:
    clothes, shirts = categories.plant("Clothes"), categories.plant("Shirts")
    categories.plant("Tees", parent=shirts)
    return partial(categories.move, shirts, parent=clothes)


def a_brand_is_edited_in_the_admin() -> Act:
    brand, client = Brand.objects.create(slug="acme", name="Acme"), root()
    return partial(client.post, f"/admin/catalog/brand/{brand.pk}/change/", {"name": "ACME", "slug": "acme"})


@pytest.mark.parametrize(
    ("arrange", "models"),
    [
        (a_profile_is_changed, {"User"}),
        (another_address_becomes_the_default, {"Address"}),
        (an_address_is_added_as_the_default, {"Address"}),
        (a_device_is_seen, {"Session"}),
        (tokens_are_refreshed, {"Session"}),
        (a_session_is_ended, {"Session"}),
        (a_session_is_revoked, {"Session"}),
        (a_password_is_changed, {"Session", "User"}),
        (staff_sets_a_password, {"Session", "User"}),
        (an_email_is_changed, {"User"}),
        (an_account_is_closed, {"Session", "User"}),
        (a_product_is_written, {"Product"}),
        (a_variant_is_written, {"Product", "Variant"}),
        (a_picture_is_described, {"Image", "Product"}),
        (a_picture_is_taken_away, {"Product"}),
        (a_picture_is_fetched, {"Image", "Product"}),
        (a_product_is_archived, {"Product"}),
        (a_product_is_unpublished, {"Product"}),
        (a_product_is_published, {"Product"}),
        (a_product_is_published_at_another_time, {"Product"}),
        (a_product_is_renamed, {"Product"}),
        (a_category_is_moved, {"Category"}),
        (a_brand_is_edited_in_the_admin, {"Brand"}),
    ],
)
@pytest.mark.django_db
def test_what_changes_of_accounts_and_the_catalog_has_another_version_and_time(
    arrange: Callable[[], Act], models: set[str]
) -> None:
    with time_machine.travel(MADE, tick=False):
        act = arrange()
    before = rows()

    with time_machine.travel(LATER, tick=False):
        act()

    changed = columns_changed(before, rows())
    assert {model for model, _ in changed} == models
    assert [(model, columns) for model, columns in changed if not columns >= STAMPS] == []
