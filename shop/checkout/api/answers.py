"""What the routes of carts answer: the whole cart with its prices, or the order that it has become."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from shop.checkout import pricing, queries
from shop.checkout.api import presenters
from shop.checkout.api.schemas import CartOut, CompletedOut
from shop.checkout.models import Cart
from shop.checkout.types import Priced
from shop.kernel.ids import Prefix, private
from shop.kernel.messages import gettext_noop
from shop.orders import operations as orders
from shop.orders import queries as order_queries
from shop.orders.presenters import context as order_context
from shop.orders.presenters import order as present_order
from shop.orders.types import OrderDetails
from shop.platform.http.conditions import etag, expected_version
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer

Shown = TypeVar("Shown")


def cart_again(request: Request, public_id: str) -> Answer[CartOut]:
    """The cart as it is now, for a call that is repeated under its key."""
    return shown(queries.cart(public_id, seen_by=request.context.actor), gettext_noop("Cart retrieved."))


def order_again(_: Request, public_id: str) -> Answer[CompletedOut]:
    """The order that a cart has become: whoever repeats the call under its key was given it before."""
    details = order_queries.details(private(Prefix.ORDER, public_id))
    return replace(
        completed(details, gettext_noop("This order has already been placed."), status=200),
        meta={"context": order_context(details.order)},
    )


def changed(request: Request, cart_id: str, change: Callable[..., None], message: str) -> Answer[CartOut]:
    """Fetch, change if it has the version that is expected, and show the whole cart."""
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    change(cart, expected_version=version)
    return shown(cart, message)


def shown(cart: Cart, message: str) -> Answer[CartOut]:
    """The whole cart: at today's prices while it is open, as it was ordered once it is completed."""
    if cart.status == Cart.Status.COMPLETED:
        data = presenters.completed_cart(cart)
        tag = etag(data["id"], cart.version)
        return in_context(
            Answer(data=data, message=gettext_noop("This cart has already been completed."), etag=tag), cart
        )
    return priced(pricing.price(cart), message)


def priced(cart: Priced, message: str, *, status: int | None = None) -> Answer[CartOut]:
    """An open cart whose prices are known, with its ETag, and its address when it is new."""
    data = presenters.cart(cart)
    headers = {"Location": f"/api/v1/carts/{data['id']}"} if status == 201 else {}
    tag = etag(data["id"], cart.version)
    return in_context(Answer(data=data, message=message, status=status, etag=tag, headers=headers), cart.cart)


def completed(details: OrderDetails, message: str, *, status: int) -> Answer[CompletedOut]:
    """The order, with the token that opens it to a guest."""
    order = details.order
    data: CompletedOut = {
        **present_order(details),
        "order_token": orders.token_of(order) if order.user_id is None else None,
    }
    return Answer(data=data, message=message, status=status, etag=etag(data["id"], data["version"]))


def in_context(answer: Answer[Shown], cart: Cart) -> Answer[Shown]:
    """The answer, saying for whom its prices are."""
    return replace(answer, meta={"context": presenters.context(cart), **answer.meta})
