"""What providers tell by webhooks. They are believed that something has happened; what, is asked at the gateway."""

from collections.abc import Mapping
from uuid import UUID

from shop.kernel.errors import NotFound
from shop.payments import registry
from shop.payments.models import InboundWebhook, Payment, Refund
from shop.payments.operations import refunds
from shop.payments.operations.settle import settle
from shop.payments.ports import Notice


def hears(provider: str) -> bool:
    """Whether this provider is configured, and tells by webhooks what has happened."""
    gateway = registry.find(provider)
    return gateway is not None and gateway.has_webhooks


def hear(provider: str, *, body: bytes, headers: Mapping[str, str]) -> bool:
    """The attempt that a signed webhook speaks of is settled with its refunds, and the event is recorded; False for a
    forged one.

    An event that was recorded before, or does not fit ours in amount, currency and attempt, has no effect. It is
    recorded last, so that one during which the shop is killed counts when the provider repeats it. Raises NotFound for
    a provider that isn't configured, GatewayUnavailable when the event has to be repeated.
    """
    gateway = registry.find(provider)
    if gateway is None or not gateway.has_webhooks:
        raise NotFound()
    notice = gateway.parse_webhook(body, headers)
    if notice is None:
        return False
    if InboundWebhook.objects.filter(provider=provider, event_id=notice.event_id).exists():
        return True
    payment = _meant(provider, notice)
    if payment is not None:
        settle(payment)
        for asked in Refund.objects.filter(payment=payment, status=Refund.Status.REQUESTED):
            refunds.send(asked.pk)
    _record(provider, notice, payment)
    return True


def _meant(provider: str, notice: Notice) -> Payment | None:
    """Our attempt, if everything that the provider says about it is true."""
    try:
        key = UUID(notice.key)
    except ValueError:
        return None
    found = Payment.objects.filter(pk=key, provider=provider).first()
    if found is None or found.money != notice.amount or found.reference not in (None, notice.reference):
        return None
    return found


def _record(provider: str, notice: Notice, payment: Payment | None) -> None:
    told = InboundWebhook(provider=provider, event_id=notice.event_id, kind=notice.kind, payment=payment)
    InboundWebhook.objects.bulk_create([told], ignore_conflicts=True)
