"""What is left of a variant, as expressions for other apps' queries, and what they mean to a shopper."""

from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from shop.inventory.models import Hold, HoldLine, StockLevel
from shop.inventory.shelves import Place, Shelf
from shop.inventory.types import Availability
from shop.platform.settings import shop_settings

NUMBER = IntegerField()
NOWHERE = UUID(int=0)


def free_of(variant: OuterRef, *, at: datetime) -> Combinable:
    """How many of the variant are free over all active locations; holds that ran out count as nothing."""
    free = F("on_hand") - F("held") - F("allocated") - F("unavailable")
    over = Hold.objects.filter(status=Hold.Status.HELD, expires_at__lte=at).order_by()
    late = (
        HoldLine.objects.filter(level__variant_id=variant, level__location__is_active=True)
        .filter(hold__status=Hold.Status.HELD, hold__expires_at__lte=at)
        .order_by()
        .values("level__variant_id")
        .annotate(n=Sum("quantity"))
        .values("n")
    )
    # Mostly none has run out, and then nobody looks through all that was ever held of the variant.
    freed = Case(When(Exists(over), then=Coalesce(Subquery(late, output_field=NUMBER), 0)), default=0)
    return _summed(variant, free) + freed


def room_of(variant: OuterRef) -> Combinable:
    """How many more of the variant may be promised before they have come."""
    return _summed(variant, F("backorder_room"))


def availability(*, free: int, room: int, is_tracked: bool, may_backorder: bool) -> Availability:
    """What these numbers mean to a shopper."""
    place = Place(level_id=NOWHERE, free=free, room=room, expired=0)
    return Shelf(is_tracked, may_backorder, (place,)).availability(low=shop_settings().low_stock)


def _summed(variant: OuterRef, amount: Combinable) -> Combinable:
    levels = StockLevel.objects.filter(variant_id=variant, location__is_active=True).order_by()
    return Coalesce(Subquery(levels.values("variant_id").annotate(n=Sum(amount)).values("n"), output_field=NUMBER), 0)
