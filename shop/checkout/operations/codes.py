"""Discount codes of a cart: at most one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from shop.checkout import limits
from shop.checkout.models import Cart
from shop.checkout.operations import carts
from shop.kernel.errors import NotFound, Refusal
from shop.platform.clock import now
from shop.platform.limits import hit_all, undo
from shop.promotions import queries as promotions
from shop.promotions.errors import CodeRefused


@transaction.atomic
def enter(cart: Cart, text: str, *, expected_version: int | None = None) -> None:
    """The code applies to the cart, in place of any before.

    Whether a guest has used it already is asked when the cart is completed: else anybody could type addresses and
    learn who is a customer. Raises CodeRefused, CartCompleted, PaymentInProgress; Stale before the code is looked at.
    """
    carts.refuse_stale(cart, expected_version)
    found = promotions.code_named(
        text,
        market_id=cart.market_id,
        group_id=cart.user.group_id if cart.user else None,
        customer_key=cart.confirmed_key,
        account_id=cart.user_id,
        at=now(),
    )
    carts.touch(cart, expected_version=expected_version, code=found)


@contextmanager
def refusals_counted(cart: Cart | None, *, ip: str, refusal: type[Refusal] = CodeRefused) -> Iterator[None]:
    """A code that is refused inside counts against the cart, if there is one already, and the client's address, so that
    codes can't be guessed.

    Raises TooManyRequests when too many were refused, before any code is looked at. Begin it before the transaction:
    what a refusal rolls back does not count.
    """
    counted = [(limits.REFUSED_CODES_PER_IP, ip)]
    if cart is not None:
        counted.insert(0, (limits.REFUSED_CODES_PER_CART, str(cart.pk)))
    hit_all(counted)
    refused = False
    try:
        yield
    except refusal:
        refused = True
        raise
    finally:
        if not refused:
            for policy, subject in counted:
                undo(policy, subject)


@transaction.atomic
def remove(cart: Cart, code_id: UUID, *, expected_version: int | None = None) -> None:
    """The code does not apply any more. Raises NotFound, CartCompleted, PaymentInProgress, Stale."""
    carts.touch(cart, expected_version=expected_version)
    if not Cart.objects.filter(pk=cart.pk, code_id=code_id).update(code=None):
        raise NotFound()
