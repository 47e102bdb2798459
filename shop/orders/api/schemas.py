"""What comes in about orders."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shop.accounts.fields import Otp, Reason
from shop.orders.schemas import ListedOrderOut, OrderOut
from shop.platform.http.fields import In


class CancelIn(In):
    reason: Reason = ""


class ConfirmEmailIn(In):
    otp: Otp


class StaffsOrderOut(TypedDict):
    """What staff sees of an order besides what its customer sees."""

    customer_id: Annotated[str | None, Field(description="The customer's account; null for an order of a guest.")]
    market: Annotated[str, Field(description="The code of the market that it was placed in.")]
    country: Annotated[str, Field(description="The country that prices and taxes were for, ISO 3166-1 alpha-2.")]
    locale: Annotated[str, Field(description="The language of its mails.")]
    prices_include_tax: Annotated[bool, Field(description="Whether the amounts contain the tax.")]
    payment_method: Annotated[str, Field(description="The payment method that was chosen.")]


class AdminOrderOut(OrderOut, StaffsOrderOut):
    """An order as staff sees it."""


class AdminListedOrderOut(ListedOrderOut, StaffsOrderOut):
    """An order in a list for staff."""


class OrderCodeOut(TypedDict):
    expires_in: Annotated[int, Field(description="Seconds until the code expires.")]
    resend_after: Annotated[int, Field(description="Seconds until another code can be requested.")]
