"""Orders, for those who placed them: signed in, or with the token that completing gave."""

from collections.abc import Callable
from typing import Annotated

from ninja import Header

from shop.accounts.errors import InvalidOrExpiredOtp
from shop.accounts.limits import AUTH, code_gap
from shop.accounts.operations.one_time_passwords import LIFE
from shop.kernel.ids import Prefix, private
from shop.kernel.messages import gettext_noop
from shop.orders import confirming, operations, presenters, queries
from shop.orders.api.schemas import CancelIn, ConfirmEmailIn, OrderCodeOut
from shop.orders.schemas import ListedOrderOut, OrderOut
from shop.orders.types import OrderDetails
from shop.platform.http.conditions import etag, expected_version
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.lists import PageQuery, listed
from shop.platform.http.refusals import InvalidHeader
from shop.platform.http.router import Router
from shop.platform.limits import TooManyRequests
from shop.platform.records import WrongState

router = Router(tag="Orders")

TOLD = "The `order_token` from completing a guest's cart. Valid for 90 days."
OrderToken = Annotated[str | None, Header(alias="X-Order-Token", max_length=200, description=TOLD)]


@router.get("/me/orders", id="listMyOrders", needs="user")
def list_my_orders(request: Request, page: PageQuery) -> Answer[list[ListedOrderOut]]:
    """List your orders.

    The orders of the customer who is logged in, the newest first, a page at a time. The metadata of their lines is left
    out: read the order for it.
    """
    me = request.context.user_id
    binding = f"orders:{me}"
    found = queries.orders_of(me, page=page.request(binding=binding))
    return listed(
        found, presenters.listed_order, query=page, binding=binding, message=gettext_noop("Orders retrieved.")
    )


@router.get("/orders/{order_id}", id="getOrder", priced=True, refusals=(InvalidHeader,))
def get_order(request: Request, order_id: str, x_order_token: OrderToken = None) -> Answer[OrderOut]:
    """Retrieve an order.

    One of your own orders, or a guest's order with its `order_token` in `X-Order-Token`.
    """
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=request.context.actor, token=x_order_token)
    return _shown(queries.details_of(found), gettext_noop("Order retrieved."))


def _again(message: str) -> Callable[[Request, str], Answer[OrderOut]]:
    """The order as it is now: whoever repeats the call under its key was given it before."""

    def order(_: Request, public_id: str) -> Answer[OrderOut]:
        return _shown(queries.details(private(Prefix.ORDER, public_id)), message)

    return order


@router.post(
    "/orders/{order_id}/cancel",
    id="cancelOrder",
    priced=True,
    conditional=True,
    rebuild=_again(gettext_noop("Order cancelled.")),
    refusals=(WrongState, InvalidHeader),
    manages_transactions=True,
)
def cancel_order(request: Request, order_id: str, body: CancelIn, x_order_token: OrderToken = None) -> Answer[OrderOut]:
    """Cancel an order.

    Possible until something is shipped. Releases stock and codes and refunds what was paid.
    """
    actor = request.context.actor
    version = expected_version(request, public_id=order_id)
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=actor, token=x_order_token)
    operations.cancel(found, actor_id=actor.user_id, reason=body.reason, expected_version=version)
    return _shown(queries.details(found.pk), gettext_noop("Order cancelled."))


@router.post(
    "/orders/{order_id}/confirm-email",
    id="confirmOrderEmail",
    priced=True,
    rebuild=_again(gettext_noop("The email address is confirmed.")),
    limits=(AUTH,),
    refusals=(InvalidOrExpiredOtp, WrongState, InvalidHeader),
    manages_transactions=True,
)
def confirm_order_email(
    request: Request, order_id: str, body: ConfirmEmailIn, x_order_token: OrderToken = None
) -> Answer[OrderOut]:
    """Confirm an order's email.

    Send the code (OTP) from the order confirmation. An unpaid order then waits the full time for its transfer (72 hours
    by default); unconfirmed, it expires after 2.
    """
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=request.context.actor, token=x_order_token)
    confirming.confirm(found, code=body.otp, ip=request.context.ip)
    return _shown(queries.details(found.pk), gettext_noop("The email address is confirmed."))


@router.post(
    "/orders/{order_id}/resend-confirmation",
    id="resendOrderConfirmation",
    status=202,
    limits=(AUTH,),
    refusals=(WrongState, InvalidHeader, TooManyRequests),
    manages_transactions=True,
)
def resend_order_confirmation(
    request: Request, order_id: str, x_order_token: OrderToken = None
) -> Answer[OrderCodeOut]:
    """Resend a confirmation code.

    Sends another code (OTP) to the order's email address, for `POST /orders/{order_id}/confirm-email`. The previous
    code no longer works.
    """
    found = queries.order(private(Prefix.ORDER, order_id), seen_by=request.context.actor, token=x_order_token)
    confirming.ask_again(found, ip=request.context.ip)
    data: OrderCodeOut = {
        "expires_in": int(LIFE.total_seconds()),
        "resend_after": code_gap().window_seconds,
    }
    return Answer(data=data, message=gettext_noop("A code was sent to the order's email address."))


def _shown(details: OrderDetails, message: str) -> Answer[OrderOut]:
    shown = presenters.order(details)
    tag = etag(shown["id"], shown["version"])
    return Answer(data=shown, message=message, etag=tag, meta={"context": presenters.context(details.order)})
