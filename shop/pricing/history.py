"""The history of public prices, written in the transaction that changes one.

    with recording(Cause.PRICE, variant_ids):   locks the state's row until the commit, so that changes wait
        …                                       the tables of prices and lists change
                                                on exit, adds rows for the variants whose public price has changed

A public price is what customers without a group pay in a market: the price of the applicable list with the highest
priority, as `queries.unit_prices` chooses it. Lists also begin and end at a time, without any change of a row: this is
recorded before the next change, or by the worker, with the list's own time.

Whether a product is published is not part of its price; see `Product.published_at`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from shop.catalog.models import Variant
from shop.kernel.ids import uuid7
from shop.platform.clock import now
from shop.platform.retries import wait_long
from shop.pricing.models import Price, PriceHistory, PriceHistoryState, PriceList

BATCH: Final = 1000
"""Variants in one statement."""
TICK: Final = timedelta(microseconds=1)
"""The resolution of timestamps in the database."""

Cause = PriceHistory.Cause


@dataclass(frozen=True, slots=True)
class PublicPrice:
    """The price, the compare-at price, and the price list that has them; all None without a price."""

    amount: int | None = None
    compare_at: int | None = None
    price_list_id: UUID | None = None

    def __str__(self) -> str:
        return (
            "no price" if self.amount is None else f"{self.amount}, before {self.compare_at}, list {self.price_list_id}"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A variant whose last row in a market differs from the price lists."""

    variant_id: UUID
    market: str
    recorded: PublicPrice
    actual: PublicPrice

    def __str__(self) -> str:
        return f"variant {self.variant_id}, market {self.market}: recorded {self.recorded}; actual {self.actual}"


@contextmanager
def recording(cause: str, variant_ids: Iterable[UUID]) -> Iterator[None]:
    """Record changes of the public prices of these variants inside the block, in the same transaction.

    Other changes of public prices wait until the outermost transaction ends. A queryset of variants is evaluated under
    the lock.
    """
    with transaction.atomic():
        state = _held_state()
        known_ids = sorted(set(variant_ids))
        at = _up_to_date(state, known_ids)
        yield
        _write(known_ids, at=at, cause=cause)
        _reached(at)


def record_windows() -> int:
    """Record the lists that have begun or ended, with the list's own time. Return how many rows were added."""
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
    """Record the current price of each variant in each market where it is missing. Return how many rows were added.

    Each batch is its own transaction, so it can be interrupted and repeated.
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
    """Return whether every price has its first row."""
    return PriceHistoryState.objects.filter(is_complete=True).exists()


def verify() -> list[Difference]:
    """Record the lists that have begun or ended, and return the differences between the history and the price lists."""
    record_windows()
    differences: list[Difference] = []
    for variant_ids in _batches(_all_variants()):
        with transaction.atomic():  # the state's lock keeps prices from changing between the two reads
            differences += _differences(variant_ids, _held_state().recorded_until or now())
    return differences


def _up_to_date(state: PriceHistoryState, variant_ids: Sequence[UUID] = ()) -> datetime:
    """Record everything before the change that begins here, and return its time, which no other change has."""
    at = now()
    if state.recorded_until:
        at = max(at, state.recorded_until + TICK)
        moments = _moments(state.recorded_until, at)
        _write_windows(moments)
        at += TICK if at in moments else timedelta()
    if variant_ids and not state.is_complete:
        _write(variant_ids, at=at, cause=Cause.FOUND)  # their price before the change was not recorded yet
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
    """Return the price lists that are not limited to a customer group."""
    return PriceList.objects.filter(Q(group=None) | Q(group__is_default=True))


def _moments(after: datetime, until: datetime) -> dict[datetime, list[UUID]]:
    """Return the moments after `after` and up to `until` at which public lists begin or end, with the lists' ids."""
    begin = Q(starts_at__gt=after, starts_at__lte=until)
    end = Q(ends_at__gt=after, ends_at__lte=until)
    lists_by_moment: dict[datetime, list[UUID]] = {}
    for key, *moments in _public().filter(begin | end).values_list("pk", "starts_at", "ends_at"):
        for moment in moments:
            if moment is not None and after < moment <= until:
                lists_by_moment.setdefault(moment, []).append(key)
    return dict(sorted(lists_by_moment.items()))


def _write_windows(moments: Mapping[datetime, Sequence[UUID]]) -> int:
    written = 0
    for moment, list_ids in moments.items():
        variant_ids = Price.objects.filter(price_list__in=list_ids).values_list("variant_id", flat=True)
        written += _write(sorted(set(variant_ids)), at=moment, cause=Cause.WINDOW)
    return written


_DIFFERENCES: Final = """
WITH batch AS MATERIALIZED (
    SELECT id AS variant_id FROM catalog_variant WHERE id IN ({variants})
), prices AS MATERIALIZED (
    SELECT variant_id, price_list_id, amount, compare_at FROM pricing_price WHERE variant_id IN ({variants})
), fitting AS MATERIALIZED (
    SELECT market.id AS market_id, list.id AS list_id, list.code,
        row_number() OVER (PARTITION BY market.id ORDER BY list.priority DESC, list.code DESC) AS place
    FROM stores_market AS market
    JOIN pricing_pricelist AS list
        ON list.currency = market.currency AND (list.market_id IS NULL OR list.market_id = market.id)
    WHERE (list.group_id IS NULL OR list.group_id IN (SELECT id FROM accounts_customergroup WHERE is_default))
        AND (list.starts_at IS NULL OR list.starts_at <= %(at)s)
        AND (list.ends_at IS NULL OR list.ends_at > %(at)s)
), candidates AS (
    SELECT prices.variant_id, fitting.market_id, prices.amount, prices.compare_at,
        fitting.list_id, fitting.code, fitting.place
    FROM prices JOIN fitting ON fitting.list_id = prices.price_list_id
    UNION ALL
    SELECT batch.variant_id, market.id, NULL, NULL, NULL, '', NULL
    FROM batch CROSS JOIN stores_market AS market
), ranked AS (
    SELECT variant_id, market_id, amount, compare_at, list_id, code,
        row_number() OVER (PARTITION BY variant_id, market_id ORDER BY place NULLS LAST) AS place
    FROM candidates
)
SELECT {columns}
FROM ranked AS actual
JOIN stores_market AS market ON market.id = actual.market_id
LEFT JOIN pricing_pricehistory AS recorded ON recorded.id = (
    SELECT latest.id FROM pricing_pricehistory AS latest
    WHERE latest.variant_id = actual.variant_id AND latest.market_id = actual.market_id
    ORDER BY latest.effective_from DESC LIMIT 1
)
WHERE actual.place = 1 AND (
    coalesce(actual.amount, -1) <> coalesce(recorded.amount, -1)
    OR coalesce(actual.compare_at, -1) <> coalesce(recorded.compare_at, -1)
    OR actual.list_id <> recorded.price_list_id
)
"""
"""The markets where the price of a variant of the batch differs from its last row.

Prices are materialized by variant first; otherwise each batch would read whole lists. A missing price is a candidate
with the lowest rank. The last row is looked up in the index, so that the cost does not grow with the history.
"""

_INSERT: Final = """
INSERT INTO pricing_pricehistory (
    id, variant_id, market_id, market_code, currency, amount, compare_at, price_list_id, price_list_code,
    cause, effective_from, recorded_at
)
"""
_ROW: Final = """{key}, actual.variant_id, market.id, market.code, market.currency, actual.amount, actual.compare_at,
    actual.list_id, actual.code, %(cause)s, %(at)s, %(recorded_at)s"""
_DIFFERENCE: Final = """actual.variant_id, market.code, recorded.amount, recorded.compare_at, recorded.price_list_id,
    actual.amount, actual.compare_at, actual.list_id"""

_KEYS: Final = {
    "postgresql": "overlay(gen_random_uuid()::text PLACING %(stem)s FROM 1 FOR length(%(stem)s))::uuid",
    "sqlite": """%(stem)s || substr(lower(hex(randomblob(2))), 1, 3) || substr('89ab', 1 + (random() & 3), 1)
        || substr(lower(hex(randomblob(8))), 1, 15)""",
}
"""Generates UUIDs of version 7 (`shop.kernel.ids`): the statement's milliseconds, the version, and random bits."""


def _write(variant_ids: Iterable[UUID], *, at: datetime, cause: str) -> int:
    """Add a row for each of these variants and each market where its price differs from its last row.

    The database computes it in one statement for each batch of variants, for any number of markets and lists.
    """
    insert = _INSERT + _DIFFERENCES
    row = _ROW.format(key=_KEYS[connection.vendor])
    written = 0
    for batch in _batches(variant_ids):
        names, values = _parameters(batch, at)
        values |= {"cause": cause, "recorded_at": _moment(now()), "stem": _stem()}
        with connection.cursor() as cursor:
            cursor.execute(insert.format(variants=names, columns=row), values)
            written += cursor.rowcount
    return written


def _differences(variant_ids: Sequence[UUID], at: datetime) -> list[Difference]:
    """Return the differences for which `_write` would add a row, by variant and market."""
    names, values = _parameters(variant_ids, at)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES.format(variants=names, columns=_DIFFERENCE), values)
        rows = cursor.fetchall()
    differences = [Difference(_uuid(row[0]), row[1], _price(row[2:5]), _price(row[5:8])) for row in rows]
    return sorted(differences, key=lambda difference: (difference.variant_id, difference.market))


def _parameters(variant_ids: Sequence[UUID], at: datetime) -> tuple[str, dict[str, Any]]:
    """Return the placeholders of the batch, and all values as the database stores them."""
    key = Variant._meta.pk
    values = {f"variant_{n}": key.get_db_prep_value(each, connection) for n, each in enumerate(variant_ids)}
    return ", ".join(f"%({name})s" for name in values), {**values, "at": _moment(at)}


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _stem() -> str:
    """Return the beginning of a UUID as the database stores it, up to the version."""
    key = uuid7()
    return str(key)[:15] if connection.features.has_native_uuid_field else key.hex[:13]


def _price(stored: Sequence[Any]) -> PublicPrice:
    amount, compare_at, list_id = stored
    return PublicPrice(amount, compare_at, _uuid(list_id) if list_id else None)


def _uuid(stored: UUID | str) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


def _all_variants() -> Iterator[UUID]:
    """Yield the ids of all variants in order, read in batches so that no statement takes long."""
    after: UUID | None = None
    while True:
        rows = Variant.objects.order_by("pk").values_list("pk", flat=True)
        batch = list((rows.filter(pk__gt=after) if after else rows)[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1]


def _batches(variant_ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    waiting = iter(variant_ids)
    while batch := list(islice(waiting, BATCH)):
        yield batch
