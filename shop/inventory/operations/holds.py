"""Reserve stock, commit it, release it.

Every transaction locks in one order: holds by id, then levels by id. A first try touches levels only, in one
statement; when it finds them taken it is undone, locks included, before the second one begins with the holds. Callers
do this last in their transaction, so that the rows everybody wants are locked for the shortest time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from shop.inventory.availability import VariantStock, shortages, variant_stock
from shop.inventory.counters import MOST, Change, shift
from shop.inventory.errors import BooksDisagree, InsufficientStock, InvalidStockQuantity
from shop.inventory.models import Hold, HoldLine, StockLevel, StockMovement
from shop.inventory.settings import inventory_settings
from shop.kernel.ids import uuid7
from shop.platform.clock import now
from shop.platform.records import WrongState

BATCH: Final = 200
TRIES: Final = 5


def hold(
    wanted: Mapping[UUID, int] | Iterable[tuple[UUID, int]],
    *,
    until: datetime,
    seen: Mapping[UUID, VariantStock] | None = None,
    key: UUID | None = None,
    is_provisional: bool = False,
) -> Hold | None:
    """So much of each variant is set aside until then, all or none; None when nothing that is wanted is tracked.

    A variant that comes twice is wanted twice. `seen` is the stock as it was read a moment ago, which saves a
    statement: what it promises too much is noticed when it is taken. `key` is the hold's, for whoever notes it
    before, so that nothing is left to write while the stock is locked. Expired holds give way. What is provisional has
    no more than its share of each level. Raises InsufficientStock with every shortage, InvalidStockQuantity for less
    than one.
    """
    demand, at = _summed(wanted), now()
    stock = _open_to(seen if seen is not None else variant_stock(demand, at=at), is_provisional=is_provisional)
    demand = {variant_id: quantity for variant_id, quantity in demand.items() if stock[variant_id].is_tracked}
    if not demand:
        return None
    _refuse_shortages(stock, demand)
    held = Hold(id=key or uuid7(), expires_at=until, is_provisional=is_provisional)
    done = _reserve(held, stock, demand)
    for _ in range(TRIES):  # a second one only when a level was added in this moment, and taken by somebody else
        done = done or _reserve_locked(held, demand, at=at)
    if not done:
        raise BooksDisagree("There is enough, and yet it can't be taken.")
    return held


def commit(hold: Hold, *, keeps_provisional: bool = False) -> None:
    """What was held is allocated for good, also past its time; it is provisional no more, unless that is to be kept.

    Raises WrongState when it was released meanwhile. A hold as `hold` gave it saves the statement that reads its lines.
    """
    with transaction.atomic(savepoint=False):  # nothing to write after the stock, not even the end of a savepoint
        was_provisional: bool | None = hold.is_provisional
        if not _committed(hold, hold.is_provisional, keeps_provisional):
            was_provisional = _commit_locked(hold, keeps_provisional)
        if was_provisional is not None:
            lines = _lines([hold.pk]) if hold.parts is None else hold.parts
            loosened = was_provisional and not keeps_provisional
            _book(hold, StockMovement.Kind.ALLOCATED, lines)
            _shift(
                [
                    Change(
                        level_id=level,
                        held=-quantity,
                        allocated=quantity,
                        provisional=-quantity if loosened else 0,
                    )
                    for level, quantity in lines.items()
                ]
            )
    if was_provisional is None:
        hold.refresh_from_db(fields=["status"])
        if hold.status != Hold.Status.COMMITTED:
            raise WrongState(now=hold.status, wanted=Hold.Status.COMMITTED)


def make_provisional(hold: Hold) -> bool:
    """The hold counts among those that nobody has vouched for; False, and nothing has changed, when their share of a
    level is used up. Raises WrongState for a hold that is not held any more."""
    if _made_provisional(hold):
        return True
    release_expired_for(_lines([hold.pk]), at=now())
    return _made_provisional(hold)


@transaction.atomic
def make_firm(hold: Hold) -> bool:
    """The hold is provisional no more: somebody has vouched for it; False when it was not, or was released."""
    row = _locked(hold.pk, Hold.Status.HELD, Hold.Status.COMMITTED)
    if row is None or not row.is_provisional:
        return False
    _mark(hold, is_provisional=False)
    _shift([Change(level_id=level, provisional=-quantity) for level, quantity in _lines([hold.pk]).items()])
    return True


@transaction.atomic
def release(hold: Hold) -> bool:
    """What was held or allocated can be had by others; False when it was released before."""
    row = _locked(hold.pk, Hold.Status.HELD, Hold.Status.COMMITTED)
    if row is None:
        return False
    Hold.objects.filter(pk=hold.pk).moved(Hold.Status.RELEASED, instance=hold)
    lines = _lines([hold.pk])
    is_committed = row.status == Hold.Status.COMMITTED
    if is_committed:
        _book(hold, StockMovement.Kind.RELEASED, {level: -quantity for level, quantity in lines.items()})
    _shift(
        [
            Change(
                level_id=level,
                held=0 if is_committed else -quantity,
                allocated=-quantity if is_committed else 0,
                provisional=-quantity if row.is_provisional else 0,
            )
            for level, quantity in lines.items()
        ]
    )
    return True


def release_expired() -> int:
    """No hold that is over is still `held`, but those that somebody works on just now. Says how many were.

    Nothing depends on it: it keeps the table of what everybody has to look through small.
    """
    released, at = 0, now()
    while True:
        over = Hold.objects.filter(status=Hold.Status.HELD, expires_at__lte=at).order_by("expires_at")
        with transaction.atomic():
            batch = list(over.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:BATCH])
            _release_held(batch, lines=_quantities(batch))
        released += len(batch)
        if len(batch) < BATCH:
            return released


def release_expired_for(level_ids: Iterable[UUID], *, at: datetime) -> None:
    """No expired hold has anything of these levels, and nobody else changes them until the transaction ends.

    It waits for whoever commits or releases one of these holds just now. Nothing may be locked before.
    """
    wanted = set(level_ids)
    over = Hold.objects.filter(
        status=Hold.Status.HELD, expires_at__lte=at, pk__in=HoldLine.objects.filter(level__in=wanted).values("hold")
    )
    expired = list(over.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    lines = _quantities(expired)
    levels = StockLevel.objects.filter(pk__in=wanted | lines.keys()).order_by("pk").select_for_update(no_key=True)
    list(levels.values_list("pk", flat=True))
    _release_held(expired, lines=lines)


def _summed(wanted: Mapping[UUID, int] | Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    demand: dict[UUID, int] = {}
    for variant_id, quantity in wanted.items() if isinstance(wanted, Mapping) else wanted:
        if type(quantity) is not int or not 1 <= quantity <= MOST:
            raise InvalidStockQuantity(field="quantity", least=1, most=MOST)
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return dict(sorted(demand.items()))


def _refuse_shortages(stock: Mapping[UUID, VariantStock], demand: Mapping[UUID, int]) -> None:
    missing = shortages(stock, demand, low=inventory_settings().low_stock)
    if missing:
        raise InsufficientStock(missing)


def _reserve(held: Hold, stock: Mapping[UUID, VariantStock], demand: Mapping[UUID, int]) -> bool:
    """The hold is there; False when somebody else or an expired hold has it: then nothing is written or locked."""
    lines: list[HoldLine] = []
    changes: list[Change] = []
    for variant_id, quantity in demand.items():
        variant = stock[variant_id]
        parts = variant.parts(quantity)
        if parts is None:
            return False
        lines += [HoldLine(hold=held, level_id=level, quantity=part) for level, part in parts.items()]
        changes += [
            Change(
                level_id=level,
                held=part,
                provisional=part if held.is_provisional else 0,
                may_backorder=variant.may_backorder,
            )
            for level, part in parts.items()
        ]
    with transaction.atomic():
        held.save(force_insert=True)
        HoldLine.objects.bulk_create(lines)
        if shift(changes):
            held.parts = {line.level_id: line.quantity for line in sorted(lines, key=lambda line: line.level_id)}
            return True
        transaction.set_rollback(True)
    return False


@transaction.atomic
def _reserve_locked(held: Hold, demand: Mapping[UUID, int], *, at: datetime) -> bool:
    """The same once expired holds have given way and nobody else can take it."""
    stock = _open_to(variant_stock(demand, at=at), is_provisional=held.is_provisional)
    _refuse_shortages(stock, demand)
    release_expired_for((level.level_id for variant_id in demand for level in stock[variant_id].levels), at=at)
    stock = _open_to(variant_stock(demand, at=at), is_provisional=held.is_provisional)
    _refuse_shortages(stock, demand)
    return _reserve(held, stock, demand)


def _release_held(holds: list[UUID], *, lines: Mapping[UUID, tuple[int, int]]) -> None:
    """These holds, which are locked, are released; the lines are theirs together."""
    if holds:
        Hold.objects.filter(pk__in=holds).moved(Hold.Status.RELEASED)
        _shift(
            [
                Change(level_id=level, held=-quantity, provisional=-provisional)
                for level, (quantity, provisional) in lines.items()
            ]
        )


def _open_to(stock: Mapping[UUID, VariantStock], *, is_provisional: bool) -> Mapping[UUID, VariantStock]:
    """The stock that such a hold may have."""
    if not is_provisional:
        return stock
    percent = inventory_settings().provisional_stock_percent
    return {variant_id: variant.within_share(percent) for variant_id, variant in stock.items()}


@transaction.atomic
def _made_provisional(hold: Hold) -> bool:
    row = _locked(hold.pk, Hold.Status.HELD)
    if row is None:
        status = Hold.objects.values_list("status", flat=True).get(pk=hold.pk)
        raise WrongState(now=status, wanted=Hold.Status.HELD)
    if row.is_provisional:
        return True
    lines = HoldLine.objects.filter(hold=row).order_by("level_id")
    changes = [
        Change(level_id=level, provisional=quantity, may_backorder=may_backorder)
        for level, quantity, may_backorder in lines.values_list("level_id", "quantity", "level__variant__may_backorder")
    ]
    if not shift(changes):
        transaction.set_rollback(True)
        return False
    _mark(hold, is_provisional=True)
    return True


def _mark(hold: Hold, *, is_provisional: bool) -> None:
    Hold.objects.filter(pk=hold.pk).changed(is_provisional=is_provisional, instance=hold)


def _locked(hold_id: UUID, *statuses: str) -> Hold | None:
    """The hold, which nobody else changes until the transaction ends, if it has one of these statuses."""
    return Hold.objects.select_for_update(no_key=True).filter(pk=hold_id, status__in=statuses).first()


def _committed(hold: Hold, is_provisional: bool, keeps_provisional: bool) -> bool:
    """One UPDATE; whether the hold was held, and provisional as it is said to be."""
    rows = Hold.objects.filter(pk=hold.pk, is_provisional=is_provisional)
    return bool(rows.moved(Hold.Status.COMMITTED, is_provisional=is_provisional and keeps_provisional, instance=hold))


def _commit_locked(hold: Hold, keeps_provisional: bool) -> bool | None:
    """As `_committed`, for a hold that is looked at first; whether it was provisional, or None if it was not held."""
    row = _locked(hold.pk, Hold.Status.HELD)
    if row is None:
        return None
    _committed(hold, row.is_provisional, keeps_provisional)
    return row.is_provisional


def _quantities(holds: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """How much these holds have of each level together, and how much of that is provisional."""
    lines = HoldLine.objects.filter(hold__in=holds).values_list("level_id").order_by("level_id")
    provisional = Coalesce(Sum("quantity", filter=Q(hold__is_provisional=True)), 0)
    summed = lines.annotate(together=Sum("quantity"), provisional=provisional)
    return {level: (together, loose) for level, together, loose in summed}


def _lines(holds: list[UUID]) -> dict[UUID, int]:
    """How much these holds have of each level, together."""
    lines = HoldLine.objects.filter(hold__in=holds).values_list("level_id").order_by("level_id")
    return dict(lines.annotate(together=Sum("quantity")))


def _shift(changes: list[Change]) -> None:
    if not shift(changes):
        raise BooksDisagree("A hold has more of a level than its counters say.")


def _book(hold: Hold, kind: StockMovement.Kind, lines: Mapping[UUID, int]) -> None:
    StockMovement.objects.bulk_create(
        [
            StockMovement(level_id=level, kind=kind, delta_allocated=quantity, hold=hold)
            for level, quantity in lines.items()
        ]
    )
