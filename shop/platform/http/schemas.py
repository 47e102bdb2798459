"""Shapes that many answers share."""

from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from shop.kernel.currencies import EXPONENTS, UnknownCurrency
from shop.kernel.money import LARGEST, Money
from shop.platform.http.fields import In, Mistake

Currency = Annotated[
    str,
    Field(pattern=r"^[A-Za-z]{3}$", min_length=3, max_length=3, description="ISO 4217.", examples=["EUR"]),
    AfterValidator(str.upper),
]


class MoneyOut(TypedDict):
    """An amount in minor units of its currency (ISO 4217)."""

    amount: Annotated[int, Field(description="Minor units: 1999 is 19.99 EUR, 1999 JPY.", examples=[1999])]
    currency: Annotated[str, Field(examples=["EUR"])]


def _active(code: str) -> str:
    if code not in EXPONENTS:
        raise Mistake(UnknownCurrency.code, UnknownCurrency.message)
    return code


class MoneyIn(In):
    """An amount in minor units of its currency (ISO 4217)."""

    amount: Annotated[int, Field(ge=0, le=LARGEST, examples=[1999])]
    currency: Annotated[Currency, AfterValidator(_active)]

    def money(self) -> Money:
        return Money(self.amount, self.currency)


def money(minor: int, currency: str) -> MoneyOut:
    return {"amount": minor, "currency": currency}


def money_or_none(minor: int | None, currency: str) -> MoneyOut | None:
    return None if minor is None else money(minor, currency)
