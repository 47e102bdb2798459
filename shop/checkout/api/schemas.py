"""Schemas of carts and checkout, in and out."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator
from typing_extensions import TypedDict

from shop.accounts.fields import (
    Country,
    CountryOfAddress,
    Email,
    Line2,
    Locale,
    Metadata,
    MetadataPatch,
    Name,
    Note,
    PhoneOfAddress,
    PostalCode,
    ReturnUrl,
)
from shop.catalog.schemas import ImageOut
from shop.checkout.types import NeedCode
from shop.kernel.messages import gettext_noop
from shop.orders.schemas import (
    AmountsOut,
    DiscountOut,
    NoticeOut,
    OrderOut,
    PostalOut,
    TaxLineOut,
)
from shop.payments.errors import SavingNotOffered
from shop.platform.http.fields import In, Mistake, Patch
from shop.platform.http.schemas import Currency, MoneyIn, MoneyOut

Id = Annotated[str, Field(min_length=1, max_length=64, description="An id as the API gave it.")]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]
Quantity = Annotated[int, Field(ge=1, le=999, examples=[1])]
Code = Annotated[str, Field(min_length=1, max_length=50, examples=["WELCOME10"])]


class PostalIn(In):
    """An address, or the part that is known so far."""

    first_name: Name = ""
    last_name: Name = ""
    company: Name = ""
    line1: Line2 = ""
    line2: Line2 = ""
    city: Name = ""
    postal_code: PostalCode = ""
    state: Name = ""
    country: CountryOfAddress | None = None
    phone: PhoneOfAddress = ""

    def stored(self) -> dict[str, str | None]:
        return {name: value or None for name, value in self.model_dump().items()}


class PostalPatchIn(Patch):
    """A change of an address: absent fields stay, null clears a field."""

    first_name: Name | None = None
    last_name: Name | None = None
    company: Name | None = None
    line1: Line2 | None = None
    line2: Line2 | None = None
    city: Name | None = None
    postal_code: PostalCode | None = None
    state: Name | None = None
    country: CountryOfAddress | None = None
    phone: PhoneOfAddress | None = None

    def changes(self) -> dict[str, Any]:
        return {name: value or None for name, value in super().changes().items()}


class LineIn(In):
    variant_id: Id
    quantity: Quantity = 1
    metadata: Metadata = {}


class LinesIn(In):
    """One line, or several that are all added or none."""

    variant_id: Id | None = None
    quantity: Quantity = 1
    metadata: Metadata = {}
    lines: Annotated[list[LineIn] | None, Field(min_length=1, max_length=200)] = None

    @model_validator(mode="after")
    def _one_way(self) -> "LinesIn":
        if (self.variant_id is None) == (self.lines is None):
            raise Mistake("required", gettext_noop("Send variant_id, or lines."))
        return self

    def wanted(self) -> list[LineIn]:
        if self.lines is not None:
            return self.lines
        return [LineIn(variant_id=self.variant_id or "", quantity=self.quantity, metadata=self.metadata)]


class OpenCartIn(In):
    country: Country | None = None
    currency: Currency | None = None
    locale: Locale | None = None
    email: Email | None = None
    lines: Annotated[list[LineIn], Field(max_length=200)] = []
    shipping_address: PostalIn | None = None
    billing_address: PostalIn | None = None
    codes: Annotated[list[Code], Field(max_length=1)] = []
    note: Note = ""
    metadata: Metadata = {}


class CartChangeIn(Patch):
    read_only: ClassVar[frozenset[str]] = In.read_only | {"totals", "lines", "status", "order_id", "market", "codes"}
    cleared: ClassVar[Mapping[str, object]] = {
        "metadata": None,
        "shipping_address": None,
        "billing_address": None,
        "shipping_method_id": None,
    }

    email: Email | None = None
    shipping_address: PostalPatchIn | None = None
    billing_address: PostalPatchIn | None = None
    shipping_method_id: Id | None = None
    country: Country = ""
    currency: Currency = ""
    locale: Locale = ""
    note: Note | None = None
    metadata: MetadataPatch | None = None


class LineChangeIn(Patch):
    cleared: ClassVar[Mapping[str, object]] = {"metadata": None}

    quantity: Annotated[int, Field(ge=0, le=999, description="0 removes the line.", examples=[2])] = 0
    metadata: MetadataPatch | None = None


class CodeIn(In):
    code: Code


def _not_saved(wanted: bool) -> bool:
    """No way to pay can be kept so far."""
    if wanted:
        raise Mistake(SavingNotOffered.code, SavingNotOffered.message)
    return wanted


class PaymentIn(In):
    method: Annotated[str, Field(min_length=1, max_length=32, examples=["test"])]
    token: Annotated[str | None, Field(min_length=1, max_length=200, examples=["tok_success"])] = None
    return_url: ReturnUrl = ""
    save: Annotated[
        bool,
        AfterValidator(_not_saved),
        Field(description="Save the payment method. Only where `supports_saving` is true; else 422. Not used today."),
    ] = False


class CompleteIn(In):
    expected_total: MoneyIn
    payment: Annotated[PaymentIn | None, Field(description="How to pay; not needed when `amount_due` is 0.")] = None


class TotalsOut(AmountsOut):
    gift_card_total: MoneyOut
    amount_due: MoneyOut


class ProductRefOut(TypedDict):
    id: str
    slug: str
    name: str
    image: ImageOut | None


class LineOut(TypedDict):
    id: str
    variant_id: str
    product: ProductRefOut | None
    sku: str | None
    name: str | None
    options: dict[str, str]
    quantity: int
    unit_price: MoneyOut
    compare_at: MoneyOut | None
    subtotal: MoneyOut
    discount: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    discounts: list[DiscountOut]
    tax_lines: list[TaxLineOut]
    notices: Annotated[list[NoticeOut], Field(description="The notices of the cart that are about this line.")]
    metadata: dict[str, str]


class ChosenMethodOut(TypedDict):
    id: Annotated[str, Field(description="Send it as `shipping_method_id`.")]
    code: str
    name: str


class CodeOut(TypedDict):
    id: str
    type: Literal["discount"]
    code: str
    amount: MoneyOut


class RequirementOut(TypedDict):
    code: NeedCode
    field: str | None
    message: str


class CartPaymentOut(TypedDict):
    status: Annotated[
        Literal["none", "in_progress"],
        Field(
            description="`none`: no payment is in progress; `in_progress`: one is. The order has each payment's status."
        ),
    ]
    last_error: Annotated[
        str | None,
        Field(
            description="Why the last payment failed: `payment_declined`, `expired` or another error code.",
            examples=["payment_declined"],
        ),
    ]


Status = Literal["open", "completing", "completed"]


class CartOut(TypedDict):
    """A cart. A completed one shows only `id`, `status` and `order_id`; everything else is null then."""

    id: Annotated[
        str,
        Field(
            description="Keep it secret: whoever has a guest cart's id can use it. "
            "A customer's cart needs the login as well."
        ),
    ]
    status: Status
    market: str | None
    currency: str | None
    country: str | None
    locale: str | None
    email: str | None
    lines: list[LineOut] | None
    totals: TotalsOut | None
    codes: list[CodeOut] | None
    shipping_address: PostalOut | None
    billing_address: PostalOut | None
    shipping_method: ChosenMethodOut | None
    payment: CartPaymentOut | None
    requirements: list[RequirementOut] | None
    notices: Annotated[
        list[NoticeOut] | None, Field(description="What the shopper should know, about the cart and about each line.")
    ]
    note: str | None
    metadata: dict[str, str] | None
    order_id: str | None
    version: int | None
    created_at: Time | None
    updated_at: Time | None
    expires_at: Time | None


class ShippingMethodOut(TypedDict):
    id: str
    code: str
    name: str
    description: str | None
    price: MoneyOut


class PaymentMethodOut(TypedDict):
    code: str
    name: str
    kind: Literal["card", "redirect", "offline"]
    provider: str
    publishable_key: str | None
    supports_saving: bool


class RedirectOut(TypedDict):
    url: str
    return_url: str | None


class RedirectActionOut(TypedDict):
    """Send the shopper to `redirect_to_url.url`."""

    type: Literal["redirect_to_url"]
    redirect_to_url: RedirectOut


class ClientSecretActionOut(TypedDict):
    """Pass `payment.client_secret` to the provider's script in the browser; it asks the shopper."""

    type: Literal["use_stripe_sdk"]


NextActionOut = Annotated[RedirectActionOut | ClientSecretActionOut, Field(discriminator="type")]


class PendingPaymentOut(TypedDict):
    id: str
    status: Literal["requires_action"]
    provider: str
    client_secret: Annotated[
        str | None,
        Field(
            description="What the provider's script in the browser needs where `next_action.type` is `use_stripe_sdk`; "
            "else null. Show it to nobody but the shopper."
        ),
    ]


class ActionOut(TypedDict):
    """The shopper has to act; then repeat the call with the same key."""

    cart_id: str
    order_id: str
    order_token: str | None
    payment: PendingPaymentOut
    next_action: NextActionOut
    expires_at: Time | None


class CompletedOut(OrderOut):
    """The order, and the token that gives a guest access to it."""

    order_token: str | None
