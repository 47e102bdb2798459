"""What the mails about orders say."""

from collections.abc import Iterator

from shop.kernel.money import Money
from shop.orders.models import Order
from shop.orders.types import Whole
from shop.platform.mail.letters import Letter


def confirmation(whole: Whole, *, payment_instructions: str) -> Letter:
    """The order as it was placed: what, for how much, where to, and how it is paid."""
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
        *_payment(order, payment_instructions),
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


def _payment(order: Order, instructions: str) -> Iterator[str]:
    if order.payment_status == Order.PaymentStatus.PAID:
        yield "It is paid."
    elif order.payment_status == Order.PaymentStatus.UNPAID:
        yield "It is not paid yet. We start when the money has come."
        if instructions:
            yield f"{instructions}\nPlease name the order {order.number} with your payment."


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
