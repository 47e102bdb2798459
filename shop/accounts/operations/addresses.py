"""The address book: at most 50 for each customer, at most one default of each kind."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from shop.accounts.errors import TooManyAddresses
from shop.accounts.models import Address
from shop.accounts.operations.holding import held
from shop.kernel.errors import NotFound
from shop.platform.records import Stale
from shop.stores.addresses import NAMES, POSTAL, check, merged, settled

MOST = 50
JUDGED = POSTAL | {"phone", *NAMES}


@transaction.atomic
def add(user_id: UUID, values: Mapping[str, Any]) -> Address:
    """One address more; the first is the default for both. Raises FieldsWrong, TooManyAddresses."""
    check(values)
    values = settled(values)
    held(user_id)
    known = Address.objects.filter(user_id=user_id).count()
    if known >= MOST:
        raise TooManyAddresses(params={"max": MOST})
    defaults = {"is_default_shipping": True, "is_default_billing": True} if known == 0 else {}
    address = Address(user_id=user_id, **{**values, **defaults})
    _unset_other_defaults(address, {**values, **defaults})
    address.save(force_insert=True)
    return address


@transaction.atomic
def change(user_id: UUID, address_id: UUID, changes: Mapping[str, Any], *, version: int | None) -> Address:
    """The address has these values; others are unchanged. Raises FieldsWrong, NotFound, Stale."""
    held(user_id)
    address = _own(user_id, address_id)
    if version is not None and address.version != version:
        raise Stale()
    stored = {name: getattr(address, name) for name in JUDGED}
    values = merged(stored, changes)
    check(values, of=changes.keys())
    if not POSTAL.isdisjoint(changes):
        values |= settled({name: values[name] for name in JUDGED})
    elif "phone" in changes:
        values |= settled({name: values[name] for name in ("phone", "country")})
    _unset_other_defaults(address, values)
    Address.objects.filter(pk=address.pk).changed(**values, instance=address)
    return address


@transaction.atomic
def remove(user_id: UUID, address_id: UUID, *, version: int | None) -> None:
    """The address is gone. Raises NotFound, Stale."""
    held(user_id)
    address = _own(user_id, address_id)
    if version is not None and address.version != version:
        raise Stale()
    address.delete()


def _own(user_id: UUID, address_id: UUID) -> Address:
    found = Address.objects.filter(pk=address_id, user_id=user_id).first()
    if found is None:
        raise NotFound()
    return found


def _unset_other_defaults(address: Address, values: Mapping[str, Any]) -> None:
    """The others are no default any more where this one becomes it."""
    others = Address.objects.filter(user_id=address.user_id).exclude(pk=address.pk)
    if values.get("is_default_shipping"):
        others.filter(is_default_shipping=True).changed(is_default_shipping=False)
    if values.get("is_default_billing"):
        others.filter(is_default_billing=True).changed(is_default_billing=False)
