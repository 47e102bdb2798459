"""What is left of a variant, as expressions for other apps' queries, and what they mean to a shopper."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least

from shop.inventory.availability import LevelStock, VariantStock
from shop.inventory.models import Hold, HoldLine, StockLevel
from shop.inventory.settings import inventory_settings
from shop.inventory.types import Availability

NUMBER = IntegerField()
NOWHERE = UUID(int=0)


def free_of(variant: OuterRef, *, at: datetime) -> Combinable:
    """How many of the variant are free over all active locations; holds that ran out count as nothing.

    What one location owes to backorders is not taken from what lies at another.
    """
    return _summed(variant, lambda free: Greatest(free, 0), at=at)


def room_of(variant: OuterRef, *, at: datetime) -> Combinable:
    """How many more of the variant may be promised before they have come, if it may be backordered at all."""
    return _summed(variant, lambda free: F("backorder_room") + Least(free, 0), at=at)


def availability(*, free: int, room: int, is_tracked: bool, may_backorder: bool) -> Availability:
    """What these numbers mean to a shopper."""
    level = LevelStock(level_id=NOWHERE, free=free, room=room if may_backorder else 0, expired=0)
    return VariantStock(is_tracked, may_backorder, (level,)).availability(low=inventory_settings().low_stock)


def _summed(variant: OuterRef, amount: Callable[[Combinable], Combinable], *, at: datetime) -> Combinable:
    """The sum over the active locations of an amount that is made of what is free at each."""
    over = Hold.objects.filter(status=Hold.Status.HELD, expires_at__lte=at).order_by()
    late = HoldLine.objects.filter(level=OuterRef("pk"), hold__status=Hold.Status.HELD, hold__expires_at__lte=at)
    freed = Subquery(late.order_by().values("level").annotate(n=Sum("quantity")).values("n"), output_field=NUMBER)
    # Mostly none has run out, and then nobody looks through all that was ever held of the variant.
    given_back = Case(When(Exists(over), then=Coalesce(freed, 0)), default=0)
    free = F("on_hand") - F("held") - F("allocated") - F("unavailable") + given_back
    levels = StockLevel.objects.filter(variant_id=variant, location__is_active=True).order_by().values("variant_id")
    return Coalesce(Subquery(levels.annotate(n=Sum(amount(free))).values("n"), output_field=NUMBER), 0)
