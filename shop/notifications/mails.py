"""What the mails about orders say, in the language that is active."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext, ngettext

from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders.models import Order
from shop.orders.settings import orders_settings
from shop.orders.types import OrderDetails
from shop.platform.links import storefront_url
from shop.platform.localized import long_date, money
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
        gettext("Thank you for your order %(number)s.") % {"number": order.number},
        Table(lines),
        _totals(order),
        _shipping_to(order) if address_is_confirmed else "",
        *_payment(order, payment_instructions, pay_by, contact),
        *_code(code),
        _to_order(order),
        gettext("This was a test order: nothing is charged and nothing is shipped.") if order.is_test else "",
    ]
    return _mail(gettext("Your order %(number)s") % {"number": order.number}, *parts)


def cancellation(order: Order, *, returned: int) -> Mail:
    """The order is no more; `returned` (minor units), if that is anything, is on its way back."""
    facts = {"number": order.number}
    return _mail(
        gettext("Your order %(number)s is cancelled") % facts,
        gettext("Your order %(number)s is cancelled.") % facts,
        _refunding(returned, order) if returned else "",
        _to_order(order),
    )


def expiry(order: Order) -> Mail:
    """The order is no more, because it was not paid, or its address not confirmed, in time."""
    facts = {"number": order.number}
    if order.email_confirmed_at is None:
        why = gettext(
            "Your order %(number)s has expired because your email address wasn't confirmed in time. "
            "No payment is due any more."
        )
    else:
        why = gettext(
            "Your order %(number)s has expired because we didn't receive your payment in time. "
            "No payment is due any more."
        )
    late = gettext(
        "If you have already sent your payment, we will either reactivate your order or refund you when it arrives."
    )
    return _mail(gettext("Your order %(number)s has expired") % facts, why % facts, late, _to_order(order))


def order_code(order: Order, code: str) -> Mail:
    """Another code to confirm the order's address with."""
    subject = gettext("Your code for order %(number)s") % {"number": order.number}
    return _mail(subject, *_code(code), _to_order(order))


def paid_late(order: Order) -> Mail:
    """The money came late, and the order is placed all the same."""
    facts = {"number": order.number}
    return _mail(
        gettext("Payment received: order %(number)s") % facts,
        gettext("Your payment has arrived. Your order %(number)s is active again and we are preparing it.") % facts,
        _to_order(order),
    )


def returned_late(order: Order, *, returned: int) -> Mail:
    """The money came too late and goes back."""
    facts = {"number": order.number}
    if order.status == Order.Status.CANCELLED:
        why = gettext("Your payment has arrived, but your order %(number)s had already been cancelled.")
    else:
        why = gettext("Your payment has arrived, but your order %(number)s had already expired.")
    return _mail(
        gettext("Your payment for order %(number)s will be refunded") % facts,
        why % facts,
        _refunding(returned, order),
        _to_order(order),
    )


def _code(code: str) -> Iterator[str | Code]:
    if code:
        hours = int(orders_settings().unconfirmed_for.total_seconds() // 3600)
        sentence = ngettext(
            "Please confirm your email address with this code. Otherwise your order expires %(hours)s hour after it "
            "was placed.",
            "Please confirm your email address with this code. Otherwise your order expires %(hours)s hours after it "
            "was placed.",
            hours,
        )
        yield sentence % {"hours": hours}
        yield Code(code)
        yield gettext("It is valid for 5 minutes and can be used once. You can request a new code on the order page.")


def payment_received(order: Order, *, amount: Money) -> Mail:
    """The money for an order that is paid outside the shop has come."""
    facts = {"number": order.number, "amount": money(amount)}
    return _mail(
        gettext("Payment received: order %(number)s") % facts,
        gettext("We have received your payment of %(amount)s for order %(number)s. Thank you.") % facts,
        _to_order(order),
    )


def _mail(subject: str, *parts: Part | None) -> Mail:
    return Mail(subject, *[part for part in parts if part])


def _refunding(returned: int, order: Order) -> str:
    return gettext("We are refunding %(amount)s.") % {"amount": _money(returned, order)}


def _to_order(order: Order) -> Link | None:
    return _link("order", gettext("See your order"), order)


def _link(page: str, label: str, order: Order) -> Link | None:
    """The order's page in the storefront; whoever opens it has to show who they are there."""
    url = storefront_url(page, id=public(Prefix.ORDER, order.pk), number=order.number or "")
    return Link(label, url) if url else None


def _payment(order: Order, instructions: str, pay_by: date | None, contact: str) -> Iterator[Part | None]:
    if order.payment_status == Order.PaymentStatus.PAID:
        yield gettext("Your payment has been received.")
    elif order.payment_status == Order.PaymentStatus.UNPAID:
        yield gettext("This order is not paid yet. We'll prepare it as soon as we receive your payment.")
        link = _link("payment", gettext("Pay your order"), order)
        if not instructions and link is None:
            yield _contact(contact) % {"number": order.number, "contact": contact}
        if instructions:
            yield instructions
            yield gettext("Please use %(number)s as the payment reference.") % {"number": order.number}
        if pay_by is not None:
            yield gettext("Please pay by %(date)s.") % {"date": long_date(pay_by)}
        yield link


def _contact(contact: str) -> str:
    if contact:
        return gettext(
            "Please contact us at %(contact)s for the payment details and mention your order number %(number)s."
        )
    return gettext("Please contact us for the payment details and mention your order number %(number)s.")


def _totals(order: Order) -> Table:
    rows = [
        (gettext("Subtotal"), order.subtotal),
        (gettext("Discount"), -order.discount_total),
        (gettext("Shipping"), order.shipping_total),
        (gettext("Tax included") if order.prices_include_tax else gettext("Tax"), order.tax_total),
    ]
    shown = [(name, _money(amount, order)) for name, amount in rows if amount]
    return Table((*shown, (gettext("Total"), _money(order.total, order))), ends_in_sum=True)


def _shipping_to(order: Order) -> str:
    lines = format_address(order.shipping_address or {})
    return "\n".join([gettext("Shipping to:"), *lines]) if lines else ""


def _money(minor: int, order: Order) -> str:
    return money(Money(minor, order.currency))
