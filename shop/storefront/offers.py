"""Loading price and stock together, in one statement for all variants of many products."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef

from shop.inventory.expressions import availability, free_of, room_of
from shop.pricing import queries as pricing
from shop.storefront.context import Context
from shop.storefront.types import Offer


def offers(
    product_ids: Iterable[UUID], *, context: Context, at: datetime, also: tuple[str, ...] = ()
) -> dict[UUID, tuple[Offer, ...]]:
    """Return the offers of each product's active variants that have a price in the context, in the variants' order.

    `also` names more columns of the variants to load. One query.
    """
    rows = (
        pricing.fitting(market_id=context.market.pk, currency=context.currency, group_id=context.group_id, at=at)
        .filter(variant__product_id__in=list(product_ids), variant__is_active=True)
        .annotate(free=free_of(OuterRef("variant_id"), at=at), room=room_of(OuterRef("variant_id"), at=at))
        .order_by("price_list__priority", "price_list__code")
        .values_list(
            "variant_id",
            "variant__product_id",
            "variant__position",
            "variant__track_inventory",
            "variant__may_backorder",
            "amount",
            "compare_at",
            "free",
            "room",
            *(f"variant__{column}" for column in also),
        )
    )
    best: dict[UUID, tuple[int, Offer]] = {}
    for variant_id, product_id, position, tracked, may_backorder, amount, compare_at, free, room, *more in rows:
        best[variant_id] = (
            position,
            Offer(
                variant_id=variant_id,
                product_id=product_id,
                amount=amount,
                compare_at=compare_at,
                availability=availability(free=free, room=room, is_tracked=tracked, may_backorder=may_backorder),
                also=dict(zip(also, more, strict=True)),
            ),
        )  # the last of a variant has the highest priority
    by_product: dict[UUID, list[tuple[int, Offer]]] = defaultdict(list)
    for position, offer in best.values():
        by_product[offer.product_id].append((position, offer))
    return {
        product_id: tuple(offer for _, offer in sorted(these, key=lambda placed: (placed[0], placed[1].variant_id)))
        for product_id, these in by_product.items()
    }
