"""Writing shipping methods."""

from shop.kernel.money import AmountTooLarge, CurrencyMismatch, Money
from shop.shipping.models import ShippingMethod
from shop.stores.limits import LARGEST_PRICE
from shop.stores.models import Market


def offer(code: str, *, market: Market, name: str, price: Money, description: str = "", position: int = 0) -> bool:
    """Create the shipping method unless one with this code exists, and return whether it was created.

    Raises AmountTooLarge, and CurrencyMismatch unless the price is in the market's currency.
    """
    if price.currency != market.currency:
        raise CurrencyMismatch(f"{price} in a market of {market.currency}")
    if price.minor > LARGEST_PRICE:
        raise AmountTooLarge(field="price", params={"max": LARGEST_PRICE})
    _, is_new = ShippingMethod.objects.get_or_create(
        code=code,
        defaults={
            "market": market,
            "name": name,
            "description": description,
            "price": price.minor,
            "position": position,
        },
    )
    return is_new
