"""Carts and checkout. A cart's id is its key: whoever has it may use the cart, unless it belongs to a customer."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from shop.checkout import errors, limits, pricing, queries
from shop.checkout.api import examples, show
from shop.checkout.api.schemas import (
    ActionOut,
    CartChangeIn,
    CartOut,
    CodeIn,
    CompletedOut,
    CompleteIn,
    LineChangeIn,
    LineIn,
    LinesIn,
    OpenCartIn,
    PaymentMethodOut,
    ShippingMethodOut,
)
from shop.checkout.complete import complete_within_limits
from shop.checkout.models import Cart
from shop.checkout.operations import carts, codes, lines, merging, opening
from shop.checkout.reopen import reopen
from shop.checkout.types import Buyer, Paying, Priced
from shop.inventory.errors import InsufficientStock
from shop.kernel.currencies import UnknownCurrency
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, private
from shop.orders import operations as orders
from shop.orders import queries as order_queries
from shop.orders.show import context as order_context
from shop.orders.show import order as show_order
from shop.orders.types import Whole
from shop.payments import operations as payments
from shop.payments.errors import (
    CardNumberRefused,
    GatewayUnavailable,
    InvalidReturnUrl,
    PaymentDeclined,
    PaymentInProgress,
    PaymentTokenRequired,
    SavingNotOffered,
    UnknownPaymentMethod,
)
from shop.platform.http.call import Request
from shop.platform.http.conditions import etag, expected_version
from shop.platform.http.door import Door
from shop.platform.http.envelope import Answer
from shop.platform.http.lists import all_of
from shop.platform.idempotency import key_from_header
from shop.platform.limits import TooManyRequests
from shop.promotions.errors import CodeRefused, CodeUsedUp
from shop.shipping import queries as shipping
from shop.stores import queries as stores
from shop.stores.errors import LocaleNotServed

door = Door(tag="Carts", limits=(limits.WRITES,), priced=True)

CHANGED = (errors.CartCompleted, PaymentInProgress)
MORE = (*CHANGED, errors.QuantityTooLarge, InsufficientStock)
LINES = (*MORE, errors.VariantUnavailable, errors.CartFull, errors.MetadataTooLarge)
PLACES = (errors.CountryNotServed, errors.CurrencyNotServed, LocaleNotServed)
NO_VARIANT = UUID(int=0)

Shown = TypeVar("Shown")


def _guesses_of_opening(request: Request, body: OpenCartIn) -> AbstractContextManager[None]:
    call = request.call
    return opening.refusals_counted(_code(body), user_id=call.actor.user_id, ip=call.ip)


def _guesses(request: Request, cart_id: str, body: CodeIn) -> AbstractContextManager[None]:
    return codes.refusals_counted(queries.cart(cart_id, seen_by=request.call.actor), ip=request.call.ip)


def _cart_again(request: Request, public_id: str) -> Answer[CartOut]:
    return _shown(queries.cart(public_id, seen_by=request.call.actor), "Cart retrieved.")


def _order_again(_: Request, public_id: str) -> Answer[CompletedOut]:
    """The order that a cart has become: whoever repeats the call under its key was given it before."""
    whole = order_queries.whole(private(Prefix.ORDER, public_id))
    return replace(
        _completed(whole, "This order is placed already.", status=200), meta={"context": order_context(whole.order)}
    )


@door.post(
    "/carts",
    id="createCart",
    status=201,
    also={200: CartOut},
    limits=(limits.OPENED,),
    counted=_guesses_of_opening,
    rebuild=_cart_again,
    example=examples.OPEN_CART,
    refusals=(*LINES, *PLACES, CodeRefused, TooManyRequests),
)
def create_cart(request: Request, body: OpenCartIn) -> Answer[CartOut]:
    """Create a cart.

    Everything that is known already may be sent at once: lines, e-mail, addresses, a code. Without a login the cart's
    `id` is the key to it, so keep it secret. Signed in, you have one open cart: it is given back (200), with the lines
    added.
    """
    priced, is_new = opening.open_filled(_opening(body), user_id=request.call.actor.user_id)
    if is_new:
        return _priced(priced, "Cart created.", status=201)
    return _priced(priced, "Here is your open cart.", status=200)


@door.get("/carts/{cart_id}", id="getCart", limits=(limits.READS,))
def get_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Retrieve a cart.

    The whole cart with its lines priced now. `requirements` lists what is still missing before it can be completed,
    `notices` what the shopper should know. A completed cart shows only its `status` and `order_id`.
    """
    return _shown(queries.cart(cart_id, seen_by=request.call.actor), "Cart retrieved.")


@door.get("/me/cart", id="getMyCart", needs="user", limits=(limits.READS,))
def get_my_cart(request: Request) -> Answer[CartOut | None]:
    """Retrieve your cart.

    The open cart of whoever is logged in; `data` is null when there is none.
    """
    cart = queries.open_cart_of(request.call.user_id)
    if cart is None:
        meta = {"context": show.default_context(*stores.market_and_country(None))}
        return Answer(data=None, message="You have no open cart.", etag=etag("none", 0), meta=meta)
    found = _priced(pricing.price(cart), "Cart retrieved.")
    return Answer(data=found.data, message=found.message, etag=found.etag, meta=found.meta)


@door.patch(
    "/carts/{cart_id}",
    id="updateCart",
    conditional=True,
    refusals=(*CHANGED, *PLACES, errors.ShippingMethodUnavailable, errors.MetadataTooLarge),
    example=examples.CART_CHANGE,
)
def update_cart(request: Request, cart_id: str, body: CartChangeIn) -> Answer[CartOut]:
    """Update a cart.

    E-mail, addresses, shipping method, country, currency, locale, note, metadata: a field that is absent stays as it
    is, null clears it, in addresses and metadata too. Another country or currency prices the cart anew.
    """
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    carts.patch(cart, _changes(cart, body), expected_version=version)
    return _shown(cart, "Cart updated.")


@door.post(
    "/carts/{cart_id}/lines",
    id="addLines",
    conditional=True,
    rebuild=_cart_again,
    refusals=LINES,
    example=examples.NEW_LINE,
)
def add_lines(request: Request, cart_id: str, body: LinesIn) -> Answer[CartOut]:
    """Add cart lines.

    One line, or several of which all are added or none. A line with the same variant and the same metadata grows
    instead. Prices are never read from the body.
    """
    wanted = _lines(body.wanted(), below="lines" if body.lines else "")
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    version = expected_version(request, public_id=cart_id)
    return _priced(lines.add(cart, wanted, expected_version=version), "Added.")


@door.patch(
    "/carts/{cart_id}/lines/{line_id}",
    id="updateLine",
    conditional=True,
    refusals=(*MORE, errors.MetadataTooLarge),
    example=examples.LINE_CHANGE,
)
def update_line(request: Request, cart_id: str, line_id: str, body: LineChangeIn) -> Answer[CartOut]:
    """Update a cart line.

    Its quantity (0 removes the line) or its metadata. What is absent stays as it is. Whoever changes a line, be it to
    the quantity that it has, agrees to its price: its notice `price_changed` is gone then.
    """
    version = expected_version(request, public_id=cart_id)
    key = private(Prefix.LINE, line_id)
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    return _priced(lines.change(cart, key, body.changes(), expected_version=version), "Line updated.")


@door.delete("/carts/{cart_id}/lines/{line_id}", id="removeLine", conditional=True, refusals=CHANGED)
def remove_line(request: Request, cart_id: str, line_id: str) -> Answer[CartOut]:
    """Remove a cart line.

    The line goes, and the answer is the cart without it, priced anew.
    """
    key = private(Prefix.LINE, line_id)
    return _changed(request, cart_id, partial(lines.remove, line_id=key), "Line removed.")


@door.post(
    "/carts/{cart_id}/codes",
    id="addCode",
    conditional=True,
    rebuild=_cart_again,
    refusals=(*CHANGED, CodeRefused, TooManyRequests),
    counted=_guesses,
)
def add_code(request: Request, cart_id: str, body: CodeIn) -> Answer[CartOut]:
    """Apply a discount code.

    The code takes the place of any before. A code that does not fit is refused, and the refusal says why in
    `errors[].params.reason`.
    """
    return _changed(request, cart_id, partial(codes.enter, text=body.code), "Code applied.")


@door.delete("/carts/{cart_id}/codes/{code_id}", id="removeCode", conditional=True, refusals=CHANGED)
def remove_code(request: Request, cart_id: str, code_id: str) -> Answer[CartOut]:
    """Remove a discount code.

    The cart is priced without the code again; the answer is the whole cart.
    """
    key = private(Prefix.DISCOUNT_CODE, code_id)
    return _changed(request, cart_id, partial(codes.remove, code_id=key), "Code removed.")


@door.get("/carts/{cart_id}/shipping-methods", id="listShippingMethods", limits=(limits.READS,))
def list_shipping_methods(request: Request, cart_id: str) -> Answer[list[ShippingMethodOut]]:
    """List shipping methods.

    The ways in which this cart can be shipped, each with its price. Choose one with `PATCH /carts/{cart_id}` and
    `shipping_method_id`.
    """
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    found = [show.shipping_method(each, currency=cart.currency) for each in shipping.methods(cart.market_id)]
    return _in_context(all_of(found, message="Shipping methods retrieved."), cart)


@door.get("/carts/{cart_id}/payment-methods", id="listPaymentMethods", limits=(limits.READS,))
def list_payment_methods(request: Request, cart_id: str) -> Answer[list[PaymentMethodOut]]:
    """List payment methods.

    The ways in which this cart can be paid. Send the `code` of one as `payment.method` when you complete the cart. A
    cart that is ready and of which nothing is owed has none: complete it without `payment`.
    """
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    if pricing.is_free(cart):
        return _in_context(all_of([], message="Nothing is owed: complete the cart without a payment."), cart)
    found = [show.payment_method(each) for each in payments.methods()]
    return _in_context(all_of(found, message="Payment methods retrieved."), cart)


@door.post(
    "/carts/{cart_id}/claim",
    id="claimCart",
    needs="user",
    conditional=True,
    rebuild=_cart_again,
    refusals=CHANGED,
)
def claim_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Claim a cart.

    Merge a guest's cart into the open cart of whoever is logged in, once. Quantities are added up and limited to what
    there is, with a notice. The guest's id is dead afterwards.
    """
    version = expected_version(request, public_id=cart_id)
    guest = queries.cart(cart_id, seen_by=request.call.actor)
    mine = merging.claim(guest, user_id=request.call.user_id, expected_version=version)
    return _shown(mine, "This is your cart now.")


@door.post(
    "/carts/{cart_id}/complete",
    id="completeCart",
    status=201,
    also={200: CompletedOut, 202: ActionOut},
    repeat="required",
    in_acts=True,
    conditional=True,
    rebuild=_order_again,
    limits=(limits.COMPLETES,),
    example=examples.COMPLETE,
    refusals=(
        errors.NotReady,
        errors.CartCompleted,
        errors.PriceChanged,
        errors.TooManyUnpaid,
        UnknownPaymentMethod,
        PaymentTokenRequired,
        CardNumberRefused,
        SavingNotOffered,
        UnknownCurrency,
        InsufficientStock,
        CodeUsedUp,
        PaymentDeclined,
        PaymentInProgress,
        errors.PaymentGivenUp,
        GatewayUnavailable,
        InvalidReturnUrl,
        TooManyRequests,
    ),
)
def complete_cart(request: Request, cart_id: str, body: CompleteIn) -> Answer[CompletedOut]:
    """Complete a cart.

    Turn the cart into an order. `expected_total` is the total that the shopper has seen: when it is another one by now,
    the answer is 409 `price_changed` and nothing is charged.

    - **201**: the order.
    - **200**: the same order again, when the call is repeated.
    - **202**: the shopper has to act first, as for 3-D Secure. Send them to `next_action.redirect_to_url.url`; when
      they are back, repeat the call with the same `Idempotency-Key`.

    Repeating with the same key never charges twice. A declined payment (402) leaves the cart open: try again with a new
    key.

    `If-Match` is asked of a cart that is not completed yet: a repetition goes on where the first call stands.
    """
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    sent = body.payment
    paying = Paying(method=sent.method, token=sent.token, return_url=sent.return_url) if sent else None
    done = complete_within_limits(
        cart,
        expected_total=body.expected_total.money(),
        paying=paying,
        buyer=Buyer(
            ip=request.call.ip, key=key_from_header(request.META["HTTP_IDEMPOTENCY_KEY"]), expected_version=version
        ),
    )
    if done.payment is not None:
        waiting: Any = show.action(cart, done)
        return _in_context(Answer(data=waiting, message="Please confirm the payment.", status=202), cart)
    if not done.is_new:
        return _in_context(_completed(done.whole, "This order is placed already.", status=200), cart)
    placed = _completed(done.whole, "Thank you. The order is placed.", status=201)
    location = {"Location": f"/api/v1/orders/{placed.data['id']}"}
    return _in_context(replace(placed, headers=location), cart)


@door.post(
    "/carts/{cart_id}/reopen",
    id="reopenCart",
    conditional=True,
    rebuild=_cart_again,
    refusals=(errors.CartCompleted, GatewayUnavailable),
    in_acts=True,
)
def reopen_cart(request: Request, cart_id: str) -> Answer[CartOut]:
    """Reopen a cart.

    Give up a payment that was started: it is voided, what was set aside is free again, and the cart can be changed.
    Repeating changes nothing.
    """
    return _changed(request, cart_id, reopen, "The cart is open again.")


def _changed(request: Request, cart_id: str, change: Callable[..., None], message: str) -> Answer[CartOut]:
    """Fetch, change if it has the version that is expected, and show the whole cart."""
    version = expected_version(request, public_id=cart_id)
    cart = queries.cart(cart_id, seen_by=request.call.actor)
    change(cart, expected_version=version)
    return _shown(cart, message)


def _shown(cart: Cart, message: str) -> Answer[CartOut]:
    if cart.status == Cart.Status.COMPLETED:
        shown = show.completed_cart(cart)
        tag = etag(shown["id"], cart.version)
        return _in_context(Answer(data=shown, message="This cart has become an order.", etag=tag), cart)
    return _priced(pricing.price(cart), message)


def _priced(priced: Priced, message: str, *, status: int | None = None) -> Answer[CartOut]:
    shown = show.cart(priced)
    headers = {"Location": f"/api/v1/carts/{shown['id']}"} if status == 201 else {}
    tag = etag(shown["id"], priced.version)
    return _in_context(Answer(data=shown, message=message, status=status, etag=tag, headers=headers), priced.cart)


def _completed(whole: Whole, message: str, *, status: int) -> Answer[CompletedOut]:
    order = whole.order
    data: CompletedOut = {
        **show_order(whole),
        "order_token": orders.token_of(order) if order.user_id is None else None,
    }
    return Answer(data=data, message=message, status=status, etag=etag(data["id"], data["version"]))


def _in_context(answer: Answer[Shown], cart: Cart) -> Answer[Shown]:
    """The answer, saying for whom its prices are."""
    return replace(answer, meta={"context": show.context(cart), **answer.meta})


def _lines(sent: Sequence[LineIn], *, below: str = "") -> tuple[lines.NewLine, ...]:
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


def _code(body: OpenCartIn) -> str | None:
    return body.codes[0] if body.codes else None


def _opening(body: OpenCartIn) -> opening.Opening:
    return opening.Opening(
        country=body.country,
        currency=body.currency,
        locale=body.locale,
        email=body.email,
        lines=_lines(body.lines, below="lines"),
        shipping_address=body.shipping_address.stored() if body.shipping_address else None,
        billing_address=body.billing_address.stored() if body.billing_address else None,
        code=_code(body),
        note=body.note,
        metadata=body.metadata,
    )


def _changes(cart: Cart, body: CartChangeIn) -> dict[str, Any]:
    changes = body.changes()
    if "shipping_method_id" in changes:
        sent_id = changes.pop("shipping_method_id")
        changes["shipping_method"] = carts.method_of(cart, str(sent_id)) if sent_id else None
    return changes
