"""What checkout refuses."""

from collections.abc import Sequence

from shop.checkout.types import Need
from shop.kernel.errors import Conflict, Invalid, Problem
from shop.kernel.messages import gettext_noop
from shop.kernel.money import Money
from shop.stores.limits import LARGEST_METADATA


class CartCompleted(Conflict):
    """The cart is an order now and can't be changed."""

    code = "cart_completed"
    message = gettext_noop("This cart has already been completed.")


class CartFull(Conflict):
    """One more line would exceed the limit of a cart."""

    code = "cart_full"
    message = gettext_noop("A cart can hold at most 200 lines.")


class QuantityTooLarge(Invalid):
    """A line's quantity exceeds `max`; one problem for each of `fields`."""

    code = "quantity_too_large"
    message = gettext_noop("Quantity can't exceed 999.")

    def __init__(self, fields: Sequence[str], *, most: int) -> None:
        first, *others = (Problem(self.code, self.message, field, {"max": most}) for field in fields)
        super().__init__(field=first.field, params=first.params, others=tuple(others))


class MetadataTooLarge(Invalid):
    """The metadata of a cart and its lines is larger than `max_bytes` together."""

    code = "metadata_too_large"
    message = gettext_noop("Cart and line metadata can't exceed 16 KiB in total.")

    def __init__(self, field: str, *, size: int) -> None:
        super().__init__(field=field, params={"max_bytes": LARGEST_METADATA, "bytes": size})


class VariantUnavailable(Invalid):
    """The variant is unknown, unpublished or has no price here; one problem for each of `fields`."""

    code = "variant_unavailable"
    message = gettext_noop("This item is not available.")

    def __init__(self, fields: Sequence[str]) -> None:
        first, *others = (Problem(self.code, self.message, field) for field in fields)
        super().__init__(field=first.field, others=tuple(others))


class CountryNotServed(Invalid):
    """No market of the store sells to this country."""

    code = "country_not_served"
    message = gettext_noop("We do not sell to this country.")


class CurrencyNotServed(Invalid):
    """The market of the country sells in another currency."""

    code = "currency_not_served"
    message = gettext_noop("This currency is not available in this country.")


class ShippingMethodUnavailable(Invalid):
    """The method is unknown, inactive or of another market."""

    code = "shipping_method_unavailable"
    message = gettext_noop("This shipping method is not available for this cart.")


class PriceChanged(Conflict):
    """`expected_total` is not the current total, which is in `total`."""

    code = "price_changed"
    message = gettext_noop("The total has changed. Please review it.")

    def __init__(self, total: Money) -> None:
        super().__init__(params={"total": {"amount": total.minor, "currency": total.currency}})


class NotReady(Invalid):
    """The cart can't be completed: one problem for each requirement that is not met."""

    code = "not_ready"
    message = gettext_noop("The cart is not complete yet.")

    def __init__(self, needs: Sequence[Need]) -> None:
        first, *others = (
            Problem(self.code, each.message, each.field, {"requirement": each.code, **(each.params or {})})
            for each in needs
        )
        super().__init__(field=first.field, params=first.params, message=first.message, others=tuple(others))


class PaymentAbandoned(Conflict):
    """The payment was abandoned while this request was completing it."""

    code = "payment_given_up"
    message = gettext_noop("This payment was cancelled. Anything charged will be refunded; the cart is open again.")


class TooManyUnpaid(Conflict):
    """The buyer or the client has as many unpaid orders as it may have at once."""

    code = "too_many_unpaid_orders"
    message = gettext_noop("There are too many unpaid orders already. Pay or cancel one of them first.")
