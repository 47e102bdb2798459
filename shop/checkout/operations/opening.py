"""Opening a cart with everything that is known already: all of it, or nothing."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from shop.checkout import queries
from shop.checkout.models import CartLine
from shop.checkout.operations import carts, codes
from shop.checkout.operations import lines as cart_lines
from shop.checkout.types import Priced
from shop.promotions.errors import CodeRefused

Postal = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What somebody said when opening a cart."""

    country: str | None = None
    currency: str | None = None
    locale: str | None = None
    email: str | None = None
    lines: tuple[cart_lines.NewLine, ...] = ()
    shipping_address: Postal | None = None
    billing_address: Postal | None = None
    code: str | None = None
    note: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> dict[str, object]:
        """The values that were given, by the cart's column."""
        given = {
            "locale": self.locale,
            "email": self.email,
            "shipping_address": self.shipping_address,
            "billing_address": self.billing_address,
            "note": self.note or None,
            "metadata": dict(self.metadata) or None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def place(self) -> dict[str, object]:
        """Where the cart is for, as far as it was said."""
        given = {"country": self.country, "currency": self.currency}
        return {name: value for name, value in given.items() if value is not None}


def refusals_counted(code: str | None, *, user_id: UUID | None, ip: str) -> AbstractContextManager[None]:
    """As `codes.refusals_counted`, around `open_filled` with this code: against the cart that the user has open."""
    if code is None:
        return nullcontext()
    mine = queries.open_cart_of(user_id) if user_id is not None else None
    return codes.refusals_counted(mine, ip=ip)


@transaction.atomic
def open_filled(opening: Opening, *, user_id: UUID | None) -> tuple[Priced, bool]:
    """The cart with all of this in it, and whether it is new. Raises what its parts raise; then there is no cart."""
    cart, is_new = carts.open_cart(
        user_id=user_id, country=opening.country, currency=opening.currency, **opening.said()
    )
    if is_new:
        carts.refuse_large_metadata([cart.metadata])
    else:
        carts.change(cart, opening.said() | opening.place())
    if opening.code is not None:
        try:
            codes.enter(cart, opening.code)
        except CodeRefused as refused:
            raise CodeRefused(refused.reason, field="codes.0") from None
    known = [] if is_new else list(CartLine.objects.filter(cart=cart).order_by("id"))
    return cart_lines.put(cart, opening.lines, known=known), is_new
