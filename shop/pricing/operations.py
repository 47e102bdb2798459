"""Writing prices. Every change of a public price is recorded in the history in the same transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop
from shop.kernel.money import AmountTooLarge, CurrencyMismatch, Money
from shop.pricing import history
from shop.pricing.history import Cause
from shop.pricing.models import Price, PriceList
from shop.stores.limits import LARGEST_PRICE


class NotReduced(Invalid):
    """The compare-at price is not higher than the price."""

    code = "compare_at_not_higher"
    message = gettext_noop("The compare-at price must be higher than the price.")


def base_list(currency: str) -> PriceList:
    """Return the price list with the ordinary prices of a currency; create it if necessary."""
    price_list, _ = PriceList.objects.get_or_create(
        code=f"base-{currency.lower()}", defaults={"name": f"Ordinary prices in {currency}", "currency": currency}
    )
    return price_list


Amounts = Mapping[UUID, tuple[Money, Money | None]]
"""Price and compare-at price by variant."""


def set_prices(price_list: PriceList, prices: Amounts) -> frozenset[UUID]:
    """Set prices and compare-at prices (or None) of variants on the list, and return the variants that changed.

    Raises AmountTooLarge, NotReduced, and CurrencyMismatch for money of another currency.
    """
    for amount, compare_at in prices.values():
        if amount.currency != price_list.currency or (compare_at and compare_at.currency != price_list.currency):
            raise CurrencyMismatch(f"{amount} on a list in {price_list.currency}")
        if amount.minor > LARGEST_PRICE:
            raise AmountTooLarge(field="price", params={"max": LARGEST_PRICE})
        if compare_at is not None and compare_at <= amount:
            raise NotReduced(field="compare_at")
    if not any(_differing(price_list, prices)):  # an import without changes takes no lock
        return frozenset()
    with history.recording(Cause.PRICE, prices):
        new, changed = _differing(price_list, prices)
        Price.objects.bulk_create(new)
        Price.objects.changed_each(changed, ["amount", "compare_at"])
    return frozenset(row.variant_id for row in (*new, *changed))


def withdraw_prices(price_list: PriceList, variant_ids: Iterable[UUID]) -> int:
    """Delete the variants' prices on the list, and return how many. Without another price they can't be bought."""
    rows = Price.objects.filter(price_list=price_list, variant_id__in=list(variant_ids))
    if not rows.exists():
        return 0
    with history.recording(Cause.PRICE, rows.values_list("variant_id", flat=True)):
        gone, _ = rows.delete()
    return gone


@contextmanager
def changing_list(price_list: PriceList) -> Iterator[None]:
    """Record the price changes that follow from changing or deleting the list inside the block."""
    rows = Price.objects.filter(price_list=price_list.pk)
    with history.recording(Cause.PRICE_LIST, rows.values_list("variant_id", flat=True)):
        yield


def delete_list(price_list: PriceList) -> None:
    """Delete the list and its prices."""
    with changing_list(price_list):
        price_list.delete()


def set_price(variant_id: UUID, amount: Money, *, compare_at: Money | None = None) -> bool:
    """Set the variant's ordinary price in the currency, and return whether it changed."""
    return bool(set_prices(base_list(amount.currency), {variant_id: (amount, compare_at)}))


def _differing(price_list: PriceList, prices: Amounts) -> tuple[list[Price], list[Price]]:
    """Return the rows to create and the rows to update, with their new values. One statement."""
    stored = {row.variant_id: row for row in Price.objects.filter(price_list=price_list, variant_id__in=list(prices))}
    new, changed = [], []
    for variant_id in sorted(prices):
        amount, compare_at = prices[variant_id]
        before = compare_at.minor if compare_at else None
        row = stored.get(variant_id)
        if row is None:
            new.append(Price(price_list=price_list, variant_id=variant_id, amount=amount.minor, compare_at=before))
        elif (row.amount, row.compare_at) != (amount.minor, before):
            row.amount, row.compare_at = amount.minor, before
            changed.append(row)
    return new, changed
