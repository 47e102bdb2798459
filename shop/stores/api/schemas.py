"""Schemas of the store. Every key is there always; absent values are null."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]
CurrencyCode = Annotated[str, Field(description="ISO 4217.", examples=["EUR"])]
CountryCode = Annotated[str, Field(description="ISO 3166-1 alpha-2.", examples=["DE"])]
LocaleTag = Annotated[str, Field(description="BCP 47.", examples=["en"])]


class MarketOut(TypedDict):
    """Countries with the same currency, prices and languages."""

    id: Annotated[str, Field(examples=["mkt_01hzxk3v9q8m2n4p6r7s8t9v0w"])]
    code: Annotated[str, Field(examples=["eu"])]
    name: str
    currency: CurrencyCode
    locale: LocaleTag
    locales: Annotated[list[LocaleTag], Field(description="Languages in order of fallback.")]
    countries: list[CountryCode]
    default_country: Annotated[
        CountryCode | None,
        Field(description="Used when a request names no country. Null when the market has no countries."),
    ]
    prices_include_tax: bool
    is_default: Annotated[bool, Field(description="Used when a request names no country, or one that is in no market.")]
    version: int
    created_at: Time
    updated_at: Time


class LimitsOut(TypedDict):
    """Limits."""

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
    """The store, its markets and currencies."""

    id: Annotated[str, Field(examples=["sto_00000000000000000000000001"])]
    name: str
    legal_name: str | None
    email: str | None
    phone: str | None
    address: StoreAddressOut
    currency: CurrencyCode
    locale: LocaleTag
    locales: Annotated[list[LocaleTag], Field(description="Languages in order of fallback.")]
    timezone: Annotated[str, Field(description="IANA time zone name.", examples=["Europe/Berlin"])]
    markets: list[MarketOut]
    limits: LimitsOut
    version: int
    created_at: Time
    updated_at: Time


class AddressFieldOut(TypedDict):
    """A field of an address form."""

    name: Annotated[str, Field(examples=["postal_code"])]
    required: Annotated[bool, Field(description="Whether an address needs it.")]
    label: Annotated[
        str | None,
        Field(examples=["zip"]),
    ]


class PostalCodeOut(TypedDict):
    pattern: Annotated[
        str,
        Field(description="Regular expression (ECMA-262) for the upper-case postal code.", examples=["^(?:\\d{5})$"]),
    ]
    examples: Annotated[list[str], Field(examples=[["26133", "53225"]])]


class SubdivisionOut(TypedDict):
    code: Annotated[str, Field(description="ISO 3166-2 without the country, where it has one.", examples=["CA"])]
    name: Annotated[str, Field(examples=["California"])]


class CountryOut(TypedDict):
    """A country, and what its addresses need."""

    code: CountryCode
    name: Annotated[
        str,
        Field(description="In the language of the answer. For others use `Intl.DisplayNames`.", examples=["Germany"]),
    ]
    calling_code: Annotated[str | None, Field(examples=["+49"])]
    fields: Annotated[list[AddressFieldOut], Field(description="In the order in which the country writes them.")]
    required_one_of: Annotated[
        list[str],
        Field(
            description="An address needs one of these fields, whichever.",
            examples=[["first_name", "last_name", "company"]],
        ),
    ]
    postal_code: Annotated[PostalCodeOut | None, Field(description="Null where there are none.")]
    subdivisions: Annotated[
        list[SubdivisionOut], Field(description="The values of `state`; empty where it is free text.")
    ]
    subdivision_required: Annotated[bool, Field(description="`state` must be one of them.")]
