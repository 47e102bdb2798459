"""From cart to order, in phases, so that no lock is held while a bank thinks and a crash in any gap can be resumed.

    phase 0   price, look whether anything is missing and whether the total is the one agreed to      no transaction
    phase 1   take the cart; draft the order with its bill, the attempt to pay it, its code and,
              last, its stock                                                                         one transaction
    phase 2   collect the money                                                                       no transaction
    phase 3   place the order: number, stock allocated, code confirmed, cart completed, event          one transaction

Whoever comes again finds the cart's order and goes on where it stands. A declined card gives everything back; a bank
that does not answer leaves the draft and its hold, to be resumed by the client or by shop.checkout.recover. Every
transaction takes its rows in one order: cart, order, bill, code, stock.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shop.accounts.models import email_key
from shop.checkout import limits, pricing, queries
from shop.checkout.abandon import abandon
from shop.checkout.errors import CartCompleted, NotReady, PaymentAbandoned, PriceChanged, TooManyUnpaid
from shop.checkout.finish import HOLD_FOR, finish
from shop.checkout.models import Cart
from shop.checkout.operations import codes
from shop.checkout.operations.carts import refuse_stale
from shop.checkout.types import Buyer, Paying, Priced
from shop.checkout.waiting import bind, client_key, refuse_more_unpaid
from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock
from shop.inventory.types import Shortage
from shop.kernel.errors import Declined, FieldsWrong, NotFound, Problem, Refusal
from shop.kernel.ids import uuid7
from shop.kernel.messages import gettext_noop
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.queries import details, details_of
from shop.orders.types import Agreement, LineExtra, OrderDetails
from shop.payments import operations as payments
from shop.payments.errors import PaymentInProgress
from shop.payments.models import Bill, Payment
from shop.platform import limits as platform_limits
from shop.platform.clock import now
from shop.platform.keys import keyed_hash
from shop.platform.records import WrongState
from shop.platform.retries import retry_on_deadlock
from shop.promotions import operations as promotions
from shop.promotions.errors import AlreadyUsed

REPEATED_FOR = timedelta(minutes=15)
"""So long a completed cart gives its order again without the key of the first call."""
NOBODY = Buyer()

ACTION = Payment.Status.REQUIRES_ACTION


class CartMoved(Exception):
    """Somebody has changed the cart since it was priced."""


@dataclass(frozen=True, slots=True)
class Completion:
    """How far it got: the order is placed (now, or before), or `payment` waits for the shopper to act."""

    details: OrderDetails
    is_new: bool
    payment: Payment | None = None


def complete(cart: Cart, *, expected_total: Money, paying: Paying | None, buyer: Buyer = NOBODY) -> Completion:
    """The cart is an order. Safe to repeat: a second call finds the first one's order and goes on where it stands.

    Raises NotReady, PriceChanged, InsufficientStock, PaymentDeclined and the other refusals of its parts; then the cart
    is open again and nothing is held. GatewayUnavailable leaves everything as it is, for a repetition; so does
    PaymentInProgress, while somebody else pays. Where nothing is owed `paying` may be None. Raises CartCompleted when
    the order was placed long ago, or had another total; Stale for a cart of another version than the expected one that
    is no order yet: a repetition goes on, though the first call has raised the version.
    """
    found = _begun(cart)
    begun, attempt = (found, None) if found is not None else _prepare(cart, expected_total, paying, buyer)
    order = begun.order
    if order.placed_at is not None:
        _refuse_unless_repeated(order, expected_total, buyer)
        return Completion(begun, is_new=False)
    _refuse_other_total(order, expected_total)
    payment = _collect(order, paying, attempt)
    if payment is not None and payment.status == ACTION:
        return _waiting(begun, payment)
    if not finish(order):
        return Completion(details(order.pk), is_new=False)
    if payment is None:  # nothing to pay, or paid while nobody waited for it
        return Completion(details(order.pk), is_new=True)
    return Completion(OrderDetails(order, begun.lines, (payment,)), is_new=True)


def complete_within_limits(cart: Cart, *, expected_total: Money, paying: Paying | None, buyer: Buyer) -> Completion:
    """As `complete`; declined cards are counted, so that a cart is no machine to try cards with.

    They are counted when the bank has said no, lest buyers who pay at the same moment take each other's room. So the
    quota can be passed once, by as many as run at that moment: the limit on completing bounds them.
    """
    counted = [
        (limits.DECLINES_PER_CART, str(cart.pk)),
        (limits.DECLINES_PER_ADDRESS, _declined_for(cart)),
        (limits.DECLINES_PER_IP, buyer.ip),
    ]
    platform_limits.test(counted)
    try:
        with _guesses_counted(cart, buyer):
            return complete(cart, expected_total=expected_total, paying=paying, buyer=buyer)
    except Declined:
        for policy, subject in counted:
            with suppress(
                platform_limits.TooManyRequests
            ):  # those that ran beside this one were as many as are allowed
                platform_limits.hit(policy, subject)
        raise


def _declined_for(cart: Cart) -> str:
    """Whose declined cards are counted together. A confirmed address is counted as its account: strangers who type it
    would use up its owner's tries."""
    return f"user:{cart.user_id}" if _confirmed_at(cart) is not None else email_key(cart.email)


@contextmanager
def _guesses_counted(cart: Cart, buyer: Buyer) -> Iterator[None]:
    """That a typed address has used its code tells whose customer it is: it counts as a code that was refused."""
    is_guess = cart.order_id is None and cart.code is not None and cart.code.once_per_customer
    if is_guess and not cart.confirmed_key:
        with codes.refusals_counted(cart, ip=buyer.ip, refusal=AlreadyUsed):
            yield
    else:
        yield


def _begun(cart: Cart) -> OrderDetails | None:
    """The order that the cart has already, in which state ever; None when it has none."""
    return details_of(cart.order) if cart.order is not None else None


def _prepare(
    cart: Cart, expected_total: Money, paying: Paying | None, buyer: Buyer
) -> tuple[OrderDetails, Payment | None]:
    """Phases 0 and 1: the order, and the attempt to pay it if that is new too. When the cart has changed meanwhile it
    is priced once more; when somebody else completes it there is an order already."""
    if paying is not None:
        payments.refuse_unfit(method=paying.method, token=paying.token, return_url=paying.return_url)
    for _ in range(3):
        if cart.status == Cart.Status.MERGED:
            raise NotFound()
        refuse_stale(cart, buyer.expected_version)
        priced = pricing.price(cart)
        if paying is None and priced.quote.total.minor:
            raise _payment_required()
        if priced.needs:
            raise _short(priced) or NotReady(priced.needs)
        if priced.quote.total != expected_total:
            raise PriceChanged(priced.quote.total)
        with suppress(CartMoved), _mails_counted(priced, paying, buyer):
            return _draft(priced, paying, buyer)
        cart = queries.again(cart)
        begun = _begun(cart)
        if begun is not None:
            return begun, None
    raise PaymentInProgress()


def _short(priced: Priced) -> InsufficientStock | None:
    """When stock is all that is missing, the refusal says so, with the numbers."""
    if any(need.code != "insufficient_stock" for need in priced.needs):
        return None
    missing = [
        Shortage(variant_id, quantity, priced.availability[variant_id])
        for variant_id, quantity in sorted(_wanted(priced).items())
        if quantity > priced.availability[variant_id].shown_max
    ]
    return InsufficientStock(missing) if missing else None


@retry_on_deadlock
@transaction.atomic
def _draft(priced: Priced, paying: Paying | None, buyer: Buyer) -> tuple[OrderDetails, Payment | None]:
    """Phase 1. Raises CartMoved when the cart is not the one that was priced any more."""
    cart, agreement, wanted = priced.cart, _agreement(priced, paying, buyer), _wanted(priced)
    waits_for_money = _is_placed_unpaid(priced, paying)
    priced_cart = Cart.objects.filter(pk=cart.pk, version=priced.version)
    if not priced_cart.moved(Cart.Status.COMPLETING, order_id=agreement.order_id, last_error="", notices=[]):
        raise CartMoved
    bill = payments.open_bill(priced.quote.total)
    drafted = orders.draft(
        agreement,
        quote=priced.quote,
        sellables=priced.sellables,
        extras={line.pk: LineExtra(line.metadata) for line in priced.lines},
        bill=bill,
    )
    if waits_for_money:
        refuse_more_unpaid(drafted.order)
    attempt = None
    if paying is not None and bill.amount:
        attempt = payments.begin(bill, method=paying.method, token=paying.token, return_url=paying.return_url)
    if cart.code is not None and priced.quote.basket.reductions:  # hot rows last, in one order for everybody
        used = promotions.redeem(
            cart.code,
            customer_key=cart.customer_key,
            account_id=cart.user_id,
            is_confirmed=bool(cart.confirmed_key),
            amount=priced.quote.discount_total,
        )
        orders.keep(drafted.order, redemption=used)
    held = inventory.hold(
        wanted,
        until=now() + HOLD_FOR,
        seen=priced.stock,
        key=agreement.hold_id,
        is_provisional=waits_for_money and agreement.email_confirmed_at is None,
    )
    if held is not None:
        drafted.order.hold = held
    return drafted, attempt


def _agreement(priced: Priced, paying: Paying | None, buyer: Buyer) -> Agreement:
    """Everything about the order but its lines and totals."""
    cart = priced.cart
    is_held = any(priced.stock[variant_id].is_tracked for variant_id in _wanted(priced))
    return Agreement(
        order_id=uuid7(),
        source=cart.pk,
        market_id=cart.market_id,
        country=cart.country,
        locale=cart.locale,
        user_id=cart.user_id,
        group_id=cart.user.group_id if cart.user else None,
        email=cart.email,
        email_key=email_key(cart.email),
        shipping_address=cart.shipping_address,
        billing_address=cart.billing_address or cart.shipping_address,
        email_confirmed_at=_confirmed_at(cart),
        client_key=client_key(buyer.ip),
        completion_key=_completion_key(cart.pk, buyer),
        payment_method=paying.method if paying else "",
        note=cart.note,
        metadata=cart.metadata,
        is_test=paying is not None and payments.is_test(paying.method),
        expires_at=now() + HOLD_FOR,
        code_id=cart.code_id,
        shipping_method_id=cart.shipping_method_id,
        hold_id=uuid7() if is_held else None,
    )


def _wanted(priced: Priced) -> dict[UUID, int]:
    """How many of each variant the priced lines want together."""
    wanted: dict[UUID, int] = {}
    for line in priced.quote.lines:
        wanted[line.item.variant_id] = wanted.get(line.item.variant_id, 0) + line.item.quantity
    return wanted


def _collect(order: Order, paying: Paying | None, attempt: Payment | None) -> Payment | None:
    """Phase 2; None when there is nothing to pay."""
    bill = order.bill
    if bill.amount == 0 or bill.status != Bill.Status.OPEN:
        return None
    if paying is None:
        raise _payment_required()
    try:
        return payments.collect(
            bill, method=paying.method, token=paying.token, return_url=paying.return_url, begun=attempt
        )
    except Declined as declined:
        abandon(order, error=declined.code, unless_paying=True)
        raise
    except WrongState:  # the bill was closed, or the attempt stopped
        raise PaymentAbandoned() from None


def _refuse_other_total(order: Order, expected_total: Money) -> None:
    total = Money(order.total, order.currency)
    if total != expected_total:
        raise PriceChanged(total)


def _payment_required() -> FieldsWrong:
    return FieldsWrong([Problem("required", gettext_noop("This field is required."), "payment")])


def _refuse_unless_repeated(order: Order, expected_total: Money, buyer: Buyer) -> None:
    """A completed cart gives its order again to whoever knows the total; later the first call's key is needed too.

    Raises CartCompleted.
    """
    is_right = Money(order.total, order.currency) == expected_total
    is_fresh = order.placed_at is not None and order.placed_at > now() - REPEATED_FOR
    is_first = bool(buyer.key) and hmac.compare_digest(order.completion_key, _completion_key(order.source, buyer))
    if not is_right or not (is_fresh or is_first):
        raise CartCompleted()


def _completion_key(cart_id: UUID, buyer: Buyer) -> str:
    return keyed_hash(f"{cart_id}:{buyer.key}", purpose="key of a completion") if buyer.key else ""


def _waiting(begun: OrderDetails, payment: Payment) -> Completion:
    """The shopper has to act, and what waits for that has its share of the stock. Raises TooManyUnpaid,
    InsufficientStock, PaymentAbandoned: then the attempt is void and the cart is open."""
    order = begun.order
    refusal: Refusal
    if order.expires_at is not None and order.expires_at > now():
        try:
            bind(order)
        except (TooManyUnpaid, InsufficientStock) as refused:
            refusal = refused
        except WrongState:  # its hold was released in this moment
            refusal = PaymentAbandoned()
        else:
            return Completion(begun, is_new=False, payment=payment)
        gone = abandon(order, error=refusal.code)
    else:
        wanted = inventory.demand_of(order.hold) if order.hold is not None else {}
        gone = abandon(order, error="expired", because=Order.Status.EXPIRED)
        refusal = inventory.shortage(wanted) or PaymentAbandoned()
    if not gone:  # somebody has brought it to an end in this moment
        current = details(order.pk)
        if current.order.placed_at is not None:
            return Completion(current, is_new=False)
        raise PaymentAbandoned()
    raise refusal


def _confirmed_at(cart: Cart) -> datetime | None:
    """Since when the cart's address is known to be its customer's; None for what anybody may have typed."""
    user = cart.user
    return user.email_verified_at if user is not None and user.email_key == email_key(cart.email) else None


def _is_placed_unpaid(priced: Priced, paying: Paying | None) -> bool:
    return paying is not None and bool(priced.quote.total.minor) and payments.is_offline(paying.method)


@contextmanager
def _mails_counted(priced: Priced, paying: Paying | None, buyer: Buyer) -> Iterator[None]:
    """An order that costs nothing to place is counted for the address that is mailed, unless that is the customer's.

    Cancelled ones count too; what comes to no order does not. Raises TooManyRequests.
    """
    is_free = not priced.quote.total.minor or _is_placed_unpaid(priced, paying)
    counted = [
        (limits.ORDER_MAILS_PER_ADDRESS, email_key(priced.cart.email)),
        (limits.ORDER_MAILS_PER_IP, buyer.ip),
    ]
    if not is_free or not buyer.ip or _confirmed_at(priced.cart) is not None:
        yield
        return
    platform_limits.hit_all(counted)
    try:
        yield
    except BaseException:
        for policy, subject in counted:
            platform_limits.undo(policy, subject)
        raise
