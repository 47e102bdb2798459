"""A shop with something to sell, and a shopper in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.catalog.models import Product, Variant
from shop.catalog.operations.products import ProductDraft, VariantDraft, write
from shop.inventory import operations as inventory
from shop.inventory.models import Location, StockLevel
from shop.kernel.ids import Prefix, private, public
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing import operations as pricing
from shop.promotions.models import DiscountCode, Promotion
from shop.promotions.queries import code_key
from shop.shipping.models import ShippingMethod
from shop.stores.models import THE_STORE, Market, MarketCountry, Store
from shop.tax.models import TaxClass, TaxRate
from tests.accounts.visitor import Seen, Visitor

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Unter den Linden 1",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "DE",
}
EMAIL = "guest@example.com"
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def open_shop(*, prices_include_tax: bool = True, shipping: int = 490) -> Market:
    """One market that sells to Germany in euros, 19 % VAT, one way to ship, one place for stock."""
    Store.objects.get_or_create(pk=THE_STORE, defaults={"name": "Shop"})
    market, _ = Market.objects.update_or_create(
        is_default=True,
        defaults={"code": "eu", "name": "EU", "currency": "EUR", "prices_include_tax": prices_include_tax},
    )
    MarketCountry.objects.get_or_create(country="DE", defaults={"market": market})
    standard, _ = TaxClass.objects.get_or_create(code="standard", defaults={"name": "Standard"})
    TaxRate.objects.get_or_create(tax_class=standard, country="DE", defaults={"percent": Decimal(19)})
    ShippingMethod.objects.update_or_create(
        code="flat", defaults={"market": market, "name": "Parcel", "price": shipping, "is_active": True}
    )
    Location.objects.get_or_create(code="main", defaults={"name": "Main"})
    return market


def sell(slug: str = "mug", *, price: int = 1999, stock: int | None = 10, **also: Any) -> Variant:
    """A published product with one variant; `stock` None is untracked."""
    draft = ProductDraft(
        slug=slug,
        name=slug.title(),
        status=Product.Status.ACTIVE,
        published_at=now(),
        variants=(VariantDraft(track_inventory=stock is not None, **also),),
    )
    [variant] = write(draft).variants
    pricing.set_price(variant.pk, Money(price, "EUR"))
    if stock is not None:
        inventory.take_stock({variant.pk: stock})
    return variant


def code(text: str = "WELCOME10", *, percent: int = 10, **limits: Any) -> DiscountCode:
    """A code that takes so many percent off."""
    promotion = Promotion.objects.create(name=text.title(), percent=percent)
    return DiscountCode.objects.create(promotion=promotion, code=text, key=code_key(text), **limits)


def level(variant: Variant) -> tuple[int, int, int]:
    """On hand, held, allocated."""
    row = StockLevel.objects.get(variant=variant)
    return row.on_hand, row.held, row.allocated


def outside(variant: Variant) -> str:
    """The id that the API knows the variant by."""
    return public(Prefix.VARIANT, variant.pk)


@dataclass(frozen=True)
class Shopper:
    """Somebody with a cart."""

    cart_id: str
    visitor: Visitor = field(default_factory=Visitor)

    @property
    def path(self) -> str:
        return f"/carts/{self.cart_id}"

    def cart(self) -> Any:
        return self.visitor.get(self.path).data

    def add(self, variant: Variant, quantity: int = 1) -> Seen:
        return self.visitor.post(f"{self.path}/lines", variant_id=outside(variant), quantity=quantity)

    def ready(self) -> "Shopper":
        """Address and shipping are chosen: only the payment is missing."""
        method = self.visitor.get(f"{self.path}/shipping-methods").data[0]["id"]
        seen = self.visitor.patch(self.path, email=EMAIL, shipping_address=ADDRESS, shipping_method_id=method)
        assert seen.status == 200, seen.body
        return self

    def total(self) -> Any:
        return self.cart()["totals"]["total"]

    def complete(
        self,
        token: str = "tok_success",  # noqa: S107 - a test card's name
        *,
        key: str = "key-1",
        total: Mapping[str, Any] | None = None,
        method: str = "test",
        return_url: str = "",
    ) -> Seen:
        payment: dict[str, Any] = {"method": method, "return_url": return_url}
        if token:
            payment["token"] = token
        keyed = Visitor(self.visitor.token, self.visitor.ip, {"Idempotency-Key": key})
        return keyed.post(f"{self.path}/complete", expected_total=total or self.total(), payment=payment)


def shopper(*variants: Variant, visitor: Visitor | None = None, quantity: int = 1) -> Shopper:
    """A cart with one line for each variant."""
    visitor = visitor or Visitor()
    lines = [{"variant_id": outside(each), "quantity": quantity} for each in variants]
    seen = visitor.post("/carts", country="DE", lines=lines)
    assert seen.status in (200, 201), seen.body
    return Shopper(seen.data["id"], visitor)


def statements(queries: CaptureQueriesContext) -> int:
    """How many statements were sent, transaction control left out."""
    return sum(not query["sql"].startswith(CONTROL) for query in queries.captured_queries)


def counted() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


def order_key(seen: Seen) -> UUID:
    return private(Prefix.ORDER, seen.data["id"])
