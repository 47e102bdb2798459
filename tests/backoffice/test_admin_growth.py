"""Pages of the admin stay small and can be saved however much there is to show."""

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import Address, User
from shop.catalog.models import Brand, Category, Image, Product, Variant
from shop.catalog.operations.products import ProductDraft, VariantDraft, write
from shop.checkout.models import Cart, CartLine
from shop.inventory import operations as inventory
from shop.inventory.models import Hold, HoldLine, StockLevel
from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.orders.models import Order, OrderLine
from shop.payments import operations as payments
from shop.payments.models import Payment
from shop.platform.clock import now
from shop.promotions.models import DiscountCode, Promotion
from shop.stores.country_names import CODES
from shop.stores.models import Market
from shop.tax.models import TaxClass, TaxRate
from tests.admins import root
from tests.backoffice.every_row import one_of_each, paths
from tests.checkout.storefront_client import open_shop

pytestmark = pytest.mark.django_db

FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]* name="')
MOST_FIELDS = 700
MOST_BYTES = 1_000_000
MANY = 150


def product() -> Product:
    """Many variants, each with stock, and many pictures."""
    sizes = [str(at) for at in range(MANY)]
    variants = tuple(VariantDraft(options={"Size": each}, sku=f"S-{each}") for each in sizes)
    found = write(ProductDraft(slug="mug", name="Mug", options={"Size": sizes}, variants=variants)).product
    Image.objects.bulk_create(
        [Image(product=found, source_url=f"https://example.com/{at}.png", position=at) for at in range(MANY)]
    )
    inventory.take_stock(dict.fromkeys(Variant.objects.values_list("pk", flat=True), 5))
    return found


def tax_class() -> TaxClass:
    """A rate for each country."""
    found = TaxClass.objects.get(code="standard")
    TaxRate.objects.all().delete()
    TaxRate.objects.bulk_create([TaxRate(tax_class=found, country=code, percent=Decimal(19)) for code in CODES])
    return found


def category() -> Category:
    """One of many, as brands are."""
    Brand.objects.bulk_create([Brand(name=f"Brand {at}", slug=f"brand-{at}") for at in range(2 * MANY)])
    rows = [uuid7() for _ in range(2 * MANY)]
    made = [Category(pk=key, name=f"C {at}", slug=f"c-{at}", path=f"{key.hex}/") for at, key in enumerate(rows)]
    return Category.objects.bulk_create(made)[0]


def code() -> DiscountCode:
    """One of many, each of a promotion of its own."""
    promotions = Promotion.objects.bulk_create([Promotion(name=f"P {at}", percent=5) for at in range(MANY)])
    codes = [DiscountCode(promotion=each, code=f"C{at}", key=f"c{at}") for at, each in enumerate(promotions)]
    return DiscountCode.objects.bulk_create(codes)[0]


def cart() -> Cart:
    """Many lines."""
    product()
    found = Cart.objects.create(
        market=Market.objects.get(), digest="d" * 64, secret=b"s", currency="EUR", expires_at=now()
    )
    lines = [CartLine(cart=found, variant=each, quantity=1) for each in Variant.objects.all()]
    CartLine.objects.bulk_create(lines)
    return found


def hold() -> Hold:
    """Many lines."""
    product()
    found = Hold.objects.create(status="held", expires_at=now())
    HoldLine.objects.bulk_create([HoldLine(hold=found, level=each, quantity=1) for each in StockLevel.objects.all()])
    return found


def order() -> Order:
    """Many lines."""
    bill = payments.open_bill(Money(1999, "EUR"))
    found = Order.objects.create(
        source=uuid7(), market=Market.objects.get(), email="a@example.com", email_key="a@example.com", currency="EUR",
        country="DE", payment_method="manual", subtotal=1999, total=1999, bill=bill,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=found, position=at, product_slug="mug", product_name="Mug", quantity=1, unit_price=1, subtotal=1,
                total=1,
            )
            for at in range(200)
        ]
    )  # fmt: skip
    return found


def bill() -> Any:
    """Many failed attempts."""
    found = payments.open_bill(Money(1999, "EUR"))
    rows = [Payment(bill=found, method="test", provider="test", amount=1, currency="EUR", status="declined")] * 1
    made = [Payment(bill=found, method=each.method, provider="test", amount=1, currency="EUR", status="declined")
            for each in rows * MANY]  # fmt: skip
    Payment.objects.bulk_create(made)
    return found


def person() -> User:
    """Many addresses."""
    found = User.objects.create_user("ada@example.com", "a long passphrase")
    Address.objects.bulk_create(
        [
            Address(user=found, line1=f"Street {at}", city="Berlin", postal_code="10117", country="DE")
            for at in range(MANY)
        ]
    )
    return found


@pytest.fixture
def shopkeeper() -> Client:
    open_shop()
    return root()


@pytest.mark.parametrize(
    "many", [product, tax_class, category, code, cart, hold, order, bill, person], ids=lambda each: str(each.__name__)
)
def test_a_page_and_its_list_stay_small(shopkeeper: Client, many: Any) -> None:
    row = many()
    path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"

    pages = [shopkeeper.get(f"{path}{row.pk}/change/"), shopkeeper.get(path)]

    fields = [len(FIELD.findall(each.content.decode())) for each in pages]
    assert [each.status_code for each in pages] == [200, 200]
    assert (max(fields) < MOST_FIELDS, fields) == (True, fields)
    assert max(len(each.content) for each in pages) < MOST_BYTES
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == 1000


@pytest.mark.parametrize("path", ["catalog/product/", "pricing/price/", "promotions/discountcode/"])
def test_filters_name_the_first_of_many(shopkeeper: Client, path: str) -> None:
    category()
    code()
    last = Category.objects.order_by("path").last()
    chosen = f"?category__id__exact={last.pk}" if last and "product" in path else ""

    page = shopkeeper.get(f"/admin/{path}{chosen}")

    assert (page.status_code, len(page.content) < 500_000) == (200, True)


def test_a_rate_on_another_page_stays_as_it_is(shopkeeper: Client) -> None:
    found = tax_class()
    page = f"/admin/tax/taxclass/{found.pk}/change/?rates-page=2"
    form = shopkeeper.get(page).context["inline_admin_formsets"][0].formset
    sent: dict[str, Any] = {"name": "Standard", "read_version": found.version}
    sent |= {"rates-TOTAL_FORMS": 50, "rates-INITIAL_FORMS": 50}
    for at, row in enumerate(each.instance for each in form.initial_forms):
        sent |= {f"rates-{at}-id": row.pk, f"rates-{at}-country": row.country}
        sent |= {f"rates-{at}-name": "VAT", f"rates-{at}-percent": "7.5"}

    answer = shopkeeper.post(page, sent)

    assert answer.status_code == 302
    assert TaxRate.objects.filter(percent=Decimal("7.5")).count() == 50
    assert TaxRate.objects.filter(percent=Decimal(19)).count() == len(CODES) - 50


def repeated(client: Client, path: str) -> dict[str, int]:
    """The statements that a page sends more than twice, with how often."""
    with CaptureQueriesContext(connection) as taken:
        assert client.get(path).status_code == 200
    return {sql: times for sql, times in Counter(each["sql"] for each in taken).items() if times > 2}


def test_no_page_of_a_row_asks_the_same_again_and_again() -> None:
    one_of_each()
    client = root()
    pages = [path for path in paths() if path.endswith("/change/")]

    found = {path: repeated(client, path) for path in pages}

    assert len(pages) == len(admin.site._registry)
    assert {path: statements for path, statements in found.items() if statements} == {}
