"""From guest to customer: the guest's cart goes into the customer's, once."""

from collections import Counter
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from shop.accounts.models import User
from shop.accounts.ports import LoginResult, on_login
from shop.checkout import queries
from shop.checkout.errors import CartCompleted
from shop.checkout.models import Cart, CartLine
from shop.checkout.operations.carts import new_capability, public_id, refuse_stale, touch
from shop.checkout.types import Notice
from shop.inventory import queries as inventory
from shop.kernel.errors import Refusal
from shop.kernel.messages import gettext_noop
from shop.platform import metadata
from shop.platform.actors import Actor
from shop.platform.retries import restored_on_error
from shop.stores.limits import LARGEST_METADATA, MOST_LINES, MOST_OF_ONE

CLAMPED: Final = Notice("quantity_clamped", gettext_noop("Some quantities were reduced when the carts were merged."))
CARRIED: Final = ("code_id", "shipping_address", "billing_address", "note")
"""What the customer's cart takes over where it has nothing of its own."""


class OtherCart(Exception):
    """The customer's open cart is another one by now."""


@on_login
def merge_at_login(user_id: UUID, *, cart_id: str | None) -> LoginResult:
    """The guest's cart of this id is in the customer's, if it can be. Says which cart the customer has open."""
    notice = ""
    if cart_id is not None:
        try:
            claim(queries.cart(cart_id, seen_by=Actor(user_id)), user_id=user_id)
        except Refusal:
            notice = gettext_noop("Your previous cart could not be added.")
    mine = queries.open_cart_of(user_id)
    return LoginResult(public_id(mine) if mine is not None else None, notice)


def claim(guest: Cart, *, user_id: UUID, expected_version: int | None = None) -> Cart:
    """The customer's open cart, with the guest's lines in it; the guest's id is dead. Without a cart of their own the
    guest's is the customer's, under another id: whoever has kept the old one finds nothing.

    Quantities are added and clamped to what can be had, with a notice. Claiming again changes nothing. Raises NotFound
    for a cart that was merged or claimed by somebody else meanwhile, CartCompleted, PaymentInProgress while either
    of the two is being paid, and Stale when the guest's cart has another version than the expected one.
    """
    refuse_stale(guest, expected_version)
    if guest.user_id == user_id:
        return guest
    for _ in range(3):
        try:
            with restored_on_error(guest), transaction.atomic():
                return _claim(guest, user_id, expected_version)
        except (OtherCart, IntegrityError):  # a concurrent request opened or completed the customer's cart
            continue
    raise CartCompleted()


def _claim(guest: Cart, user_id: UUID, expected_version: int | None) -> Cart:
    user = User.objects.get(pk=user_id)
    mine = queries.open_cart_of(user_id)
    if mine is not None and mine.pk == guest.pk:
        return mine
    for cart in sorted(filter(None, (guest, mine)), key=lambda each: each.pk):  # one order for everybody
        _hold(cart, guest, expected_version)
    if mine is None:
        touch(guest, user=user, email=guest.email or user.email, **new_capability())
        return guest
    _merge(guest, mine)
    return queries.again(mine)


def _hold(cart: Cart, guest: Cart, expected_version: int | None) -> None:
    try:
        touch(cart, expected_version=expected_version if cart is guest else None)
    except CartCompleted:
        if cart is guest:
            raise
        raise OtherCart from None


def _merge(guest: Cart, mine: Cart) -> None:
    clamped = _pour(guest, mine)
    changes: dict[str, Any] = {
        name: getattr(guest, name) for name in CARRIED if getattr(guest, name) and not getattr(mine, name)
    }
    if mine.shipping_method_id is None and mine.market_id == guest.market_id:
        changes["shipping_method_id"] = guest.shipping_method_id
    if clamped:
        changes["notices"] = [{"code": CLAMPED.code, "message": CLAMPED.message}]
    if changes:
        Cart.objects.filter(pk=mine.pk).update(**changes)
    Cart.objects.filter(pk=guest.pk).moved(Cart.Status.MERGED)


def _pour(guest: Cart, mine: Cart) -> bool:
    """The guest's lines are in the customer's cart; says whether some had to be clamped.

    Of no variant there is more than can be had, on how many lines ever, but for what the customer had already, and for
    one piece of what can't be had at all: it stays to be seen. A line whose metadata is too much for the cart is left
    out.
    """
    lines = {(line.variant_id, line.metadata_key): line for line in CartLine.objects.filter(cart=mine)}
    coming = list(CartLine.objects.filter(cart=guest).order_by("id"))
    most = inventory.availability([line.variant_id for line in coming])
    taken = Counter[UUID]()
    for line in lines.values():
        taken[line.variant_id] += line.quantity
    room_to_say = LARGEST_METADATA - metadata.size([mine.metadata, *(line.metadata for line in lines.values())])
    new: list[CartLine] = []
    grown: list[CartLine] = []
    clamped = False
    for line in coming:
        known = lines.get((line.variant_id, line.metadata_key))
        room = min(
            most[line.variant_id].shown_max - taken[line.variant_id], MOST_OF_ONE - (known.quantity if known else 0)
        )
        added = max(min(line.quantity, room), 0 if taken[line.variant_id] else 1)
        clamped |= added < line.quantity
        if known is not None:
            known.quantity += added
            grown.append(known)
        elif added and len(lines) + len(new) < MOST_LINES and _fits(line, room_to_say):
            line.cart, line.quantity = mine, added
            if mine.currency != guest.currency:
                line.unit_price = None
            room_to_say -= metadata.size([line.metadata])
            new.append(line)
        else:
            clamped, added = True, 0
        taken[line.variant_id] += added
    CartLine.objects.bulk_update(grown, ["quantity"])
    CartLine.objects.bulk_update(new, ["cart", "quantity", "unit_price"])
    CartLine.objects.filter(cart=guest).delete()
    return clamped


def _fits(line: CartLine, room: int) -> bool:
    return not line.metadata or metadata.size([line.metadata]) <= room
