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
    """The cart can't hold more lines."""

    code = "cart_full"


class QuantityTooLarge(Invalid):
    """One line can't hold that many."""

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
    """This variant can't be bought here."""

    code = "variant_unavailable"

    def __init__(self, fields: Sequence[str]) -> None:
        first, *others = (Problem(self.code, self.sentence(), field) for field in fields)
        super().__init__(field=first.field, others=tuple(others))


class CountryNotServed(Invalid):
    """We do not sell to this country."""

    code = "country_not_served"


class CurrencyNotServed(Invalid):
    """This currency is not used in that country."""

    code = "currency_not_served"


class ShippingMethodUnavailable(Invalid):
    """This shipping method is not available for this cart."""

    code = "shipping_method_unavailable"


class PriceChanged(Conflict):
    """The total has changed. Please look at it again."""

    code = "price_changed"

    def __init__(self, total: Money) -> None:
        super().__init__(params={"total": {"amount": total.minor, "currency": total.currency}})


class NotReady(Invalid):
    """Something is missing before this can become an order."""

    code = "not_ready"

    def __init__(self, needs: Sequence[Need]) -> None:
        first, *others = (Problem(self.code, each.message, each.field, {"requirement": each.code}) for each in needs)
        super().__init__(field=first.field, params=first.params, message=first.message, others=tuple(others))


class PaymentGivenUp(Conflict):
    """This payment was given up meanwhile. Its money goes back, if any was taken, and the cart is open again."""

    code = "payment_given_up"


class TooManyUnpaid(Conflict):
    """There are too many unpaid orders already. Pay or cancel one of them first."""

    code = "too_many_unpaid_orders"
