"""Which orders somebody may see."""

import hmac
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from shop.kernel.errors import NotFound
from shop.kernel.ids import digest
from shop.kernel.pages import Page
from shop.orders.models import Order, OrderLine
from shop.orders.types import OrderDetails
from shop.payments.models import Bill, Payment, Refund
from shop.platform.actors import Actor
from shop.platform.clock import now
from shop.platform.keyset import NEWEST_FIRST, PageRequest, keyset

CLOSED = Bill.Status.CLOSED

Row = TypeVar("Row", bound=Model)


def order(order_id: UUID, *, seen_by: Actor, token: str | None = None) -> Order:
    """The order, with its bill, if it is the actor's own or the token is its. Raises NotFound."""
    found = Order.objects.select_related("bill", "market").filter(pk=order_id).first()
    if found is None or not (_owns(seen_by, found) or _opens(token, found)):
        raise NotFound()
    return found


def details(order_id: UUID) -> OrderDetails:
    """The order with all that is shown of it, for those who have found it already. Three or four statements."""
    return details_of(Order.objects.select_related("bill", "market").get(pk=order_id))


def details_of(found: Order) -> OrderDetails:
    """As `details`, for an order that is at hand with its bill."""
    return _details([found], OrderLine.objects.all())[0]


def orders_of(user_id: UUID, *, page: PageRequest) -> Page[OrderDetails]:
    """A customer's placed orders, newest first, without the metadata of their lines. Three or four statements, however
    many there are."""
    rows = Order.objects.select_related("bill").filter(user_id=user_id, placed_at__isnull=False)
    cut = keyset(rows, NEWEST_FIRST, page)
    lines = OrderLine.objects.defer("metadata")
    return Page(tuple(_details(cut.items, lines)), cut.next, cut.previous, cut.total)


def orders() -> QuerySet[Order]:
    """Every order, with its bill and market; those that wait for their payment too."""
    return Order.objects.select_related("bill", "market")


def details_of_all(rows: Sequence[Order]) -> list[OrderDetails]:
    """As `details`, for orders that are at hand with their bills. Two or three statements, however many they are."""
    return _details(rows, OrderLine.objects.all())


def listed_details_of(rows: Sequence[Order]) -> list[OrderDetails]:
    """The same without the metadata of their lines."""
    return _details(rows, OrderLine.objects.defer("metadata"))


def name_on(order: Order) -> str:
    """Whom the order goes to: the name or company of its address, empty for none."""
    address = order.shipping_address or order.billing_address or {}
    name = " ".join(filter(None, (address.get("first_name"), address.get("last_name"))))
    return name or str(address.get("company") or "")


def _details(found: Sequence[Order], all_lines: QuerySet[OrderLine]) -> list[OrderDetails]:
    bills = {each.bill_id: each.bill for each in found}
    lines = _grouped(all_lines.filter(order__in=[each.pk for each in found]).order_by("position"), "order_id")
    payments = _grouped(Payment.objects.filter(bill_id__in=bills).order_by("id"), "bill_id")
    given_back = [each.pk for each in bills.values() if each.refunded or (each.captured and each.status == CLOSED)]
    refunds = Refund.objects.filter(payment__bill_id__in=given_back).select_related("payment").order_by("id")
    by_bill: dict[Any, list[Refund]] = {}
    for refund in refunds if given_back else ():
        by_bill.setdefault(refund.payment.bill_id, []).append(refund)
    return [
        OrderDetails(each, lines.get(each.pk, []), payments.get(each.bill_id, []), by_bill.get(each.bill_id, []))
        for each in found
    ]


def _grouped(rows: QuerySet[Row], column: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _owns(actor: Actor, found: Order) -> bool:
    return actor.user_id is not None and found.user_id == actor.user_id


def _opens(token: str | None, found: Order) -> bool:
    if token is None or found.token_digest is None or found.token_expires_at is None:
        return False
    return found.token_expires_at > now() and hmac.compare_digest(digest(token), found.token_digest)
