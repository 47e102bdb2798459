"""The shipping methods of a market."""

from uuid import UUID

from shop.shipping.models import ShippingMethod


def methods(market_id: UUID) -> list[ShippingMethod]:
    """Return the active shipping methods of a market, in order."""
    return list(ShippingMethod.objects.filter(market_id=market_id, is_active=True))
