"""From cart to order, in acts, so that no lock is held while a bank thinks and a crash in any gap can be resumed.

    act 0   price, look whether anything is missing and whether the total is the one agreed to      no transaction
    act 1   claim the cart; draft the order with its bill, the attempt to pay it, its code and,
            last, its stock                                                                         one transaction
    act 2   collect the money                                                                       no transaction
    act 3   place the order: number, stock allocated, code confirmed, cart completed, event          one transaction

Whoever comes again finds the cart's order and goes on where it stands. A declined card gives everything back; a bank
that does not answer leaves the draft and its hold, to be resumed by the client or by shop.checkout.recover. Every
transaction takes its rows in one order: cart, order, bill, code, stock.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from shop.accounts.models import email_key
from shop.checkout import limits, pricing, queries
from shop.checkout.ending import HOLD_FOR, finish, give_up
from shop.checkout.errors import NotReady, PaymentGivenUp, PriceChanged, TooManyUnpaid
from shop.checkout.models import Cart
from shop.checkout.operations.carts import refuse_stale
from shop.checkout.types import Paying, Priced
from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock
from shop.kernel.errors import Declined, NotFound
from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.queries import whole, whole_of
from shop.orders.types import Agreement, LineExtra, Whole
from shop.payments import operations as payments
from shop.payments.errors import PaymentInProgress
from shop.payments.models import Bill, Payment
from shop.platform.clock import now
from shop.platform.limits import TooManyRequests, look, take
from shop.platform.patience import patiently
from shop.platform.records import WrongState
from shop.platform.turns import take_turn
from shop.promotions import operations as promotions

MOST_UNPAID = 3

ACTION = Payment.Status.REQUIRES_ACTION


@dataclass(frozen=True, slots=True)
class Completion:
    """How far it got: the order is placed (now, or before), or `payment` waits for the shopper to act."""

    whole: Whole
    is_new: bool
    payment: Payment | None = None


def complete(cart: Cart, *, expected_total: Money, paying: Paying, expected_version: int | None = None) -> Completion:
    """The cart is an order. Safe to repeat: a second call finds the first one's order and goes on where it stands.

    Raises NotReady, PriceChanged, InsufficientStock, PaymentDeclined and the other refusals of its parts; then the cart
    is open again and nothing is held. GatewayUnavailable leaves everything as it is, for a repetition; so does
    PaymentInProgress, while somebody else pays. Raises Stale for a cart of another version than the expected one that
    is no order yet; a repetition goes on, though the first call has raised the version.
    """
    found = _begun(cart)
    begun, attempt = (found, None) if found is not None else _prepare(cart, expected_total, paying, expected_version)
    order = begun.order
    if order.placed_at is not None:
        return Completion(begun, is_new=False)
    _refuse_other_total(order, expected_total)
    payment = _collect(order, paying, attempt)
    if payment is not None and payment.status == ACTION:
        return Completion(begun, is_new=False, payment=payment)
    if not finish(order):
        return Completion(whole(order.pk), is_new=False)
    if payment is None:  # nothing to pay, or paid while nobody waited for it
        return Completion(whole(order.pk), is_new=True)
    return Completion(Whole(order, begun.lines, (payment,)), is_new=True)


def complete_within_limits(
    cart: Cart, *, expected_total: Money, paying: Paying, ip: str, expected_version: int | None = None
) -> Completion:
    """As `complete`; declined cards are counted, so that a cart is no machine to try cards with.

    They are counted when the bank has said no, lest buyers who pay at the same moment take each other's room. So the
    quota can be passed once, by as many as run at that moment: the limit on completing bounds them.
    """
    counted = [
        (limits.DECLINES_PER_CART, str(cart.pk)),
        (limits.DECLINES_PER_ADDRESS, email_key(cart.email)),
        (limits.DECLINES_PER_IP, ip),
    ]
    look(counted)
    try:
        return complete(cart, expected_total=expected_total, paying=paying, expected_version=expected_version)
    except Declined:
        for policy, subject in counted:
            with suppress(TooManyRequests):  # those that ran beside this one were as many as are allowed
                take(policy, subject)
        raise


def _begun(cart: Cart) -> Whole | None:
    """The order that the cart has already, in which state ever; None when it has none."""
    return whole_of(cart.order) if cart.order is not None else None


def _prepare(
    cart: Cart, expected_total: Money, paying: Paying, expected_version: int | None
) -> tuple[Whole, Payment | None]:
    """Acts 0 and 1: the order, and the attempt to pay it if that is new too. A rival that changed the cart meanwhile is
    priced once more; one that completes it has made the order already."""
    payments.refuse_unfit(method=paying.method, token=paying.token, return_url=paying.return_url)
    for _ in range(3):
        if cart.status == Cart.Status.MERGED:
            raise NotFound()
        refuse_stale(cart, expected_version)
        priced = pricing.price(cart)
        if priced.needs:
            raise _short(priced) or NotReady(priced.needs)
        if priced.quote.total != expected_total:
            raise PriceChanged(priced.quote.total)
        drafted = _draft(priced, paying)
        if drafted is not None:
            return drafted
        cart = queries.again(cart)
        begun = _begun(cart)
        if begun is not None:
            return begun, None
    raise PaymentInProgress()


def _short(priced: Priced) -> InsufficientStock | None:
    """When stock is all that is missing, the refusal says so, with the numbers."""
    if any(need.code != "insufficient_stock" for need in priced.needs):
        return None
    return inventory.shortage(_wanted(priced))


@patiently
@transaction.atomic
def _draft(priced: Priced, paying: Paying) -> tuple[Whole, Payment | None] | None:
    """Act 1; None when the cart is not the one that was priced any more."""
    cart, agreement, wanted = priced.cart, _agreement(priced, paying), _wanted(priced)
    claimed = Cart.objects.filter(pk=cart.pk, status=Cart.Status.OPEN, version=priced.version).update(
        status=Cart.Status.COMPLETING, order_id=agreement.order_id, last_error="", notices=[], version=F("version") + 1
    )
    if not claimed:
        return None
    _refuse_too_many_unpaid(cart, paying.method)
    bill = payments.open_bill(priced.quote.total)
    drafted = orders.draft(
        agreement,
        quote=priced.quote,
        sellables=priced.sellables,
        extras={line.pk: LineExtra(line.metadata) for line in priced.lines},
        bill=bill,
    )
    attempt = None
    if bill.amount:
        attempt = payments.begin(bill, method=paying.method, token=paying.token, return_url=paying.return_url)
    if cart.code is not None and priced.quote.basket.reductions:  # hot rows last, in one order for everybody
        used = promotions.redeem(cart.code, customer_key=agreement.email_key, amount=priced.quote.discount_total)
        orders.keep(drafted.order, redemption=used)
    held = inventory.hold(wanted, until=now() + HOLD_FOR, seen=priced.stock, key=agreement.hold_id)
    if held is not None:
        drafted.order.hold = held
    return drafted, attempt


def _agreement(priced: Priced, paying: Paying) -> Agreement:
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
        payment_method=paying.method,
        note=cart.note,
        metadata=cart.metadata,
        is_test=payments.is_test(paying.method),
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


def _collect(order: Order, paying: Paying, attempt: Payment | None) -> Payment | None:
    """Act 2; None when there is nothing to pay."""
    bill = order.bill
    if bill.amount == 0 or bill.status != Bill.Status.OPEN:
        return None
    try:
        return payments.collect(
            bill, method=paying.method, token=paying.token, return_url=paying.return_url, begun=attempt
        )
    except Declined as declined:
        give_up(order, error=declined.code, unless_paying=True)
        raise
    except WrongState:  # the bill was closed, or the attempt stopped
        raise PaymentGivenUp() from None


def _refuse_other_total(order: Order, expected_total: Money) -> None:
    total = Money(order.total, order.currency)
    if total != expected_total:
        raise PriceChanged(total)


def _refuse_too_many_unpaid(cart: Cart, method: str) -> None:
    """A guest's address has at most three orders that nobody has paid, also of those that are made at this moment."""
    if cart.user_id is not None or not payments.is_offline(method):
        return
    key = email_key(cart.email)
    take_turn("unpaid orders", key)
    unpaid = Q(status=Order.Status.PLACED, payment_status=Order.PaymentStatus.UNPAID)
    waiting = unpaid | Q(status=Order.Status.PENDING_PAYMENT, payment_method=method)
    if Order.objects.filter(waiting, email_key=key).count() >= MOST_UNPAID:
        raise TooManyUnpaid(params={"max": MOST_UNPAID})
