"""What checkout refuses."""

from collections.abc import Sequence

from shop.checkout.types import Need
from shop.kernel.errors import Conflict, Invalid, Problem
from shop.kernel.money import Money
from shop.stores.limits import LARGEST_METADATA


class CartCompleted(Conflict):
    """This cart has become an order."""

    code = "cart_completed"


class CartFull(Conflict):
    """A cart can hold at most 200 lines."""

    code = "cart_full"


class QuantityTooLarge(Invalid):
    """A line can hold at most 999 pieces."""

    code = "quantity_too_large"

    def __init__(self, fields: Sequence[str], *, most: int) -> None:
        first, *others = (Problem(self.code, self.sentence(), field, {"max": most}) for field in fields)
        super().__init__(field=first.field, params=first.params, others=tuple(others))


class MetadataTooLarge(Invalid):
    """The metadata of a cart and its lines has at most 16 KiB together."""

    code = "metadata_too_large"

    def __init__(self, field: str, *, size: int) -> None:
        super().__init__(field=field, params={"max_bytes": LARGEST_METADATA, "bytes": size})


class VariantUnavailable(Invalid):
    """This item is not available."""

    code = "variant_unavailable"

    def __init__(self, fields: Sequence[str]) -> None:
        first, *others = (Problem(self.code, self.sentence(), field) for field in fields)
        super().__init__(field=first.field, others=tuple(others))


class CountryNotServed(Invalid):
    """We do not sell to this country."""

    code = "country_not_served"


class CurrencyNotServed(Invalid):
    """This currency is not available in this country."""

    code = "currency_not_served"


class ShippingMethodUnavailable(Invalid):
    """This shipping method is not available for this cart."""

    code = "shipping_method_unavailable"


class PriceChanged(Conflict):
    """The total has changed. Please review it."""

    code = "price_changed"

    def __init__(self, total: Money) -> None:
        super().__init__(params={"total": {"amount": total.minor, "currency": total.currency}})


class NotReady(Invalid):
    """The cart is not complete yet."""

    code = "not_ready"

    def __init__(self, needs: Sequence[Need]) -> None:
        first, *others = (Problem(self.code, each.message, each.field, {"requirement": each.code}) for each in needs)
        super().__init__(field=first.field, params=first.params, message=first.message, others=tuple(others))


class PaymentGivenUp(Conflict):
    """This payment was cancelled. Anything charged will be refunded; the cart is open again."""

    code = "payment_given_up"


class TooManyUnpaid(Conflict):
    """There are too many unpaid orders already. Pay or cancel one of them first."""

    code = "too_many_unpaid_orders"
