"""What stands in the shop while operations are played: one product, a code for it, carts and orders of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shop.accounts.models import User
from shop.catalog.models import Product, Variant
from shop.catalog.operations.categories import brand_named, plant
from shop.checkout import pricing
from shop.checkout.complete import Completion, complete
from shop.checkout.models import Cart, CartLine
from shop.checkout.operations import carts, lines
from shop.checkout.types import Paying
from shop.kernel.ids import Prefix, public
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.platform.clock import now
from shop.promotions.models import DiscountCode
from shop.shipping.models import ShippingMethod
from tests.checkout.storefront_client import ADDRESS, EMAIL, code, open_shop, outside, sell

CODE = "WELCOME10"
PAID = Paying(method="test", token="tok_success")
ASKED = Paying(method="test", token="tok_3ds")
LATER = Paying(method="manual")


def mug() -> Variant:
    """What is sold: in a category, of a brand, 19.99 EUR, a hundred of them."""
    found = Variant.objects.filter(product__slug="mug").first()
    if found is not None:
        return found
    open_shop()
    code(CODE)
    made = sell("mug", stock=100)
    product = Product.objects.filter(slug="mug")
    product.update(category=plant("Kitchen", slug="kitchen"), brand=brand_named("Clay"))
    return made


def cart(owner: User | None) -> Cart:
    """A cart with one mug that could be completed: a guest's, or the one that the customer has open."""
    variant = mug()
    found, is_new = carts.open_cart(
        user_id=owner.pk if owner else None,
        country="DE",
        currency=None,
        email=owner.email if owner else EMAIL,
        shipping_address=ADDRESS,
    )
    if is_new:
        lines.add(found, [lines.NewLine(variant.pk, 1)])
        carts.touch(found, shipping_method=ShippingMethod.objects.get(code="flat"), code=DiscountCode.objects.get())
    return found


def total(of: Cart) -> dict[str, Any]:
    """What completing the cart has to agree to."""
    found = pricing.price(of).quote.total
    return {"amount": found.minor, "currency": found.currency}


def completed(found: Cart, paying: Paying = PAID) -> Completion:
    """How far the cart gets when it is paid so."""
    return complete(found, expected_total=pricing.price(found).quote.total, paying=paying)


def order(owner: User | None) -> Order:
    """An order that is placed and paid."""
    return completed(cart(owner)).details.order


def awaiting_code() -> Order:
    """The newest order waits for its money, and for the code that was mailed to its address."""
    found = Order.objects.latest("id")
    Order.objects.filter(pk=found.pk).update(
        payment_status=Order.PaymentStatus.UNPAID, email_confirmed_at=None, expires_at=now() + timedelta(hours=2)
    )
    return found


def product_names(owner: User | None) -> Mapping[str, str]:
    mug()
    return {"product": "mug"}


def category_names(owner: User | None) -> Mapping[str, str]:
    mug()
    return {"slug": "kitchen"}


def cart_names(owner: User | None) -> Mapping[str, str]:
    """The cart's own id, and those of what is in it."""
    found = cart(owner)
    line, entered = CartLine.objects.get(cart=found), DiscountCode.objects.get()
    return {
        "cart_id": carts.public_id(found),
        "line_id": public(Prefix.LINE, line.pk),
        "code_id": public(Prefix.DISCOUNT_CODE, entered.pk),
    }


def order_names(owner: User | None) -> Mapping[str, str]:
    """The order's id, and with a guest's the token that opens it."""
    found = order(owner)
    token = None if owner else orders.token_of(found)
    return {"order_id": public(Prefix.ORDER, found.pk)} | ({"X-Order-Token": token} if token else {})


def wanted() -> dict[str, Any]:
    """The body's part that names what is to be bought."""
    return {"variant_id": outside(mug())}


def method_wanted() -> dict[str, Any]:
    mug()
    return {"shipping_method_id": public(Prefix.SHIPPING_METHOD, ShippingMethod.objects.get(code="flat").pk)}
