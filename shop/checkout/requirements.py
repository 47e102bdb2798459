"""What has to be there before a cart can become an order. The cart shows the same list that gates completing it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from shop.checkout.models import Cart, CartLine
from shop.checkout.types import Need
from shop.inventory.types import NONE_LEFT, Availability
from shop.kernel.messages import gettext_noop
from shop.quotes.facts import Facts
from shop.stores import addresses

ENTER: Final = {
    "shipping_address": gettext_noop("Enter a shipping address."),
    "billing_address": gettext_noop("Enter a billing address."),
}


def of(
    cart: Cart, lines: Sequence[CartLine], known: Facts, availability: Mapping[UUID, Availability]
) -> tuple[Need, ...]:
    """Everything that is missing, in the order in which a checkout asks for it."""
    return (
        *_lines(lines, known, availability),
        *_contact(cart),
        *_address(cart, known),
        *_shipping(cart, known),
        *_code(known),
    )


def _lines(lines: Sequence[CartLine], known: Facts, availability: Mapping[UUID, Availability]) -> Iterator[Need]:
    if not lines:
        yield Need("lines_required", gettext_noop("The cart is empty."), "lines")
    together: dict[UUID, int] = {}
    for at, line in enumerate(lines):
        together[line.variant_id] = together.get(line.variant_id, 0) + line.quantity
        if line.pk in known.unsellable:
            yield Need("line_unavailable", gettext_noop("This item is no longer available."), f"lines.{at}")
        elif together[line.variant_id] > availability.get(line.variant_id, NONE_LEFT).shown_max:
            yield Need("insufficient_stock", gettext_noop("Not enough stock."), f"lines.{at}.quantity")


def _contact(cart: Cart) -> Iterator[Need]:
    if not cart.email:
        yield Need("email_required", gettext_noop("Enter an email address."), "email")


def _address(cart: Cart, known: Facts) -> Iterator[Need]:
    shipping: Mapping[str, Any] = cart.shipping_address or {}
    billing: Mapping[str, Any] = cart.billing_address or {}
    if _must_ship(known):
        needed, place = shipping, "shipping_address"
    elif billing:
        needed, place = billing, "billing_address"
    else:
        needed, place = shipping, "shipping_address" if shipping else "billing_address"
    if not needed:
        yield Need("address_required", ENTER[place], place)
    else:
        yield from _incomplete(needed, place)
    if billing and place != "billing_address":
        yield from _incomplete(billing, "billing_address")
    if needed.get("country") not in (None, cart.country):
        yield Need(
            "country_differs",
            gettext_noop(
                "The address is in another country than the cart. Change the cart's country to update prices and taxes."
            ),
            "country",
        )


def _incomplete(address: Mapping[str, Any], place: str) -> Iterator[Need]:
    """Whom it is for, and what the country of the address can't do without, as `/countries` says."""
    for gap in addresses.gaps(address):
        yield Need("address_incomplete", gap.message, f"{place}.{gap.field}", gap.params)
    for mistake in addresses.mistakes(address):
        yield Need("address_incomplete", mistake.message, f"{place}.{mistake.field}", mistake.params)


def _shipping(cart: Cart, known: Facts) -> Iterator[Need]:
    if not _must_ship(known):
        return
    method = cart.shipping_method
    if method is None:
        yield Need("shipping_method_required", gettext_noop("Choose a shipping method."), "shipping_method_id")
    elif not method.is_active or method.market_id != cart.market_id:
        yield Need(
            "shipping_method_unavailable",
            gettext_noop("This shipping method is no longer available."),
            "shipping_method_id",
        )


def _code(known: Facts) -> Iterator[Need]:
    if known.code_refusal:
        yield Need("code_not_valid", gettext_noop("The code can't be used any more. Please remove it."), "codes")


def _must_ship(known: Facts) -> bool:
    """Whether something in the cart travels. An empty one is asked as most are that will be filled."""
    items = known.basket.items
    return not items or any(item.requires_shipping for item in items)
