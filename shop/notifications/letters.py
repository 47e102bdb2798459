"""What the mails about orders say."""

from collections.abc import Iterator
from datetime import date

from shop.kernel.money import Money
from shop.orders.models import Order
from shop.orders.types import Whole
from shop.platform.mail.letters import Code, Letter
from shop.platform.settings import shop_settings


def confirmation(whole: Whole, *, payment_instructions: str, pay_by: date | None = None, code: str = "") -> Letter:
    """The order as it was placed: what, for how much, where to, and how it is paid, by which day at the latest.

    With a `code` the address has to be confirmed first.
    """
    order = whole.order
    lines = "\n".join(
        f"{line.quantity} x {line.product_name}{f' ({line.name})' if line.name else ''}: {_money(line.subtotal, order)}"
        for line in whole.lines
    )
    parts = [
        f"Thank you for your order {order.number}.",
        lines,
        _totals(order),
        f"It goes to:\n{_address(order)}" if order.shipping_address else "",
        *_code(code),
        *_payment(order, payment_instructions, pay_by),
        "This was a test order: nothing is charged and nothing is shipped." if order.is_test else "",
    ]
    return Letter(f"Your order {order.number}", *[part for part in parts if part], language=order.locale)


def cancellation(order: Order, *, returned: int) -> Letter:
    """The order is no more; `returned` (minor units), if that is anything, is on its way back."""
    parts = [
        f"Your order {order.number} is cancelled.",
        f"{_money(returned, order)} is on its way back to you." if returned else "",
    ]
    return Letter(f"Your order {order.number} is cancelled", *[each for each in parts if each], language=order.locale)


def order_code(order: Order, code: str) -> Letter:
    """Another code to confirm the order's address with."""
    return Letter(f"Your code for order {order.number}", *_code(code), language=order.locale)


def paid_late(order: Order) -> Letter:
    """The money came late, and the order is placed all the same."""
    return Letter(
        f"Your payment for order {order.number}",
        f"Your payment has arrived, and your order {order.number} is placed again. We start at once.",
        language=order.locale,
    )


def returned_late(order: Order, *, returned: int) -> Letter:
    """The money came too late and goes back."""
    return Letter(
        f"Your payment for order {order.number}",
        f"Your payment has arrived, but your order {order.number} had ended before.",
        f"{_money(returned, order)} is on its way back to you.",
        language=order.locale,
    )


def _code(code: str) -> Iterator[str | Code]:
    if code:
        hours = int(shop_settings().unconfirmed_for.total_seconds() // 3600)
        span = "1 hour" if hours == 1 else f"{hours} hours"
        yield f"Please confirm this address with the code below, or the order expires {span} after it was placed:"
        yield Code(code)
        yield "The code is valid for 5 minutes and can be used once. The shop sends another one when you ask for it."


def _payment(order: Order, instructions: str, pay_by: date | None) -> Iterator[str]:
    if order.payment_status == Order.PaymentStatus.PAID:
        yield "It is paid."
    elif order.payment_status == Order.PaymentStatus.UNPAID:
        yield "It is not paid yet. We start when the money has come."
        if instructions:
            yield f"{instructions}\nPlease name the order {order.number} with your payment."
        if pay_by is not None:
            yield f"Please pay by {pay_by:%A}, {pay_by.day} {pay_by:%B %Y}."


def _totals(order: Order) -> str:
    rows = [
        ("Subtotal", order.subtotal),
        ("Discount", -order.discount_total),
        ("Shipping", order.shipping_total),
        ("Tax included" if order.prices_include_tax else "Tax", order.tax_total),
        ("Total", order.total),
    ]
    return "\n".join(f"{name}: {_money(amount, order)}" for name, amount in rows if amount or name == "Total")


def _address(order: Order) -> str:
    address = order.shipping_address or {}
    name = " ".join(address[each] for each in ("first_name", "last_name") if address.get(each))
    city = " ".join(address[each] for each in ("postal_code", "city") if address.get(each))
    lines = [name, address.get("company"), address.get("line1"), address.get("line2"), city, address.get("country")]
    return "\n".join(line for line in lines if line)


def _money(minor: int, order: Order) -> str:
    return str(Money(minor, order.currency))
