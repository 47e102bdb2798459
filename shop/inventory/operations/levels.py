"""Stock on hand, changed by people: every change is a movement with its reason.

The levels are locked in the order of their ids, judged, changed in one statement and booked in another. When reserved
stock is in the way it is undone, expired holds are released, and it is tried once more.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shop.catalog.models import Variant
from shop.inventory.counters import MOST, Change, shift
from shop.inventory.errors import InvalidStockQuantity, StockReserved
from shop.inventory.models import Location, StockLevel, StockMovement
from shop.inventory.operations.holds import release_expired_for
from shop.inventory.queries import main_location
from shop.kernel.errors import NotFound
from shop.platform.actors import ANONYMOUS, Actor
from shop.platform.clock import now

Kind = StockMovement.Kind


def receive(
    variant_id: UUID, *, delta: int, location: Location | None = None, reason: str = "", actor: Actor = ANONYMOUS
) -> StockLevel:
    """So many more lie there. No location is the main one. Raises NotFound, InvalidStockQuantity."""
    _refuse_unless(1, delta, field="delta")
    [level_id] = _level_ids([variant_id], location).values()
    _apply({level_id: lambda _: Change(level_id=level_id, on_hand=delta)}, Kind.RECEIVED, reason, actor)
    return StockLevel.objects.get(pk=level_id)


def receive_all(
    came: Mapping[UUID, int], *, location: Location | None = None, reason: str = "", actor: Actor = ANONYMOUS
) -> None:
    """So many more of each variant lie there, all or none, in a fixed number of statements. Raises as receive does."""
    for quantity in came.values():
        _refuse_unless(1, quantity, field="delta")
    ids = _level_ids(came, location) if came else {}
    more = {ids[variant_id]: quantity for variant_id, quantity in came.items()}
    _apply(
        dict.fromkeys(more, lambda level: Change(level_id=level.pk, on_hand=more[level.pk])),
        Kind.RECEIVED,
        reason,
        actor,
    )


def adjust(
    variant_id: UUID,
    *,
    delta: int | None = None,
    set_to: int | None = None,
    location: Location | None = None,
    reason: str = "",
    actor: Actor = ANONYMOUS,
) -> StockLevel:
    """So many more (or, negative, fewer) lie there, or exactly that many: give one of the two.

    Raises StockReserved when fewer would be left than are held, allocated or unavailable (less the room for
    backorders), NotFound, InvalidStockQuantity.
    """
    if (delta is None) == (set_to is None):
        raise TypeError("Give either delta or set_to.")
    [level_id] = _level_ids([variant_id], location).values()
    if delta is not None:
        _refuse_unless(-MOST, delta, field="delta")
        fixed = Change(level_id=level_id, on_hand=delta)
        _apply({level_id: lambda _: fixed}, Kind.ADJUSTED, reason, actor)
    elif set_to is not None:
        take_stock({variant_id: set_to}, location=location, reason=reason, actor=actor)
    return StockLevel.objects.get(pk=level_id)


def take_stock(
    counted: Mapping[UUID, int], *, location: Location | None = None, reason: str = "", actor: Actor = ANONYMOUS
) -> None:
    """As many of each variant lie there as were counted, all or none, in a fixed number of statements.

    Raises as adjust does.
    """
    for quantity in counted.values():
        _refuse_unless(0, quantity, field="set_to")
    ids = _level_ids(counted, location)
    wanted = {ids[variant_id]: quantity for variant_id, quantity in counted.items()}

    def difference(level: StockLevel) -> Change:
        return Change(level_id=level.pk, on_hand=wanted[level.pk] - level.on_hand)

    _apply(dict.fromkeys(wanted, difference), Kind.ADJUSTED, reason, actor)


def set_apart(
    variant_id: UUID, *, delta: int, location: Location | None = None, reason: str = "", actor: Actor = ANONYMOUS
) -> StockLevel:
    """So many more (or, negative, fewer) of those that lie there can't be sold: damaged, or being looked at.

    Raises StockReserved when they are held or allocated, NotFound, InvalidStockQuantity.
    """
    _refuse_unless(-MOST, delta, field="delta")
    [level_id] = _level_ids([variant_id], location).values()
    _apply({level_id: lambda _: Change(level_id=level_id, unavailable=delta)}, Kind.ADJUSTED, reason, actor)
    return StockLevel.objects.get(pk=level_id)


def set_backorder_room(variant_id: UUID, *, room: int, location: Location | None = None) -> StockLevel:
    """So many may be sold that are not there, if the variant may be backordered.

    Raises StockReserved when more are sold already, NotFound, InvalidStockQuantity.
    """
    _refuse_unless(0, room, field="backorder_room")
    [level_id] = _level_ids([variant_id], location).values()
    level = StockLevel.objects.filter(pk=level_id)
    enough = level.filter(on_hand__gte=F("held") + F("allocated") + F("unavailable") - room)
    if not enough.changed(backorder_room=room):
        with transaction.atomic():
            release_expired_for([level_id], at=now())
            if not enough.changed(backorder_room=room):
                raise StockReserved
    return level.get()


def _refuse_unless(least: int, quantity: int, *, field: str) -> None:
    if type(quantity) is not int or not least <= quantity <= MOST:
        raise InvalidStockQuantity(field=field, least=least, most=MOST)


def _level_ids(variant_ids: Iterable[UUID], location: Location | None) -> dict[UUID, UUID]:
    """The level of each variant at the location, made if there is none yet. Raises NotFound."""
    wanted = set(variant_ids)
    place = location or main_location()
    levels = StockLevel.objects.filter(variant__in=wanted, location=place)
    found = dict(levels.values_list("variant_id", "pk"))
    missing = sorted(wanted - found.keys())
    if missing:
        if Variant.objects.filter(pk__in=missing).count() < len(missing):
            raise NotFound
        StockLevel.objects.bulk_create(
            [StockLevel(variant_id=variant_id, location=place) for variant_id in missing], ignore_conflicts=True
        )
        found = dict(levels.values_list("variant_id", "pk"))
    return found


def _apply(
    change_of: Mapping[UUID, Callable[[StockLevel], Change]], kind: StockMovement.Kind, reason: str, actor: Actor
) -> None:
    """Each level is changed and booked, all or none. Raises StockReserved, InvalidStockQuantity."""
    if not _applied(change_of, kind, reason, actor):
        with transaction.atomic():
            release_expired_for(change_of, at=now())
            if not _applied(change_of, kind, reason, actor):
                _refuse(change_of)


@transaction.atomic
def _applied(
    change_of: Mapping[UUID, Callable[[StockLevel], Change]], kind: StockMovement.Kind, reason: str, actor: Actor
) -> bool:
    changes = [
        change for level in _locked(change_of) if (change := change_of[level.pk](level)).on_hand or change.unavailable
    ]
    if not shift(changes):
        transaction.set_rollback(True)
        return False
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                level_id=change.level_id,
                kind=kind,
                delta_on_hand=change.on_hand,
                delta_unavailable=change.unavailable,
                reason=reason[:200],
                actor_id=actor.user_id,
            )
            for change in changes
        ]
    )
    return True


def _locked(level_ids: Iterable[UUID]) -> list[StockLevel]:
    return list(StockLevel.objects.filter(pk__in=list(level_ids)).order_by("pk").select_for_update(no_key=True))


def _refuse(change_of: Mapping[UUID, Callable[[StockLevel], Change]]) -> None:
    for level in _locked(change_of):
        change = change_of[level.pk](level)
        on_hand, unavailable = level.on_hand + change.on_hand, level.unavailable + change.unavailable
        if not 0 <= on_hand <= MOST or unavailable < 0:
            raise InvalidStockQuantity(field="delta", least=-min(level.on_hand, MOST), most=MOST - level.on_hand)
    raise StockReserved
