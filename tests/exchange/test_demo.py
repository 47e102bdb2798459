"""The demo shop: the command fills an empty shop with consistent data."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client, TestCase
from PIL import Image as Drawing
from pytest_django import DjangoDbBlocker

from shop.accounts.models import Address, User
from shop.catalog.models import Category, Image, OptionValue, Product, Variant
from shop.checkout.models import Cart
from shop.checkout.recover import expire_unpaid
from shop.exchange.demo.drawings import PICTURES, drawn
from shop.exchange.demo.goods import goods
from shop.exchange.demo.terms import STANDARD_RATES
from shop.inventory import operations as inventory
from shop.inventory.models import StockMovement
from shop.inventory.queries import availability
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.actors import ANONYMOUS
from shop.platform.clock import now
from shop.platform.models import OutboxEvent
from shop.pricing.models import Price
from shop.promotions.models import DiscountCode
from shop.stores.models import Store
from shop.tax.models import TaxRate
from tests.rolled_back import RolledBack

pytestmark = pytest.mark.django_db


def demo(*options: str, verbosity: int = 1) -> str:
    out = StringIO()
    call_command("demo", *options, verbosity=verbosity, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Fill the demo shop once for all tests that only read it, return the output, and undo it after the last one."""
    with django_db_blocker.unblock(), RolledBack():
        with TestCase.captureOnCommitCallbacks(execute=True):
            output = demo()
        yield output


def everything() -> list[object]:
    models = (
        Product,
        Variant,
        Image,
        Category,
        Price,
        StockMovement,
        DiscountCode,
        TaxRate,
        Order,
        User,
        Address,
        Cart,
    )
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_an_empty_shop_is_filled_and_can_be_browsed(filled: str, client: Client) -> None:
    output = filled

    listed = client.get("/api/v1/products?limit=100").json()
    first = listed["data"]
    tree = client.get("/api/v1/categories").json()["data"]
    brands = client.get("/api/v1/brands").json()["data"]
    assert output.splitlines()[1] == "Demo: 48 products, 177 variants, 15 orders."
    assert output.splitlines()[2].startswith(
        "Customers: ada@example.com, grace@example.com, alan@example.com   password: "
    )
    assert (len(first), len(tree), len(brands)) == (46, 17, 5)
    assert listed["meta"]["context"]["country"] == "DE"
    assert {each["depth"] for each in tree} == {0, 1, 2}
    assert {each["slug"] for each in first} & {"wool-coat", "winter-parka"} == set()
    assert {each["availability"]["status"] for each in first} == {"in_stock", "low_stock", "backorder", "out_of_stock"}
    assert sum(each["on_sale"] for each in first) == 7


def test_the_demo_a_second_time_stays_out(filled: str) -> None:
    before = everything()

    output = demo()
    silent = demo(verbosity=0)

    assert output == "There are products already, so nothing was added. (--force adds the demo to them.)\n"
    assert silent == ""
    assert everything() == before


def test_the_demo_forced_upon_itself_changes_nothing(filled: str) -> None:
    before = everything()

    output = demo("--force")

    assert output.splitlines()[1:] == ["Demo: 48 products, 177 variants, 15 orders."]
    assert everything() == before


def test_customers_can_sign_in_with_the_password_that_is_shown(filled: str, client: Client) -> None:
    password = filled.rsplit("password: ", 1)[1].split()[0]

    body = {"email": "ada@example.com", "password": password}
    answer = client.post("/api/v1/auth/login", body, content_type="application/json")

    assert answer.status_code == 200
    assert Address.objects.filter(is_default_shipping=True).count() == 3


def test_orders_went_the_way_of_any_order(filled: str) -> None:
    call_command("work", "--once", stdout=StringIO())

    orders = Order.objects.order_by("created_at").values_list("email", "status", "payment_status", "total")
    carts = Cart.objects.exclude(status="completed").order_by("email").values_list("email", "status", "last_error")
    codes = DiscountCode.objects.order_by("code").values_list("code", "used", "usage_limit")
    assert list(orders) == [
        ("maria@example.com", "placed", "paid", 4590),
        ("ada@example.com", "placed", "paid", 3690),
        ("grace@example.com", "placed", "paid", 3390),
        ("alan@example.com", "placed", "paid", 7090),
        ("ada@example.com", "placed", "paid", 6430),
        ("maria@example.com", "expired", "voided", 2990),
        ("grace@example.com", "placed", "paid", 4090),
        ("alan@example.com", "placed", "paid", 5440),
        ("maria@example.com", "cancelled", "refunded", 8390),
        ("ada@example.com", "placed", "paid", 14650),
        ("alan@example.com", "placed", "paid", 4090),
        ("maria@example.com", "placed", "paid", 14090),
        ("ada@example.com", "placed", "paid", 2290),
        ("grace@example.com", "placed", "unpaid", 17290),
        ("grace@example.com", "cancelled", "voided", 15390),
    ]
    assert list(carts) == [("alan@example.com", "open", ""), ("grace@example.com", "open", "payment_declined")]
    assert list(codes) == [("FIRST1", 1, 1), ("ONCE20", 1, None), ("SPRING15", 0, None), ("WELCOME10", 1, None)]
    assert inventory.verify() == []


def test_orders_are_spread_over_sixty_days_with_all_that_belongs_to_them(filled: str) -> None:
    call_command("work", "--once", stdout=StringIO())

    ages = [(now() - each).days for each in Order.objects.order_by("created_at").values_list("created_at", flat=True)]
    order = Order.objects.earliest("created_at")
    payment = Payment.objects.get(bill=order.bill_id)
    moved = list(StockMovement.objects.filter(hold=order.hold_id).values_list("created_at", flat=True))
    told = OutboxEvent.objects.filter(aggregate=order.pk).values_list("occurred_at", flat=True)
    times = [order.placed_at, payment.created_at, *moved, *told]
    assert ages == [59, 52, 47, 41, 35, 30, 24, 19, 13, 9, 4, 2, 0, 0, 0]
    assert len(times) == 5
    assert max(abs(each - order.created_at) for each in times if each) < timedelta(minutes=5)
    assert order.number is not None
    assert StockMovement.objects.filter(kind="adjusted", created_at__gt=now() - timedelta(days=61)).count() == 0
    assert User.objects.filter(created_at__gt=now() - timedelta(days=61), is_superuser=False).count() == 0


def test_nobody_is_told_of_the_orders(filled: str) -> None:
    call_command("work", "--once", stdout=StringIO())

    told = OutboxEvent.objects.filter(name__startswith="order.").values_list("name", flat=True)
    assert sorted(told) == ["order.cancelled", "order.cancelled", "order.marked_paid", *["order.placed"] * 14]
    assert mail.outbox == []


def test_what_staff_do_with_the_orders_is_mailed(filled: str) -> None:
    call_command("work", "--once", stdout=StringIO())
    unpaid = Order.objects.get(payment_status="unpaid")
    paid = Order.objects.filter(status="placed", payment_status="paid").latest("created_at")

    orders.mark_paid(unpaid, actor=ANONYMOUS)
    orders.cancel(paid, actor_id=None, reason="Sold out.")
    call_command("work", "--once", stdout=StringIO())

    assert OutboxEvent.objects.filter(published_seq=None).count() == 0
    assert [(each.to, (unpaid.number or "") in each.subject) for each in mail.outbox] == [
        (["grace@example.com"], True),
        (["ada@example.com"], False),
    ]
    assert (paid.number or "") in mail.outbox[1].subject


def test_an_order_that_nobody_pays_ends_as_any_other(filled: str) -> None:
    call_command("work", "--once", stdout=StringIO())
    Order.objects.filter(payment_status="unpaid").update(expires_at=now())

    ended = expire_unpaid()
    call_command("work", "--once", stdout=StringIO())

    assert (ended, [each.to for each in mail.outbox]) == (1, [["grace@example.com"]])
    assert Order.objects.filter(status="expired").count() == 2


def test_every_country_of_the_market_is_taxed_and_can_be_shipped_to(filled: str) -> None:
    rates = dict(TaxRate.objects.values_list("country", "percent"))
    assert rates == dict(STANDARD_RATES)
    assert len(rates) == 27
    assert [str(rates[code].normalize()) for code in ("DE", "HU", "FI", "LU")] == ["19", "27", "25.5", "17"]


def test_gift_wrap_never_runs_out_and_travels_in_no_parcel(filled: str) -> None:
    wrap = Variant.objects.get(sku="GFT")
    assert (wrap.track_inventory, wrap.requires_shipping) == (False, False)
    assert availability([wrap.pk])[wrap.pk].status == "in_stock"


def test_every_visible_thing_has_a_picture_of_ours_in_each_of_its_colours(filled: str) -> None:
    images = Image.objects.all()
    first = Drawing.open(BytesIO(images[0].file.read()))
    assert (images.count(), Product.objects.filter(main_image=None).count()) == (103, 0)
    assert set(images.values_list("width", "height")) == {(600, 600)}
    assert (first.format, first.size) == ("WEBP", (600, 600))
    assert images.filter(alt="").count() == 0
    assert Variant.objects.filter(options__has_key="Color", image=None).count() == 0
    assert OptionValue.objects.filter(option__name="Color", swatch="").count() == 0


def test_a_drawing_is_always_the_same_small_file() -> None:
    files = [drawn(picture, colour) for picture in sorted(PICTURES) for colour in ("#efe9dc", "#26344d")]

    assert drawn("mug", "#26344d") == drawn("mug", "#26344d")
    assert max(len(file) for file in files) < 20_000
    assert {Drawing.open(BytesIO(file)).size for file in files} == {(600, 600)}


def test_the_file_of_goods_fits_together() -> None:
    catalog = goods()

    skus = list(Variant.objects.values_list("sku", flat=True))
    assert {each.brand for each in catalog.products} == set(catalog.brands)
    assert {each.category for each in catalog.products} <= set(catalog.categories)
    assert {each.picture for each in catalog.products} == set(PICTURES)
    assert {colour for each in catalog.products for colour in each.colours} <= set(catalog.colours)
    assert len(set(skus)) == len(skus)


def test_the_store_says_where_to_pay_by_transfer(filled: str) -> None:
    assert Store.objects.get().payment_instructions == "Demo shop, IBAN DE00 0000 0000 0000 0000 00"
