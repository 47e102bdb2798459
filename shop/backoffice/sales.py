"""The shop's day, as the dashboard tells it: what was sold, what waits, what runs out. Each sees what they may see."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q, Sum
from django.urls import reverse

from shop.accounts.models import User
from shop.backoffice.cards import Card
from shop.catalog.models import Product
from shop.inventory.models import StockLevel
from shop.inventory.settings import inventory_settings
from shop.orders.models import Order
from shop.orders.queries import name_on
from shop.platform.amounts import shown
from shop.pricing.queries import ordinary
from shop.stores import queries

SHOWN: Final = 8
Viewer = User | AnonymousUser


def context(viewer: Viewer, at: datetime, *, timezone: str) -> dict[str, Any]:
    """In the store's time zone: cards of orders, and short lists of what wants attention."""
    found: dict[str, Any] = {"sales": []}
    currency = queries.default_market().currency
    if viewer.has_perm("orders.view_order"):
        found["sales"] += _orders(day_began(at, timezone=timezone), currency=currency)
        newest = Order.objects.filter(placed_at__isnull=False).order_by("-placed_at")[:SHOWN]
        found["newest_orders"] = [
            {"order": each, "name": name_on(each) or each.email, "total": shown(each.total, each.currency)}
            for each in newest
        ]
    if viewer.has_perm("inventory.view_stocklevel"):
        found["short"] = _short()
    if viewer.has_perm("catalog.view_product"):
        found["unpriced"] = _unpriced(currency)
    return found


def day_began(at: datetime, *, timezone: str) -> datetime:
    """When the day began there."""
    here = ZoneInfo(timezone)
    return datetime.combine(at.astimezone(here).date(), time.min, here).astimezone(UTC)


def _orders(began: datetime, *, currency: str) -> Iterator[Card]:
    orders, placed = reverse("admin:orders_order_changelist"), Order.Status.PLACED
    today = Order.objects.filter(placed_at__gte=began).order_by()
    gone = Q(status__in=[Order.Status.CANCELLED, Order.Status.EXPIRED])
    rows = list(
        today.values("currency").annotate(
            all=Count("pk"), gone=Count("pk", filter=gone), sum=Sum("total", filter=~gone)
        )
    )
    lost = sum(row["gone"] for row in rows)
    note = f"cancelled: {lost}" if lost else "none was cancelled"
    yield Card("Orders today", sum(row["all"] for row in rows), note, orders, "receipt_long")
    sums = [shown(row["sum"] or 0, row["currency"]) for row in sorted(rows, key=lambda row: -(row["sum"] or 0))]
    first, *others = sums or [shown(0, currency)]
    yield Card("Revenue today", first, " + ".join(others) or "without cancelled and expired orders", orders, "payments")
    waiting = Order.objects.filter(status=placed).exclude(
        fulfillment_status__in=[Order.FulfillmentStatus.FULFILLED, Order.FulfillmentStatus.DELIVERED]
    )
    counts = waiting.order_by().aggregate(
        all=Count("pk"), unpaid=Count("pk", filter=Q(payment_status=Order.PaymentStatus.UNPAID))
    )
    href = f"{orders}?status__exact=placed&fulfillment_status__exact=unfulfilled"
    yield Card("Orders to fulfill", counts["all"], f"not paid yet: {counts['unpaid']}", href, "package_2")


def _short() -> list[StockLevel]:
    """What runs out, the scarcest first."""
    levels = StockLevel.objects.filter(variant__track_inventory=True, variant__is_active=True)
    levels = levels.filter(variant__product__status=Product.Status.ACTIVE)
    left = F("on_hand") - F("held") - F("allocated") - F("unavailable")
    scarce = levels.annotate(left=left).filter(left__lte=inventory_settings().low_stock)
    return list(scarce.select_related("variant__product", "location").order_by("left", "pk")[:SHOWN])


def _unpriced(currency: str) -> list[Product]:
    """Products that shoppers would see, but for a price in the default market's currency."""
    priced = ordinary(currency).values("variant__product")
    waiting = Product.objects.exclude(status=Product.Status.ARCHIVED).exclude(pk__in=priced)
    return list(waiting.order_by("-id")[:SHOWN])
