"""Setting prices. Whatever changes a public price is written into the history in the same transaction."""

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
    message = gettext_noop("The price before has to be higher than the price now.")


def base_list(currency: str) -> PriceList:
    """The list that holds a currency's ordinary prices; made when it is first asked for."""
    found, _ = PriceList.objects.get_or_create(
        code=f"base-{currency.lower()}", defaults={"name": f"Ordinary prices in {currency}", "currency": currency}
    )
    return found


Amounts = Mapping[UUID, tuple[Money, Money | None]]
"""What variants cost and what they cost before."""


def set_prices(price_list: PriceList, prices: Amounts) -> frozenset[UUID]:
    """These variants cost this much on the list, with what they cost before or None; says for which that is new.

    Raises AmountTooLarge, NotReduced, and CurrencyMismatch for money of another currency.
    """
    for amount, compare_at in prices.values():
        if amount.currency != price_list.currency or (compare_at and compare_at.currency != price_list.currency):
            raise CurrencyMismatch(f"{amount} on a list in {price_list.currency}")
        if amount.minor > LARGEST_PRICE:
            raise AmountTooLarge(field="price", params={"max": LARGEST_PRICE})
        if compare_at is not None and compare_at <= amount:
            raise NotReduced(field="compare_at")
    if not any(_differing(price_list, prices)):  # an import that changes nothing keeps nobody waiting
        return frozenset()
    with history.recording(Cause.PRICE, prices):
        new, changed = _differing(price_list, prices)
        Price.objects.bulk_create(new)
        Price.objects.bulk_update(changed, ["amount", "compare_at", "version"])
    return frozenset(row.variant_id for row in (*new, *changed))


def withdraw_prices(price_list: PriceList, variant_ids: Iterable[UUID]) -> int:
    """The list says nothing of these variants any more: where no other does, they can't be bought. Says how many."""
    rows = Price.objects.filter(price_list=price_list, variant_id__in=list(variant_ids))
    if not rows.exists():
        return 0
    with history.recording(Cause.PRICE, rows.values_list("variant_id", flat=True)):
        gone, _ = rows.delete()
    return gone


@contextmanager
def changing_list(price_list: PriceList) -> Iterator[None]:
    """Inside, the list may change or be deleted: its time, priority, market, group."""
    rows = Price.objects.filter(price_list=price_list.pk)
    with history.recording(Cause.PRICE_LIST, rows.values_list("variant_id", flat=True)):
        yield


def delete_list(price_list: PriceList) -> None:
    """The list and its prices are no more."""
    with changing_list(price_list):
        price_list.delete()


def set_price(variant_id: UUID, amount: Money, *, compare_at: Money | None = None) -> bool:
    """The variant costs this much in the currency's ordinary prices; says whether that is new."""
    return bool(set_prices(base_list(amount.currency), {variant_id: (amount, compare_at)}))


def _differing(price_list: PriceList, prices: Amounts) -> tuple[list[Price], list[Price]]:
    """The rows that are missing, and those that say something else, as they shall be. One statement."""
    known = {row.variant_id: row for row in Price.objects.filter(price_list=price_list, variant_id__in=list(prices))}
    new, changed = [], []
    for variant_id in sorted(prices):
        amount, compare_at = prices[variant_id]
        before = compare_at.minor if compare_at else None
        row = known.get(variant_id)
        if row is None:
            new.append(Price(price_list=price_list, variant_id=variant_id, amount=amount.minor, compare_at=before))
        elif (row.amount, row.compare_at) != (amount.minor, before):
            row.amount, row.compare_at, row.version = amount.minor, before, row.version + 1
            changed.append(row)
    return new, changed
