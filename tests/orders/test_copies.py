"""An order is a copy: whatever fits where it is copied from fits into the order, on every database."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField

from shop.catalog.drafts import ImageDraft, ProductDraft, VariantDraft
from shop.catalog.models import Product
from shop.catalog.operations.products import write
from shop.checkout.models import Cart
from shop.inventory import operations as inventory
from shop.kernel.money import Money
from shop.orders.models import Cancellation, Order, OrderLine
from shop.platform.clock import now
from shop.pricing import operations as pricing
from shop.promotions.models import Promotion
from shop.shipping.models import ShippingMethod
from shop.stores.models import Market
from shop.tax.models import TaxRate
from tests.accounts.visitor import Visitor
from tests.checkout.conftest import bank, market
from tests.checkout.storefront_client import Shopper, code, outside

__all__ = ["bank", "market"]

COPIES = {
    "checkout.Cart.country": "stores.MarketCountry.country",
    "checkout.Cart.currency": "stores.Market.currency",
    "checkout.Cart.locale": "stores.Market.locale",
    "checkout.Cart.email": "accounts.User.email",
    "orders.Order.email": "checkout.Cart.email",
    "orders.Order.email_key": "accounts.User.email_key",
    "orders.Order.currency": "checkout.Cart.currency",
    "orders.Order.country": "checkout.Cart.country",
    "orders.Order.locale": "checkout.Cart.locale",
    "orders.Order.payment_method": "payments.Payment.method",
    "orders.OrderLine.product_slug": "catalog.Product.slug",
    "orders.OrderLine.product_name": "catalog.Product.name",
    "orders.OrderLine.sku": "catalog.Variant.sku",
    "orders.OrderLine.image_url": "catalog.Image.source_url",
}
OWN = {
    "checkout.Cart.digest",
    "checkout.Cart.last_error",
    "checkout.Cart.status",
    "orders.Order.client_key",
    "orders.Order.completion_key",
    "orders.Order.fulfillment_status",
    "orders.Order.number",
    "orders.Order.payment_status",
    "orders.Order.status",
    "orders.Order.token_digest",
    "orders.OrderLine.name",
    "orders.Cancellation.reason",
}
"""What is made here, or cut to fit, or judged by a test of its own below."""
LONGEST_EMAIL = "a" * 64 + "@" + ".".join(["b" * 62] * 3)
ADDRESS = {
    "first_name": "f" * 100,
    "last_name": "l" * 100,
    "company": "c" * 100,
    "line1": "1" * 200,
    "line2": "2" * 200,
    "city": "t" * 100,
    "postal_code": "10117",
    "state": "s" * 100,
    "country": "DE",
    "phone": "+4930901820",
}
OPTIONS = {letter * 255: letter.upper() * 255 for letter in "xyz"}


def room(column: str) -> int:
    """How many characters a column holds, as "app.Model.field"."""
    app, model, name = column.split(".")
    field = apps.get_model(app, model)._meta.get_field(name)
    assert isinstance(field, CharField)
    assert field.max_length is not None
    return field.max_length


def limited(model: type[Model]) -> Iterator[str]:
    """The model's texts that have a longest length."""
    for column in model._meta.concrete_fields:
        if isinstance(column, CharField) and column.max_length is not None:
            yield f"{model._meta.label}.{column.name}"


@pytest.mark.parametrize(("copy", "source"), COPIES.items())
def test_a_copy_has_room_for_whatever_its_source_holds(copy: str, source: str) -> None:
    assert room(copy) >= room(source)


def test_no_column_is_forgotten() -> None:
    columns = {each for model in (Cart, Order, OrderLine, Cancellation) for each in limited(model)}

    assert columns == COPIES.keys() | OWN


def test_names_of_other_things_are_copied_without_a_limit() -> None:
    fields = [Order._meta.get_field(name) for name in ("shipping_address", "shipping_method", "codes", "note")]

    assert [type(each) for each in fields] == [JSONField, JSONField, JSONField, TextField]


@pytest.fixture
def shopper(market: Market) -> Shopper:
    """Somebody with a cart in which every text is as long as it may be."""
    ShippingMethod.objects.update(code="m" * 50, name="M" * 100)
    TaxRate.objects.update(name="V" * 50)
    code("W" * 50)
    Promotion.objects.update(name="P" * 100)
    draft = ProductDraft(
        slug="s" * 255,
        name="N" * 255,
        status=Product.Status.ACTIVE,
        published_at=now() - timedelta(minutes=1),
        options={name: [value] for name, value in OPTIONS.items()},
        variants=(VariantDraft(options=OPTIONS, sku="K" * 255),),
        images=(ImageDraft(url="https://example.com/" + "i" * 980),),
    )
    [variant] = write(draft).variants
    pricing.set_price(variant.pk, Money(1999, "EUR"))
    inventory.take_stock({variant.pk: 10})
    lines = [{"variant_id": outside(variant), "metadata": {"k" * 40: "v" * 500}}]
    opened = Visitor().post("/carts", country="DE", email=LONGEST_EMAIL, lines=lines, codes=["w" * 50], note="n" * 2000)
    assert opened.status == 201, opened.body
    return Shopper(opened.data["id"])


def test_an_order_in_which_every_text_is_as_long_as_it_may_be(shopper: Shopper) -> None:
    [method] = shopper.visitor.get(f"{shopper.path}/shipping-methods").data
    shopper.visitor.patch(
        shopper.path, shipping_address=ADDRESS, billing_address=ADDRESS, shipping_method_id=method["id"]
    )

    placed = shopper.complete()

    assert (placed.status, placed.data["email"]) == (201, LONGEST_EMAIL)
    [line] = placed.data["lines"]
    assert (len(line["name"]), line["options"]) == (771, OPTIONS)
    assert (line["product"]["slug"], line["product"]["name"], line["sku"]) == ("s" * 255, "N" * 255, "K" * 255)
    assert len(line["product"]["image"]["url"]) == 1000
    assert (line["metadata"], line["tax_lines"][0]["name"]) == ({"k" * 40: "v" * 500}, "V" * 50)
    assert placed.data["shipping_method"] == {"id": method["id"], "code": "m" * 50, "name": "M" * 100}
    assert [(each["code"], each["name"]) for each in placed.data["codes"]] == [("W" * 50, "P" * 100)]
    assert placed.data["shipping_address"] == placed.data["billing_address"] == ADDRESS
    assert placed.data["note"] == "n" * 2000
