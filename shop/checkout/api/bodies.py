"""What the bodies of calls mean to the operations of carts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shop.checkout.api.schemas import CartChangeIn, LineIn, OpenCartIn
from shop.checkout.models import Cart
from shop.checkout.operations import carts, lines, opening
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, private

NO_VARIANT = UUID(int=0)


def new_lines(sent: Sequence[LineIn], *, below: str = "") -> tuple[lines.NewLine, ...]:
    """What is wanted, each with its place in the body."""
    return tuple(
        lines.NewLine(_variant(each.variant_id), each.quantity, each.metadata, place=below and f"{below}.{at}")
        for at, each in enumerate(sent)
    )


def _variant(public_id: str) -> UUID:
    """The variant's key; of what is no variant's id a key that no variant has, so that all are refused together."""
    try:
        return private(Prefix.VARIANT, public_id)
    except NotFound:
        return NO_VARIANT


def discount_code(body: OpenCartIn) -> str | None:
    """The one code that a cart has, if it is sent."""
    return body.codes[0] if body.codes else None


def opening_of(body: OpenCartIn) -> opening.Opening:
    """All that a new cart begins with."""
    return opening.Opening(
        country=body.country,
        currency=body.currency,
        locale=body.locale,
        email=body.email,
        lines=new_lines(body.lines, below="lines"),
        shipping_address=body.shipping_address.stored() if body.shipping_address else None,
        billing_address=body.billing_address.stored() if body.billing_address else None,
        code=discount_code(body),
        note=body.note,
        metadata=body.metadata,
    )


def changes_to(cart: Cart, body: CartChangeIn) -> dict[str, Any]:
    """The fields that are sent, each with what is to be stored.

    Raises ShippingMethodUnavailable where the cart's market has no such method.
    """
    changes = body.changes()
    if "shipping_method_id" in changes:
        sent_id = changes.pop("shipping_method_id")
        changes["shipping_method"] = carts.method_of(cart, str(sent_id)) if sent_id else None
    return changes
