"""Discount codes and their uses, which are reserved during payment and then confirmed or released with the order."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, QuerySet, When

from shop.kernel.money import Money
from shop.platform.guards import constraint_of, lock, write_if
from shop.platform.records import Stale, WrongState
from shop.promotions.errors import AlreadyUsed, CodeUsedUp
from shop.promotions.models import DiscountCode, Promotion, Redemption
from shop.promotions.queries import code_key, has_used

Status = Redemption.Status
UNPROVEN = Q(once_proven=None) & (Q(once_key__isnull=False) | Q(once_account__isnull=False))
"""Live uses of codes that are once per customer, under emails that are not proven to be the customer's."""
ONCE = frozenset({"redemption_once_per_customer", "redemption_once_per_account"})
KEYS_AT_ONCE = 500


@transaction.atomic
def announce(
    code: str,
    *,
    name: str,
    percent: Decimal,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    usage_limit: int | None = None,
    once_per_customer: bool = False,
) -> bool:
    """Create the code with a promotion of this percentage unless it exists, and return whether it was created."""
    if DiscountCode.objects.filter(key=code_key(code)).exists():
        return False
    promotion = Promotion.objects.create(name=name, percent=percent, starts_at=starts_at, ends_at=ends_at)
    DiscountCode.objects.create(
        promotion=promotion,
        code=code,
        key=code_key(code),
        usage_limit=usage_limit,
        once_per_customer=once_per_customer,
    )
    return True


def renew_keys() -> tuple[int, list[tuple[str, ...]]]:
    """Set the key of every code to its `code_key`. Return how many changed, and the groups of codes with the same key.

    Codes in such a group keep their old keys, so that each can still be entered. It can be interrupted and repeated.
    """
    outdated: dict[str, list[UUID]] = {}
    for pk, code, key in DiscountCode.objects.order_by("code", "pk").values_list("pk", "code", "key").iterator():
        if key != code_key(code):
            outdated.setdefault(code_key(code), []).append(pk)
    keys, changed = list(outdated), 0
    alike: list[tuple[str, ...]] = []
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[start : start + KEYS_AT_ONCE]
        done, left = _renewed([pk for key in some for pk in outdated[key]], some)
        changed, alike = changed + done, alike + left
    return changed, alike


def _renewed(ids: Collection[UUID], keys: Collection[str]) -> tuple[int, list[tuple[str, ...]]]:
    """Renew the keys of these codes, and retry if a concurrent request takes one of the new keys."""
    while True:
        try:
            with transaction.atomic():
                return _renew(ids, keys)
        except IntegrityError:  # a concurrent request created such a code: the next attempt sees it
            continue


def _renew(ids: Collection[UUID], keys: Collection[str]) -> tuple[int, list[tuple[str, ...]]]:
    rows = DiscountCode.objects.filter(Q(pk__in=ids) | Q(key__in=keys))
    lock(rows)  # no code is renamed between reading and writing it
    alike: dict[str, list[DiscountCode]] = {}
    for code in rows.order_by("code", "pk"):
        alike.setdefault(code_key(code.code), []).append(code)
    fit = [codes[0] for key, codes in alike.items() if len(codes) == 1 and codes[0].key != key]
    for code in fit:
        code.key = code_key(code.code)
    DiscountCode.objects.bulk_update(fit, ["key"])
    return len(fit), [tuple(each.code for each in codes) for codes in alike.values() if len(codes) > 1]


@transaction.atomic
def put(code: DiscountCode) -> None:
    """Save the code except its number of uses, which only redemptions write.

    Raises Stale when it has changed since it was read.
    """
    if code._state.adding:
        code.save(force_insert=True)
        return
    changes: dict[str, Any] = {"promotion_id": code.promotion_id, "code": code.code, "key": code.key}
    limits: dict[str, Any] = {"usage_limit": code.usage_limit, "once_per_customer": code.once_per_customer}
    row = DiscountCode.objects.filter(pk=code.pk, version=code.version)
    lock(row)  # a use that is being released is not counted against the new limit
    if not row.changed(**changes, **limits):
        raise Stale()


@transaction.atomic(savepoint=False)
def redeem(
    code: DiscountCode,
    *,
    customer_key: str,
    amount: Money,
    account_id: UUID | None = None,
    is_confirmed: bool = False,
) -> Redemption:
    """Reserve one use of the code. Raises CodeUsedUp when no use is left, and AlreadyUsed when the customer has used
    it; the surrounding transaction must then be rolled back.

    Customers with an unconfirmed email (not `is_confirmed`) share one use among all who enter that email, and have none
    once its owner has used the code. They can't take the owner's use.
    """
    is_once = code.once_per_customer
    if is_once and has_used(code, customer_key, account_id):
        raise AlreadyUsed()
    try:
        redemption = Redemption.objects.create(
            code=code,
            customer_key=customer_key,
            amount=amount.minor,
            once_key=customer_key if is_once and not is_confirmed else None,
            once_account=account_id if is_once else None,
            once_proven=customer_key if is_once and is_confirmed else None,
        )
    except IntegrityError as error:
        if constraint_of(error) not in ONCE:
            raise
        raise AlreadyUsed() from None
    row = DiscountCode.objects.filter(pk=code.pk)
    is_left = Q(usage_limit=None) | Q(used__lt=F("usage_limit"))
    if not write_if(row, is_left, lambda rows: rows.update(used=F("used") + 1)):  # no change of the code: no version
        raise CodeUsedUp()
    return redemption


def confirm(redemptions: QuerySet[Any, Any], *, is_proven: bool = False) -> int:
    """Confirm the redemptions of a placed order, given as a query of their ids, in one UPDATE.

    With `is_proven`, also do what `prove` does.
    """
    proven: dict[str, Any] = (
        {"once_proven": Case(When(UNPROVEN, then=F("customer_key")), default=F("once_proven"))} if is_proven else {}
    )
    return Redemption.objects.filter(pk__in=redemptions).moved(Status.CONFIRMED, **proven)


def unproven() -> QuerySet[Redemption]:
    """Return the redemptions that `prove` applies to."""
    return Redemption.objects.filter(UNPROVEN)


def prove(redemptions: QuerySet[Any, Any]) -> int:
    """Count the redemptions for the owner of the email, since it is proven that the customer owns it.

    Return how many changed; repeating changes nothing.
    """
    return Redemption.objects.filter(UNPROVEN, pk__in=redemptions).changed(once_proven=F("customer_key"))


@transaction.atomic
def release(redemption: Redemption) -> bool:
    """Release the use; return False if it was released already."""
    try:
        redemption.move(Status.RELEASED, once_key=None, once_account=None, once_proven=None)
    except WrongState:
        return False
    DiscountCode.objects.filter(pk=redemption.code_id).update(used=F("used") - 1)
    return True
