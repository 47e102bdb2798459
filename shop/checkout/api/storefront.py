"""Carts and checkout. A cart's id is its key: whoever has it may use the cart, unless it belongs to a customer."""

from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

from shop.checkout import errors, limits, pricing, queries
from shop.checkout.api import answers, bodies, examples, presenters, refusals
from shop.checkout.api.schemas import (
    ActionOut,
    CartChangeIn,
    CartOut,
    CodeIn,
    CompletedOut,
    CompleteIn,
    LineChangeIn,
    LinesIn,
    OpenCartIn,
    PaymentMethodOut,
    ShippingMethodOut,
)
from shop.checkout.complete import complete_within_limits
from shop.checkout.operations import carts, codes, lines, merging, opening
from shop.checkout.reopen import reopen
from shop.checkout.types import Buyer, Paying
from shop.kernel.ids import Prefix, private
from shop.kernel.messages import gettext_noop
from shop.payments import operations as payments
from shop.platform.http.conditions import etag, expected_version
from shop.platform.http.context import Request
from shop.platform.http.envelope import Answer
from shop.platform.http.lists import all_of
from shop.platform.http.router import Router
from shop.platform.idempotency import key_from_header
from shop.shipping import queries as shipping
from shop.stores import queries as stores

router = Router(tag="Carts", limits=(limits.WRITES,), priced=True)


def _guesses_of_opening(request: Request, body: OpenCartIn) -> AbstractContextManager[None]:
    context = request.context
    return opening.refusals_counted(bodies.discount_code(body), user_id=context.actor.user_id, ip=context.ip)


def _guesses(request: Request, cart_id: str, body: CodeIn) -> AbstractContextManager[None]:
    return codes.refusals_counted(queries.cart(cart_id, seen_by=request.context.actor), ip=request.context.ip)


@router.post(
    "/carts",
    id="createCart",
    status=201,
    also={200: CartOut},
    limits=(limits.OPENED,),
    around=_guesses_of_opening,
    rebuild=answers.cart_again,
    example=examples.OPEN_CART,
    refusals=(*refusals.LINES, *refusals.PLACES, *refusals.CODES),
)
def create_cart(request: Request, body: OpenCartIn) -> Answer[CartOut]:
    """Create a cart.

    Send what is known already: lines, email, addresses, a discount code. A guest's cart is open to whoever has its
    `id`, so keep it secret. A customer has one open cart: it is returned (200), with the lines added.
    """
    priced, is_new = opening.open_filled(bodies.opening_of(body), user_id=request.context.actor.user_id)
    if is_new:
        return answers.priced(priced, gettext_noop("Cart created."), status=201)
    return answers.priced(priced, gettext_noop("Existing cart returned."), status=200)


@router.get("/carts/{cart_id}", id="getCart", limits=(limits.READS,))
def get_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Retrieve a cart.

    The cart at current prices. `requirements` lists what is still missing before it can be completed, `notices` what
    the shopper should know. A completed cart shows only its `id`, `status` and `order_id`.
    """
    return answers.shown(queries.cart(cart_id, seen_by=request.context.actor), gettext_noop("Cart retrieved."))


@router.get("/me/cart", id="getMyCart", needs="user", limits=(limits.READS,))
def get_my_cart(request: Request) -> Answer[CartOut | None]:
    """Retrieve your cart.

    The open cart of the customer who is logged in; `data` is null when there is none.
    """
    cart = queries.open_cart_of(request.context.user_id)
    if cart is None:
        meta = {"context": presenters.default_context(*stores.market_and_country(None))}
        return Answer(data=None, message=gettext_noop("You have no open cart."), etag=etag("none", 0), meta=meta)
    found = answers.priced(pricing.price(cart), gettext_noop("Cart retrieved."))
    return Answer(data=found.data, message=found.message, etag=found.etag, meta=found.meta)


@router.patch(
    "/carts/{cart_id}",
    id="updateCart",
    conditional=True,
    refusals=(*refusals.CHANGED, *refusals.PLACES, errors.ShippingMethodUnavailable, errors.MetadataTooLarge),
    example=examples.CART_CHANGE,
)
def update_cart(request: Request, cart_id: str, body: CartChangeIn) -> Answer[CartOut]:
    """Update a cart.

    Email, addresses, shipping method, country, currency, locale, note, metadata: an absent field stays as it is, null
    clears it, in addresses and metadata too. Another country or currency updates all prices.
    """
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    carts.patch(cart, bodies.changes_to(cart, body), expected_version=version)
    return answers.shown(cart, gettext_noop("Cart updated."))


@router.post(
    "/carts/{cart_id}/lines",
    id="addLines",
    conditional=True,
    rebuild=answers.cart_again,
    refusals=refusals.LINES,
    example=examples.NEW_LINE,
)
def add_lines(request: Request, cart_id: str, body: LinesIn) -> Answer[CartOut]:
    """Add cart lines.

    Adds one line, or several: all of them or none. The quantity of a line with the same variant and metadata is
    increased instead. Prices are never read from the body.
    """
    wanted = bodies.new_lines(body.wanted(), below="lines" if body.lines else "")
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    version = expected_version(request, public_id=cart_id)
    return answers.priced(lines.add(cart, wanted, expected_version=version), gettext_noop("Lines added."))


@router.patch(
    "/carts/{cart_id}/lines/{line_id}",
    id="updateLine",
    conditional=True,
    refusals=(*refusals.QUANTITIES, errors.MetadataTooLarge),
    example=examples.LINE_CHANGE,
)
def update_line(request: Request, cart_id: str, line_id: str, body: LineChangeIn) -> Answer[CartOut]:
    """Update a cart line.

    Changes its quantity (0 removes the line) or its metadata. Absent fields stay as they are. Any change of a line,
    even to the same quantity, accepts the current price and clears its notice `price_changed`.
    """
    version = expected_version(request, public_id=cart_id)
    key = private(Prefix.LINE, line_id)
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    return answers.priced(
        lines.change(cart, key, body.changes(), expected_version=version), gettext_noop("Line updated.")
    )


@router.delete("/carts/{cart_id}/lines/{line_id}", id="removeLine", conditional=True, refusals=refusals.CHANGED)
def remove_line(request: Request, cart_id: str, line_id: str) -> Answer[CartOut]:
    """Remove a cart line.

    Removes the line and returns the cart at current prices.
    """
    key = private(Prefix.LINE, line_id)
    return answers.changed(request, cart_id, partial(lines.remove, line_id=key), gettext_noop("Line removed."))


@router.post(
    "/carts/{cart_id}/codes",
    id="addCode",
    conditional=True,
    rebuild=answers.cart_again,
    refusals=(*refusals.CHANGED, *refusals.CODES),
    around=_guesses,
)
def add_code(request: Request, cart_id: str, body: CodeIn) -> Answer[CartOut]:
    """Apply a discount code.

    Replaces any previous code. A code that can't be used is refused; `errors[].params.reason` says why.
    """
    return answers.changed(
        request, cart_id, partial(codes.enter, text=body.code), gettext_noop("Discount code applied.")
    )


@router.delete("/carts/{cart_id}/codes/{code_id}", id="removeCode", conditional=True, refusals=refusals.CHANGED)
def remove_code(request: Request, cart_id: str, code_id: str) -> Answer[CartOut]:
    """Remove a discount code.

    Removes the code and returns the cart at current prices.
    """
    key = private(Prefix.DISCOUNT_CODE, code_id)
    return answers.changed(request, cart_id, partial(codes.remove, code_id=key), gettext_noop("Discount code removed."))


@router.get("/carts/{cart_id}/shipping-methods", id="listShippingMethods", limits=(limits.READS,))
def list_shipping_methods(request: Request, cart_id: str) -> Answer[list[ShippingMethodOut]]:
    """List shipping methods.

    The shipping methods of this cart, each with its price. Choose one with `PATCH /carts/{cart_id}` and
    `shipping_method_id`.
    """
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    found = [presenters.shipping_method(each, currency=cart.currency) for each in shipping.methods(cart.market_id)]
    return answers.in_context(all_of(found, message=gettext_noop("Shipping methods retrieved.")), cart)


@router.get("/carts/{cart_id}/payment-methods", id="listPaymentMethods", limits=(limits.READS,))
def list_payment_methods(request: Request, cart_id: str) -> Answer[list[PaymentMethodOut]]:
    """List payment methods.

    The payment methods of this cart. Send the `code` of one as `payment.method` when you complete the cart. A cart
    that is ready and has an `amount_due` of 0 has none: complete it without `payment`.
    """
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    if pricing.is_free(cart):
        return answers.in_context(all_of([], message=gettext_noop("No payment is required.")), cart)
    found = [presenters.payment_method(each) for each in payments.methods()]
    return answers.in_context(all_of(found, message=gettext_noop("Payment methods retrieved.")), cart)


@router.post(
    "/carts/{cart_id}/claim",
    id="claimCart",
    needs="user",
    conditional=True,
    rebuild=answers.cart_again,
    refusals=refusals.CHANGED,
)
def claim_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Claim a cart.

    Merges a guest's cart into the open cart of the customer who is logged in. Quantities are added up and limited to
    the available stock, with a notice. The guest's cart id no longer works afterwards.
    """
    version = expected_version(request, public_id=cart_id)
    guest = queries.cart(cart_id, seen_by=request.context.actor)
    mine = merging.claim(guest, user_id=request.context.user_id, expected_version=version)
    return answers.shown(mine, gettext_noop("Cart claimed."))


@router.post(
    "/carts/{cart_id}/complete",
    id="completeCart",
    status=201,
    also={200: CompletedOut, 202: ActionOut},
    idempotency="required",
    manages_transactions=True,
    conditional=True,
    rebuild=answers.order_again,
    limits=(limits.COMPLETES,),
    example=examples.COMPLETE,
    refusals=refusals.COMPLETING,
)
def complete_cart(request: Request, cart_id: str, body: CompleteIn) -> Answer[CompletedOut]:
    """Complete a cart.

    Turns the cart into an order. `expected_total` is the total that the shopper has seen: if it has changed, the answer
    is 409 `price_changed` and nothing is charged.

    - **201**: the order.
    - **200**: the same order again, when the call is repeated.
    - **202**: the shopper has to act first, for example to pass 3-D Secure; `next_action.type` says how. With
      `redirect_to_url` send them to `next_action.redirect_to_url.url`; with `use_stripe_sdk` pass
      `payment.client_secret` to the payment provider's script. Afterwards repeat the call with the same
      `Idempotency-Key`. Stock and price are reserved for 15 minutes.

    Repeating with the same key never charges twice. A declined payment (402) leaves the cart open: try again with a new
    key.

    `If-Match` is checked only while the cart is open: a repeated call continues where the first one stopped.
    """
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.context.actor)
    sent = body.payment
    paying = Paying(method=sent.method, token=sent.token, return_url=sent.return_url) if sent else None
    done = complete_within_limits(
        cart,
        expected_total=body.expected_total.money(),
        paying=paying,
        buyer=Buyer(
            ip=request.context.ip, key=key_from_header(request.META["HTTP_IDEMPOTENCY_KEY"]), expected_version=version
        ),
    )
    if done.payment is not None:
        waiting: Any = presenters.action(cart, done)
        return answers.in_context(
            Answer(data=waiting, message=gettext_noop("Please confirm the payment."), status=202), cart
        )
    if not done.is_new:
        return answers.in_context(
            answers.completed(done.details, gettext_noop("This order has already been placed."), status=200), cart
        )
    placed = answers.completed(done.details, gettext_noop("Thank you. The order is placed."), status=201)
    location = {"Location": f"/api/v1/orders/{placed.data['id']}"}
    return answers.in_context(replace(placed, headers=location), cart)


@router.post(
    "/carts/{cart_id}/reopen",
    id="reopenCart",
    conditional=True,
    rebuild=answers.cart_again,
    refusals=refusals.REOPENING,
    manages_transactions=True,
)
def reopen_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Reopen a cart.

    Cancels the payment in progress and releases the reserved stock, so that the cart can be changed again. Repeating it
    has no further effect.
    """
    return answers.changed(request, cart_id, reopen, gettext_noop("The cart is open again."))
