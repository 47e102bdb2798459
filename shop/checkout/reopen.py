"""Changing one's mind about a payment that was started."""

from contextlib import suppress

from shop.checkout import queries
from shop.checkout.abandon import abandon
from shop.checkout.errors import CartCompleted, PaymentAbandoned
from shop.checkout.finish import finish
from shop.checkout.models import Cart
from shop.checkout.operations.carts import refuse_stale
from shop.inventory.errors import InsufficientStock
from shop.payments import operations as payments
from shop.payments.models import Bill, Payment


def reopen(cart: Cart, *, expected_version: int | None = None) -> None:
    """The cart is open again: its payment is void, its stock free. Repeating changes nothing.

    Raises CartCompleted when the money had come already: then the order is placed. GatewayUnavailable leaves all as is,
    and so does Stale: the cart has another version than the expected one.
    """
    refuse_stale(cart, expected_version)
    order = cart.order
    if order is None:
        return
    if cart.status == Cart.Status.COMPLETED:
        raise CartCompleted()
    payment = payments.settle_bill(Bill.objects.get(pk=order.bill_id))
    if payment is not None and payment.status == Payment.Status.CAPTURED:
        with suppress(InsufficientStock, PaymentAbandoned):  # then it is open all the same
            finish(order)
    else:
        abandon(order)
    cart.__dict__.update(queries.again(cart).__dict__)
    if cart.status == Cart.Status.COMPLETED:
        raise CartCompleted()
