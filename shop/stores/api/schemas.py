"""The shapes of the store. Every key is there always; absent values are null."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]
CurrencyCode = Annotated[str, Field(description="ISO 4217.", examples=["EUR"])]
CountryCode = Annotated[str, Field(description="ISO 3166-1 alpha-2.", examples=["DE"])]
LocaleTag = Annotated[str, Field(description="BCP 47.", examples=["en"])]


class MarketOut(TypedDict):
    """Countries that are sold to alike."""

    id: Annotated[str, Field(examples=["mkt_01hzxk3v9q8m2n4p6r7s8t9v0w"])]
    code: Annotated[str, Field(examples=["eu"])]
    name: str
    currency: CurrencyCode
    locale: LocaleTag
    locales: Annotated[list[LocaleTag], Field(description="Content falls back along them.")]
    countries: list[CountryCode]
    default_country: Annotated[
        CountryCode | None, Field(description="Stands for whoever names no country. Null where there are none.")
    ]
    prices_include_tax: bool
    is_default: Annotated[bool, Field(description="For whoever names no country, or one that is in no market.")]
    version: int
    created_at: Time
    updated_at: Time


class LimitsOut(TypedDict):
    """How much fits."""

    lines_per_cart: int
    quantity_per_line: int
    page_size: Annotated[int, Field(description="The largest `limit` of a list.")]
    page_size_default: int
    search_characters: int
    filters: int
    values_per_filter: int
    body_bytes: int


class StoreAddressOut(TypedDict):
    line1: str | None
    line2: str | None
    city: str | None
    postal_code: str | None
    state: str | None
    country: str | None


class StoreOut(TypedDict):
    """The store: who it is, where and in what it sells."""

    id: Annotated[str, Field(examples=["sto_00000000000000000000000001"])]
    name: str
    legal_name: str | None
    email: str | None
    phone: str | None
    address: StoreAddressOut
    currency: CurrencyCode
    locale: LocaleTag
    locales: Annotated[list[LocaleTag], Field(description="Content falls back along them.")]
    timezone: Annotated[str, Field(description="IANA.", examples=["Europe/Berlin"])]
    markets: list[MarketOut]
    limits: LimitsOut
    version: int
    created_at: Time
    updated_at: Time


class AddressFieldOut(TypedDict):
    """A field of an address, as a form shows it."""

    name: Annotated[str, Field(examples=["postal_code"])]
    required: Annotated[bool, Field(description="An address without it is refused.")]
    label: Annotated[
        str | None,
        Field(description="What it is called there: `zip`, `prefecture`, `post_town` …", examples=["zip"]),
    ]


class PostalCodeOut(TypedDict):
    pattern: Annotated[str, Field(description="An expression (ECMA-262), for capitals.", examples=["^(?:\\d{5})$"])]
    examples: Annotated[list[str], Field(examples=[["26133", "53225"]])]


class SubdivisionOut(TypedDict):
    code: Annotated[str, Field(description="ISO 3166-2 without the country, where it has one.", examples=["CA"])]
    name: Annotated[str, Field(examples=["California"])]


class CountryOut(TypedDict):
    """What an address needs in this country."""

    code: CountryCode
    name: Annotated[str, Field(description="In English; browsers know others by the code.", examples=["Germany"])]
    calling_code: Annotated[str | None, Field(examples=["+49"])]
    fields: Annotated[list[AddressFieldOut], Field(description="In the order in which they are written there.")]
    postal_code: Annotated[PostalCodeOut | None, Field(description="Null where there are none.")]
    subdivisions: Annotated[list[SubdivisionOut], Field(description="For `state`; empty where it is free text.")]
    subdivision_required: Annotated[bool, Field(description="`state` must be one of them.")]
