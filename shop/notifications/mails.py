"""What the mails about orders say."""

from collections.abc import Iterator
from datetime import date

from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders.models import Order
from shop.orders.settings import orders_settings
from shop.orders.types import OrderDetails
from shop.platform.links import storefront_url
from shop.platform.mail.mails import Code, Link, Mail, Part, Table
from shop.stores.formatting import format_address


def confirmation(
    details: OrderDetails,
    *,
    payment_instructions: str,
    contact: str = "",
    address_is_confirmed: bool,
    pay_by: date | None = None,
    code: str = "",
) -> Mail:
    """The order as it was placed: what, for how much, where to, and how it is paid, by which day at the latest.

    Without `payment_instructions` and a page to pay on, `contact` (the store's e-mail address) is where to ask.

    With a `code` the address has to be confirmed first. To a mail address that nobody has confirmed no text goes that
    the client wrote: names and address lines could say anything to anybody. What the shop calls its products stays.
    """
    order = details.order
    lines = tuple(
        (
            f"{line.quantity} x {line.product_name}{f' ({line.name})' if line.name else ''}",
            _money(line.subtotal, order),
        )
        for line in details.lines
    )
    parts = [
        f"Thank you for your order {order.number}.",
        Table(lines),
        _totals(order),
        f"Shipping to:\n{_address(order)}" if order.shipping_address and address_is_confirmed else "",
        *_payment(order, payment_instructions, pay_by, contact),
        *_code(code),
        _link("order", "See your order", order),
        "This was a test order: nothing is charged and nothing is shipped." if order.is_test else "",
    ]
    return _mail(f"Your order {order.number}", *parts, order=order)


def cancellation(order: Order, *, returned: int) -> Mail:
    """The order is no more; `returned` (minor units), if that is anything, is on its way back."""
    return _mail(
        f"Your order {order.number} is cancelled",
        f"Your order {order.number} is cancelled.",
        f"We are refunding {_money(returned, order)}." if returned else "",
        _link("order", "See your order", order),
        order=order,
    )


def expiry(order: Order) -> Mail:
    """The order is no more, because it was not paid, or its address not confirmed, in time."""
    is_unconfirmed = order.email_confirmed_at is None
    missed = "your email address wasn't confirmed" if is_unconfirmed else "we didn't receive your payment"
    return _mail(
        f"Your order {order.number} has expired",
        f"Your order {order.number} has expired because {missed} in time. No payment is due any more.",
        "If you have already sent your payment, we will either reactivate your order or refund you when it arrives.",
        _link("order", "See your order", order),
        order=order,
    )


def order_code(order: Order, code: str) -> Mail:
    """Another code to confirm the order's address with."""
    see = _link("order", "See your order", order)
    return _mail(f"Your code for order {order.number}", *_code(code), see, order=order)


def paid_late(order: Order) -> Mail:
    """The money came late, and the order is placed all the same."""
    return _mail(
        f"Payment received: order {order.number}",
        f"Your payment has arrived. Your order {order.number} is active again and we are preparing it.",
        _link("order", "See your order", order),
        order=order,
    )


def returned_late(order: Order, *, returned: int) -> Mail:
    """The money came too late and goes back."""
    ended = "been cancelled" if order.status == Order.Status.CANCELLED else "expired"
    return _mail(
        f"Your payment for order {order.number} will be refunded",
        f"Your payment has arrived, but your order {order.number} had already {ended}.",
        f"We are refunding {_money(returned, order)}.",
        _link("order", "See your order", order),
        order=order,
    )


def _code(code: str) -> Iterator[str | Code]:
    if code:
        hours = int(orders_settings().unconfirmed_for.total_seconds() // 3600)
        span = "1 hour" if hours == 1 else f"{hours} hours"
        yield (
            "Please confirm your email address with this code. Otherwise your order expires "
            f"{span} after it was placed."
        )
        yield Code(code)
        yield "It is valid for 5 minutes and can be used once. You can request a new code on the order page."


def payment_received(order: Order, *, amount: Money) -> Mail:
    """The money for an order that is paid outside the shop has come."""
    return _mail(
        f"Payment received: order {order.number}",
        f"We have received your payment of {amount} for order {order.number}. Thank you.",
        _link("order", "See your order", order),
        order=order,
    )


def _mail(subject: str, *parts: Part | None, order: Order) -> Mail:
    return Mail(subject, *[part for part in parts if part], language=order.locale)


def _link(page: str, label: str, order: Order) -> Link | None:
    """The order's page in the storefront; whoever opens it has to show who they are there."""
    url = storefront_url(page, id=public(Prefix.ORDER, order.pk), number=order.number or "")
    return Link(label, url) if url else None


def _payment(order: Order, instructions: str, pay_by: date | None, contact: str) -> Iterator[Part | None]:
    if order.payment_status == Order.PaymentStatus.PAID:
        yield "Your payment has been received."
    elif order.payment_status == Order.PaymentStatus.UNPAID:
        yield "This order is not paid yet. We'll prepare it as soon as we receive your payment."
        link = _link("payment", "Pay your order", order)
        if not instructions and link is None:
            where = f" at {contact}" if contact else ""
            yield f"Please contact us{where} for the payment details and mention your order number {order.number}."
        if instructions:
            yield instructions
            yield f"Please use {order.number} as the payment reference."
        if pay_by is not None:
            yield f"Please pay by {pay_by:%A}, {pay_by.day} {pay_by:%B %Y}."
        yield link


def _totals(order: Order) -> Table:
    rows = [
        ("Subtotal", order.subtotal),
        ("Discount", -order.discount_total),
        ("Shipping", order.shipping_total),
        ("Tax included" if order.prices_include_tax else "Tax", order.tax_total),
        ("Total", order.total),
    ]
    shown = [(name, _money(amount, order)) for name, amount in rows if amount or name == "Total"]
    return Table(tuple(shown), ends_in_sum=True)


def _address(order: Order) -> str:
    return "\n".join(format_address(order.shipping_address or {}))


def _money(minor: int, order: Order) -> str:
    return str(Money(minor, order.currency))
