"""The life of an order: drafted with its handles, placed once, or abandoned or cancelled with all of them released."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from shop.catalog.types import Picture, Sellable
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.kernel.ids import digest, secret
from shop.orders import numbers, statuses
from shop.orders.events import OrderCancelled, OrderMarkedPaid, OrderPlaced
from shop.orders.models import Cancellation, Order, OrderLine, OrderRedemption
from shop.orders.search import search_text
from shop.orders.types import Agreement, LineExtra, OrderDetails
from shop.payments import operations as payments
from shop.payments.models import Bill
from shop.platform import events, reencryption
from shop.platform.actors import Actor
from shop.platform.clock import now
from shop.platform.keys import locked, unlocked
from shop.platform.records import Stale, WrongState
from shop.promotions import operations as promotions
from shop.promotions.models import Redemption
from shop.quotes.types import Quote, QuotedDelivery, QuotedLine, TaxLine

TOKEN_LIFE = timedelta(days=90)
TOKEN_PURPOSE = "order token"  # noqa: S105 - what a key is for
Status = Order.Status


@transaction.atomic(savepoint=False)
def draft(
    agreement: Agreement,
    *,
    quote: Quote,
    sellables: Mapping[UUID, Sellable],
    extras: Mapping[UUID, LineExtra],
    bill: Bill,
) -> OrderDetails:
    """The order exists, waiting to be paid: a copy of the quote that keeps its bill. `keep` gives it the other handles.

    Raises IntegrityError (order_one_per_cart) when its source has another order that is not abandoned.
    """
    token = secret("sot")
    basket, delivery = quote.basket, quote.delivery
    order = Order.objects.create(
        id=agreement.order_id,
        source=agreement.source,
        token_digest=digest(token),
        token_secret=locked(token.encode(), purpose=TOKEN_PURPOSE),
        token_expires_at=now() + TOKEN_LIFE,
        market_id=agreement.market_id,
        user_id=agreement.user_id,
        group_id=agreement.group_id,
        email=agreement.email,
        email_key=agreement.email_key,
        email_confirmed_at=agreement.email_confirmed_at,
        client_key=agreement.client_key,
        completion_key=agreement.completion_key,
        currency=basket.currency,
        country=agreement.country,
        locale=agreement.locale,
        prices_include_tax=basket.prices_include_tax,
        shipping_address=agreement.shipping_address,
        billing_address=agreement.billing_address,
        shipping_method=_method(agreement, delivery),
        payment_method=agreement.payment_method,
        codes=[
            {"id": str(agreement.code_id), "code": each.code, "name": each.name, "amount": each.amount.minor}
            for each in quote.reduction_totals
        ],
        subtotal=quote.subtotal.minor,
        discount_total=quote.discount_total.minor,
        shipping_total=quote.shipping_total.minor,
        shipping_tax_lines=_taxes(delivery.tax_lines) if delivery else [],
        tax_total=quote.tax_total.minor,
        total=quote.total.minor,
        bill=bill,
        hold_id=agreement.hold_id,
        note=agreement.note,
        search_text=search_text(
            agreement.email,
            (agreement.shipping_address, agreement.billing_address),
            (sellables[line.item.variant_id].sku for line in quote.lines),
        ),
        metadata=dict(agreement.metadata),
        is_test=agreement.is_test,
        expires_at=agreement.expires_at,
    )
    lines = [
        _line(order, at, line, sellables[line.item.variant_id], extras[line.item.key])
        for at, line in enumerate(quote.lines)
    ]
    OrderLine.objects.bulk_create(lines)
    return OrderDetails(order, lines, ())


def _method(agreement: Agreement, delivery: QuotedDelivery | None) -> dict[str, str | None] | None:
    if delivery is None:
        return None
    key = agreement.shipping_method_id
    return {"id": str(key) if key else None, "code": delivery.delivery.code, "name": delivery.delivery.name}


def keep(order: Order, *, hold: Hold | None = None, redemption: Redemption | None = None) -> None:
    """The order keeps this handle; a hold takes the place of any before."""
    if redemption is not None:
        OrderRedemption.objects.create(order=order, redemption=redemption)
    if hold is not None:
        Order.objects.filter(pk=order.pk).update(hold=hold)
        order.hold = hold


def _line(order: Order, position: int, line: QuotedLine, known: Sellable, extra: LineExtra) -> OrderLine:
    item = line.item
    return OrderLine(
        order=order,
        position=position,
        variant_id=item.variant_id,
        product_id=known.product_id,
        product_slug=known.product_slug,
        product_name=known.product_name,
        name=known.variant_name,
        sku=known.sku,
        options=dict(known.options),
        image_url=known.image.url if known.image else "",
        image=_image(known.image) if known.image else None,
        quantity=item.quantity,
        unit_price=item.unit_price.minor,
        compare_at=item.compare_at.minor if item.compare_at else None,
        subtotal=line.subtotal.minor,
        discount=line.discount.minor,
        tax=line.tax.minor,
        total=line.total.minor,
        discounts=[{"code": each.code, "name": each.name, "amount": each.amount.minor} for each in line.shares],
        tax_lines=_taxes(line.tax_lines),
        requires_shipping=item.requires_shipping,
        metadata=dict(extra.metadata),
    )


def _image(found: Picture) -> dict[str, object]:
    return {
        "id": str(found.id),
        "alt": found.alt,
        "width": found.width,
        "height": found.height,
        "variant_ids": [str(each) for each in found.variant_ids],
    }


def _taxes(lines: Sequence[TaxLine]) -> list[dict[str, object]]:
    return [
        {"name": each.name, "rate": f"{each.percent:.2f}", "base": each.base.minor, "amount": each.amount.minor}
        for each in lines
    ]


def token_of(order: Order) -> str | None:
    """Return the token with which a guest may see the order, while it lives and a SECRET_KEY can decrypt it."""
    if order.token_secret is None or order.token_expires_at is None or order.token_expires_at <= now():
        return None
    try:
        return unlocked(order.token_secret, purpose=TOKEN_PURPOSE).decode()
    except InvalidToken:
        return None


def reencrypt() -> int:
    """Encrypt tokens with the current SECRET_KEY where a former one has encrypted them; return how many."""
    living = Order.objects.filter(token_secret__isnull=False, token_expires_at__gt=now())
    return reencryption.reencrypt(living, "token_secret", purpose=TOKEN_PURPOSE)


@transaction.atomic(savepoint=False)
def place(order: Order, *, bill: Bill, unpaid_until: timedelta | None = None) -> bool:
    """The order is placed: numbered, its stock allocated, its codes confirmed, the event recorded.

    False when it was placed already. `unpaid_until` gives an order that is not paid yet so much time. Raises
    WrongState when the order, or its hold, was abandoned meanwhile; nothing has changed then.
    """
    at = now()
    payment_status = statuses.of(bill, authorized=False)
    expires_at = at + unpaid_until if unpaid_until else None
    if not _place_with_number(order, payment_status=payment_status, placed_at=at, expires_at=expires_at):
        current = Order.objects.get(pk=order.pk).status
        if current in (Status.PLACED, Status.COMPLETED):
            return False
        raise WrongState(now=current, wanted=Status.PLACED)
    if order.codes:
        is_known = order.email_confirmed_at is not None or is_paid_for(bill)
        promotions.confirm(_redemptions(order), is_proven=is_known)
    events.record(OrderPlaced(aggregate=order.pk, number=order.number or ""))
    if order.hold_id:
        is_unconfirmed = unpaid_until is not None and order.email_confirmed_at is None
        inventory.commit(_hold_of(order), keeps_provisional=is_unconfirmed)  # hot rows last
    return True


def is_paid_for(bill: Bill) -> bool:
    """Whether the order has cost somebody money: what is free says nothing about whose address it has."""
    return bill.amount > 0 and bill.status == Bill.Status.COVERED


def prove_codes(order: Order) -> None:
    """The order's address is known to be its customer's, so its codes count as used by its owner."""
    if order.codes:
        promotions.prove(_redemptions(order))


def prove_older_codes(batch: int = 500) -> int:
    """The same for uses of before, when nobody wrote down whose address it was. Says how many; it can be repeated."""
    is_account = Q(order__user__email_verified_at__isnull=False, order__user__email_key=F("redemption__customer_key"))
    is_closed = Q(order__user__closed_at__isnull=False)
    is_known = Q(order__email_confirmed_at__isnull=False, order__email_key=F("redemption__customer_key"))
    is_paid = Q(order__bill__captured__gt=0)
    unproven = OrderRedemption.objects.filter(redemption__in=promotions.unproven())
    count, rest = 0, unproven.filter(is_account | is_closed | is_known | is_paid).order_by("pk")
    while rows := list(rest[:batch]):
        rest = rest.filter(pk__gt=rows[-1].pk)
        count += promotions.prove(
            OrderRedemption.objects.filter(pk__in=[row.pk for row in rows]).values("redemption_id")
        )
    return count


def _redemptions(order: Order) -> QuerySet[Any, Any]:
    return OrderRedemption.objects.filter(order=order).values("redemption_id")


def _hold_of(order: Order) -> Hold:
    """The order's hold, with what is known of it; nothing is read."""
    known = order.hold if Order.hold.is_cached(order) else None
    return known or Hold(pk=order.hold_id)


def _place_with_number(order: Order, **values: Any) -> bool:
    """Move the order to placed under a number of its own; False when it was not waiting any more."""
    for _ in range(5):
        number = numbers.draw()
        waiting = Order.objects.filter(pk=order.pk, status=Status.PENDING_PAYMENT)
        try:
            with transaction.atomic():
                return bool(waiting.moved(Status.PLACED, number=number, instance=order, **values))
        except IntegrityError:
            if not Order.objects.filter(number=number).exists():
                raise
    raise RuntimeError("five numbers in a row were taken")


@transaction.atomic
def abandon(order: Order, *, because: str) -> bool:
    """An order that was never placed is cancelled or expired and everything is given back; False if it did not wait."""
    if not _leave(order, Status.PENDING_PAYMENT, because):
        return False
    _close_bill(order)
    _release(order)
    return True


def cancel(order: Order, *, actor_id: UUID | None, reason: str = "", expected_version: int | None = None) -> bool:
    """A placed order is cancelled: stock, codes and money go back; False if it was cancelled already.

    Raises WrongState when it can't be cancelled any more, or was never placed, Stale when it has another version than
    the expected one.
    """
    with transaction.atomic():
        if expected_version is not None:
            _refuse_stale(order, expected_version)
        if not _withdraw(order, Status.CANCELLED, actor_id=actor_id, reason=reason):
            return False
    statuses.refresh(order)  # what could be given back at once has been
    return True


@transaction.atomic
def mark_paid(order: Order, *, actor: Actor, reference: str = "", received_on: date | None = None) -> bool:
    """Somebody has seen the money of a placed order that is paid outside the shop; False if it was paid already.

    The event tells who, what the bank calls it and when it came.

    Raises WrongState for an order that was never placed, was cancelled, or is paid through a gateway.
    """
    found = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if found.status not in (Status.PLACED, Status.COMPLETED):
        raise WrongState(now=found.status, wanted=Order.PaymentStatus.PAID)
    if not payments.cover(Bill.objects.get(pk=found.bill_id)):
        return False
    Order.objects.filter(pk=found.pk).update(expires_at=None)
    prove_codes(found)
    if found.hold_id is not None:
        inventory.make_firm(Hold(pk=found.hold_id))
    events.record(
        OrderMarkedPaid(
            aggregate=found.pk,
            number=found.number or "",
            actor=actor.user_id,
            reference=reference,
            received_on=received_on.isoformat() if received_on else "",
        )
    )
    statuses.refresh(order)
    return True


def expire(order: Order) -> bool:
    """A placed order that nobody paid in time is expired: everything goes back; False if it was already, is paid, or
    has time left: a shopper may have confirmed the address since the order was read.

    Raises WrongState when it was cancelled or shipped meanwhile.
    """
    with transaction.atomic():
        if not _withdraw(order, Status.EXPIRED, actor_id=None, reason="not paid in time"):
            return False
        if Bill.objects.get(pk=order.bill_id).captured:  # it is closed, and held: from here on no money is missed
            transaction.set_rollback(True)
            return False
    statuses.refresh(order)
    return True


def _refuse_stale(order: Order, expected_version: int) -> None:
    """The order's row is held and has this version. Raises Stale."""
    held = Order.objects.select_for_update(no_key=True).filter(pk=order.pk)
    if held.values_list("version", flat=True).get() != expected_version:
        raise Stale()


def _withdraw(order: Order, to: str, *, actor_id: UUID | None, reason: str) -> bool:
    if not _leave(order, Status.PLACED, to):
        current = Order.objects.get(pk=order.pk)
        if current.status == to or (to == Status.EXPIRED and _has_time_left(current)):
            return False
        is_shipped = current.status == Status.PLACED
        raise WrongState(now=current.fulfillment_status if is_shipped else current.status, wanted=to)
    Cancellation.objects.create(order=order, actor_id=actor_id, reason=reason[:300])
    returned = payments.left_to_return(_close_bill(order))
    events.record(
        OrderCancelled(
            aggregate=order.pk,
            number=order.number or "",
            reason=reason[:300],
            returned=returned.minor,
            currency=returned.currency,
            has_expired=to == Status.EXPIRED,
        )
    )
    _release(order)
    return True


def _leave(order: Order, before: str, to: str) -> bool:
    waiting = Order.objects.filter(pk=order.pk, status=before, fulfillment_status=Order.FulfillmentStatus.UNFULFILLED)
    if (before, to) == (Status.PLACED, Status.EXPIRED):
        waiting = waiting.exclude(expires_at__gt=now())
    return bool(waiting.moved(to, cancelled_at=now(), expires_at=None))


def _has_time_left(order: Order) -> bool:
    return order.status == Status.PLACED and order.expires_at is not None and order.expires_at > now()


def _close_bill(order: Order) -> Bill:
    """Nothing is collected for the order any more, its money goes back, and its payment status is as the bill says."""
    bill = Bill(pk=order.bill_id)
    payments.close(bill)
    bill.refresh_from_db()  # it is closed, and held: what has come until now is all that was asked for
    Order.objects.filter(pk=order.pk).update(payment_status=statuses.of(bill, authorized=False))
    return bill


def _release(order: Order) -> None:
    """The codes and the stock that the order keeps, as they are now that its row is held, are free again."""
    kept = OrderRedemption.objects.filter(order=order).select_related("redemption")
    for each in kept.order_by("redemption_id"):
        promotions.release(each.redemption)
    hold = Order.objects.values_list("hold_id", flat=True).get(pk=order.pk)
    if hold is not None:
        inventory.release(Hold(pk=hold))  # hot rows last
