"""Discount codes of a cart: at most one at a time."""

from uuid import UUID

from django.db import transaction

from shop.accounts.models import email_key
from shop.checkout import limits
from shop.checkout.models import Cart
from shop.checkout.operations.carts import touch
from shop.kernel.errors import NotFound
from shop.platform.clock import now
from shop.platform.limits import give_back, take_all
from shop.promotions import queries as promotions


@transaction.atomic
def enter(cart: Cart, text: str) -> None:
    """The code applies to the cart, in place of any before. Raises CodeRefused, CartCompleted, PaymentInProgress."""
    found = promotions.code_named(
        text,
        market_id=cart.market_id,
        group_id=cart.user.group_id if cart.user else None,
        customer_key=email_key(cart.email) if cart.email else "",
        at=now(),
    )
    touch(cart, code=found)


def enter_within_limits(cart: Cart, text: str, *, ip: str) -> None:
    """As `enter`; refused codes are counted, so that they can't be guessed. Raises TooManyRequests too."""
    counted = [(limits.REFUSED_CODES_PER_CART, str(cart.pk)), (limits.REFUSED_CODES_PER_IP, ip)]
    take_all(counted)
    enter(cart, text)
    for policy, subject in counted:
        give_back(policy, subject)


@transaction.atomic
def remove(cart: Cart, code_id: UUID) -> None:
    """The code does not apply any more. Raises NotFound, CartCompleted, PaymentInProgress."""
    touch(cart)
    if not Cart.objects.filter(pk=cart.pk, code_id=code_id).update(code=None):
        raise NotFound()
