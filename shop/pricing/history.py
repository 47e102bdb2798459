"""The history of public prices, written in the transaction that changes one.

    with recording(Cause.PRICE, variant_ids):   one change at a time: the state's row is held until the commit
        …                                       the tables of prices and lists change
                                                rows for those of the variants that now cost something else

A public price is what somebody in no group of customers pays in a market: the list of the highest priority that fits,
as `queries.unit_prices` chooses it. Lists begin and end by the clock without anybody changing anything: such moments
are recorded before the next change, or by the worker, with the time that the list names.

Whether a product is shown to shoppers is not part of its price: `Product.published_at` says since when it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from shop.catalog.models import Variant
from shop.platform.clock import now
from shop.platform.patience import wait_long
from shop.pricing.models import Price, PriceHistory, PriceHistoryState, PriceList
from shop.stores.models import Market

BATCH: Final = 1000
"""So many variants are looked at by one statement."""
TICK: Final = timedelta(microseconds=1)
"""The smallest difference of two moments in the database."""

Cause = PriceHistory.Cause


@dataclass(frozen=True, slots=True)
class PublicPrice:
    """What is charged, what it was before, and the price list that says so; None of them where no list does."""

    amount: int | None = None
    compare_at: int | None = None
    price_list_id: UUID | None = None

    def __str__(self) -> str:
        return (
            "no price" if self.amount is None else f"{self.amount}, before {self.compare_at}, list {self.price_list_id}"
        )


NO_PRICE: Final = PublicPrice()


@dataclass(frozen=True, slots=True)
class Difference:
    """A variant whose last row in a market is not what the price lists say."""

    variant_id: UUID
    market: str
    recorded: PublicPrice
    actual: PublicPrice

    def __str__(self) -> str:
        return f"variant {self.variant_id}, market {self.market}: recorded {self.recorded}; actual {self.actual}"


@contextmanager
def recording(cause: str, variant_ids: Iterable[UUID]) -> Iterator[None]:
    """What happens inside may change the public prices of these variants; the rows that follow commit with it.

    Others that change public prices wait from here to the end of the outermost transaction. A queryset of variants is
    evaluated when nobody else can change what it says any more.
    """
    with transaction.atomic():
        state = _held_state()
        known_ids = sorted(set(variant_ids))
        at = _up_to_date(state, known_ids)
        yield
        _write(known_ids, at=at, cause=cause)
        _reached(at)


def record_windows() -> int:
    """Every list that began or ended meanwhile has its rows, each with the list's own time. Says how many rows."""
    state = PriceHistoryState.objects.first()
    if state is None or state.recorded_until is None or not _moments(state.recorded_until, now()):
        return 0
    with transaction.atomic():
        before = _held_state().recorded_until
        moments = _moments(before, now()) if before else {}
        written = _write_windows(moments)
        if moments:
            _reached(max(moments))
    return written


def record_all() -> int:
    """The last row of each variant in each market is what it costs now. Says how many rows that took.

    Each batch is a transaction of its own: doing it again goes on where it ended, and changes nothing if all is well.
    """
    written = 0
    for variant_ids in _batches(_all_variants()):
        with transaction.atomic():
            wait_long()
            at = _up_to_date(_held_state())
            written += _write(variant_ids, at=at, cause=Cause.FOUND)
            _reached(at)
    with transaction.atomic():
        wait_long()
        _held_state()
        PriceHistoryState.objects.update(is_complete=True)
    return written


def is_complete() -> bool:
    """Whether every price that existed has its first row."""
    return PriceHistoryState.objects.filter(is_complete=True).exists()


def verify() -> list[Difference]:
    """Where the history and the price lists differ, after what the clock has brought is recorded."""
    record_windows()
    found: list[Difference] = []
    for variant_ids in _batches(_all_variants()):
        with transaction.atomic():  # nobody changes a price between the two reads
            at = _held_state().recorded_until or now()
            markets = _markets(at)
            codes = {market.pk: market.code for market, _ in markets}
            actual, recorded = _actual(variant_ids, markets), _last(variant_ids, codes)
        found += [
            Difference(key[0], codes[key[1]], recorded.get(key, NO_PRICE), actual[key])
            for key in sorted(actual)
            if recorded.get(key, NO_PRICE) != actual[key]
        ]
    return found


def _up_to_date(state: PriceHistoryState, variant_ids: Sequence[UUID] = ()) -> datetime:
    """The time of the change that begins here: everything before it is recorded, and nothing else has this time."""
    at = now()
    if state.recorded_until:
        at = max(at, state.recorded_until + TICK)
        moments = _moments(state.recorded_until, at)
        _write_windows(moments)
        at += TICK if at in moments else timedelta()
    if variant_ids and not state.is_complete:
        _write(variant_ids, at=at, cause=Cause.FOUND)  # what they cost before is known only now
        at += TICK
    return at


def _held_state() -> PriceHistoryState:
    rows = PriceHistoryState.objects.select_for_update()
    state = rows.first()
    if state is None:
        PriceHistoryState.objects.bulk_create([PriceHistoryState(pk=PriceHistoryState.ONLY)], ignore_conflicts=True)
        state = rows.get()
    return state


def _reached(at: datetime) -> None:
    PriceHistoryState.objects.update(recorded_until=at)


def _public() -> QuerySet[PriceList]:
    """The lists whose prices are for everybody."""
    return PriceList.objects.filter(Q(group=None) | Q(group__is_default=True))


def _moments(after: datetime, until: datetime) -> dict[datetime, list[UUID]]:
    """The moments later than `after` and up to `until` at which public lists begin or end, and which, in order."""
    begin = Q(starts_at__gt=after, starts_at__lte=until)
    end = Q(ends_at__gt=after, ends_at__lte=until)
    found: dict[datetime, list[UUID]] = {}
    for key, *moments in _public().filter(begin | end).values_list("pk", "starts_at", "ends_at"):
        for moment in moments:
            if moment is not None and after < moment <= until:
                found.setdefault(moment, []).append(key)
    return dict(sorted(found.items()))


def _write_windows(moments: Mapping[datetime, Sequence[UUID]]) -> int:
    written = 0
    for moment, list_ids in moments.items():
        variant_ids = Price.objects.filter(price_list__in=list_ids).values_list("variant_id", flat=True)
        written += _write(sorted(set(variant_ids)), at=moment, cause=Cause.WINDOW)
    return written


def _write(variant_ids: Iterable[UUID], *, at: datetime, cause: str) -> int:
    """A row for each of these variants and each market where it costs something else than its last row says.

    Five statements for each batch of variants, whatever the number of markets and lists.
    """
    markets = _markets(at)
    codes = {price_list.pk: price_list.code for _, fitting in markets for price_list in fitting}
    by_id = {market.pk: market for market, _ in markets}
    written = 0
    for batch in _batches(variant_ids):
        actual, recorded = _actual(batch, markets), _last(batch, by_id)
        rows = [
            PriceHistory(
                variant_id=variant_id,
                market_id=market_id,
                market_code=by_id[market_id].code,
                currency=by_id[market_id].currency,
                amount=price.amount,
                compare_at=price.compare_at,
                price_list_id=price.price_list_id,
                price_list_code=codes[price.price_list_id] if price.price_list_id else "",
                cause=cause,
                effective_from=at,
                recorded_at=now(),
            )
            for (variant_id, market_id), price in actual.items()
            if recorded.get((variant_id, market_id), NO_PRICE) != price
        ]
        PriceHistory.objects.bulk_create(rows)
        written += len(rows)
    return written


def _markets(at: datetime) -> list[tuple[Market, list[PriceList]]]:
    """Every market with the public lists that fit it at this moment, the strongest first.

    The order is the database's own, as in `queries`: Python would sort codes differently.
    """
    begun = Q(starts_at=None) | Q(starts_at__lte=at)
    not_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    lists = list(_public().filter(begun, not_ended).order_by("-priority", "-code"))
    return [
        (market, [each for each in lists if each.currency == market.currency and each.market_id in (None, market.pk)])
        for market in Market.objects.order_by("pk")
    ]


def _actual(
    variant_ids: Sequence[UUID], markets: Sequence[tuple[Market, Sequence[PriceList]]]
) -> dict[tuple[UUID, UUID], PublicPrice]:
    """What each of these variants costs in each market. One statement."""
    list_ids = {price_list.pk for _, fitting in markets for price_list in fitting}
    rows = Price.objects.filter(variant__in=variant_ids, price_list__in=list_ids)
    prices = {
        (variant_id, list_id): PublicPrice(amount, compare_at, list_id)
        for variant_id, list_id, amount, compare_at in rows.values_list(
            "variant_id", "price_list_id", "amount", "compare_at"
        )
    }
    return {
        (variant_id, market.pk): next(
            (prices[variant_id, each.pk] for each in fitting if (variant_id, each.pk) in prices), NO_PRICE
        )
        for variant_id in variant_ids
        for market, fitting in markets
    }


def _last(variant_ids: Sequence[UUID], market_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], PublicPrice]:
    """The last row of each of these variants in each of the markets that has one. One statement."""
    later = PriceHistory.objects.filter(
        variant=OuterRef("variant"), market=OuterRef("market"), effective_from__gt=OuterRef("effective_from")
    )
    rows = PriceHistory.objects.filter(~Exists(later), variant__in=variant_ids, market__in=list(market_ids))
    columns = ("variant_id", "market_id", "amount", "compare_at", "price_list_id")
    return {(row[0], row[1]): PublicPrice(*row[2:]) for row in rows.order_by().values_list(*columns)}


def _all_variants() -> Iterator[UUID]:
    """Every variant, in order, asked for in pieces so that no statement lasts long."""
    after: UUID | None = None
    while True:
        rows = Variant.objects.order_by("pk").values_list("pk", flat=True)
        found = list((rows.filter(pk__gt=after) if after else rows)[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        after = found[-1]


def _batches(variant_ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    waiting = iter(variant_ids)
    while batch := list(islice(waiting, BATCH)):
        yield batch
