"""How orders look to staff."""

from shop.kernel.ids import Prefix, public
from shop.orders import presenters
from shop.orders.api.schemas import AdminListedOrderOut, AdminOrderOut, StaffsOrderOut
from shop.orders.models import Order
from shop.orders.types import OrderDetails


def order(details: OrderDetails) -> AdminOrderOut:
    return {**presenters.order(details), **_for_staff(details.order)}


def listed_order(details: OrderDetails) -> AdminListedOrderOut:
    return {**presenters.listed_order(details), **_for_staff(details.order)}


def _for_staff(found: Order) -> StaffsOrderOut:
    return {
        "customer_id": public(Prefix.USER, found.user_id) if found.user_id else None,
        "market": found.market.code,
        "country": found.country,
        "locale": found.locale,
        "prices_include_tax": found.prices_include_tax,
        "payment_method": found.payment_method,
    }
