"""The queries of prices."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from shop.kernel.money import Money
from shop.pricing.models import Price
from shop.pricing.types import UnitPrice


def unit_prices(
    variant_ids: Iterable[UUID], *, market_id: UUID, currency: str, group_id: UUID | None, at: datetime
) -> dict[UUID, UnitPrice]:
    """Return the price of each variant that has one, in one query: the applicable list of the highest priority wins."""
    rows = (
        fitting(market_id=market_id, currency=currency, group_id=group_id, at=at)
        .filter(variant_id__in=set(variant_ids))
        .order_by("price_list__priority", "price_list__code")
        .values_list("variant_id", "amount", "compare_at", "price_list__code")
    )
    return {
        variant_id: UnitPrice(
            Money(amount, currency), Money(compare_at, currency) if compare_at is not None else None, source
        )
        for variant_id, amount, compare_at, source in rows  # the last of a variant has the highest priority
    }


def ordinary(currency: str) -> QuerySet[Price]:
    """Return the ordinary prices in a currency."""
    return Price.objects.filter(price_list__code=f"base-{currency.lower()}")


def fitting(*, market_id: UUID, currency: str, group_id: UUID | None, at: datetime) -> QuerySet[Price]:
    """Return the prices of all lists that apply to market, group, currency and time (half-open periods).

    Customers without a group are in the default one.
    """
    group = Q(price_list__group_id=group_id) if group_id else Q(price_list__group__is_default=True)
    return Price.objects.filter(
        Q(price_list__market_id=market_id) | Q(price_list__market=None),
        group | Q(price_list__group=None),
        Q(price_list__starts_at=None) | Q(price_list__starts_at__lte=at),
        Q(price_list__ends_at=None) | Q(price_list__ends_at__gt=at),
        price_list__currency=currency,
    )


def winning(*, market_id: UUID, currency: str, group_id: UUID | None, at: datetime) -> QuerySet[Price]:
    """Return, of the prices that apply, the one that each variant is sold for, as `unit_prices` chooses it."""
    fit = fitting(market_id=market_id, currency=currency, group_id=group_id, at=at)
    stronger = Q(price_list__priority__gt=OuterRef("price_list__priority")) | Q(
        price_list__priority=OuterRef("price_list__priority"), price_list__code__gt=OuterRef("price_list__code")
    )
    return fit.filter(~Exists(fit.filter(stronger, variant_id=OuterRef("variant_id"))))
