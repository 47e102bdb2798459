"""Credentials that staff enter for a gateway. They replace those of the settings, and are shown to nobody."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from pydantic import SecretStr

from shop.payments import credentials, registry
from shop.payments.models import GatewayCredentials, Payment, Refund
from shop.payments.ports import Credentials
from shop.platform import keys
from shop.platform.records import Stale

SHOWN: Final = 4
"""So many characters of a public value are shown."""


class CredentialsInUse(Exception):
    """Payments or refunds are in progress at the provider: another account would know nothing of them."""


def without_credentials() -> list[str]:
    """The providers whose gateways are not offered, because they have no credentials that fit."""
    return registry.without_credentials()


def stored_values(row: GatewayCredentials) -> Mapping[str, str]:
    """The values of the row, for a form that keeps what is left empty; none where it can't be decrypted."""
    return credentials.decrypt(row.provider, row.encrypted) or {}


def in_progress(provider: str) -> str:
    """How many payments and refunds are in progress at the provider, as a sentence; empty if there are none."""
    payments = Payment.objects.filter(provider=provider, status__in=Payment.UNFINISHED).count()
    refunds = Refund.objects.filter(payment__provider=provider, status=Refund.Status.REQUESTED).count()
    counted = [(payments, "payment"), (refunds, "refund")]
    parts = [f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counted if count]
    verb = "is" if payments + refunds == 1 else "are"
    return f"{' and '.join(parts)} {verb} in progress at this provider." if parts else ""


@transaction.atomic
def enter(row: GatewayCredentials, values: Credentials, *, by: UUID | None, same_account: bool = False) -> None:
    """The provider is called with these values from now on, in other processes within seconds.

    `row` is a new one, or the one that is replaced. Raises Stale when somebody has replaced it meanwhile, and
    CredentialsInUse while something is in progress, unless they are of the `same_account` as those in use.
    """
    _refuse_while_in_progress(row, same_account=same_account)
    typed = {name: _typed(each) for name, each in values if each is not None}
    public = {name for name, each in values if not isinstance(each, SecretStr)}
    changes = {
        "encrypted": credentials.encrypt(row.provider, typed),
        "endings": {name: each[-SHOWN:] for name, each in typed.items() if name in public and len(each) > 2 * SHOWN},
        "set_by_id": by,
    }
    if row._state.adding:
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)
    elif not GatewayCredentials.objects.filter(pk=row.pk, version=row.version).changed(instance=row, **changes):
        raise Stale()
    transaction.on_commit(credentials.forget)


@transaction.atomic
def remove(row: GatewayCredentials, *, same_account: bool = False) -> None:
    """The provider is called with what the settings have for it, if anything. Raises CredentialsInUse as `enter`."""
    _refuse_while_in_progress(row, same_account=same_account)
    GatewayCredentials.objects.filter(pk=row.pk).delete()
    transaction.on_commit(credentials.forget)


def reencrypt() -> int:
    """Rows that a former SECRET_KEY has encrypted are encrypted with the current one; says how many."""
    count = 0
    for row in GatewayCredentials.objects.order_by("pk"):
        again = keys.relocked(row.encrypted, purpose=credentials.purpose(row.provider))
        if again is not None:
            count += GatewayCredentials.objects.filter(pk=row.pk, version=row.version).changed(encrypted=again)
    return count


def _refuse_while_in_progress(row: GatewayCredentials, *, same_account: bool) -> None:
    sentence = "" if same_account else in_progress(row.provider)
    if sentence:
        raise CredentialsInUse(
            f"{sentence} Another account knows nothing of them, so their money would be lost. Wait until they are"
            " finished, or confirm that the credentials belong to the same account."
        )


def _typed(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
