"""Webhooks of payment providers. They only say that something has happened; what, is fetched from the gateway."""

from collections.abc import Mapping
from uuid import UUID

from shop.kernel.errors import NotFound
from shop.payments import registry
from shop.payments.models import InboundWebhook, Payment, Refund
from shop.payments.operations import refunds
from shop.payments.operations.settle import settle
from shop.payments.ports import WebhookEvent


def accepts_webhooks(provider: str) -> bool:
    """Whether this provider is configured and sends webhooks."""
    gateway = registry.find(provider)
    return gateway is not None and gateway.has_webhooks


def handle_webhook(provider: str, *, body: bytes, headers: Mapping[str, str]) -> bool:
    """The attempt that a signed webhook speaks of is settled with its refunds, and the event is recorded; False for a
    forged one.

    An event that was recorded before, or does not fit ours in amount, currency and attempt, has no effect. It is
    recorded last, so that one during which the shop is killed counts when the provider repeats it. Raises NotFound for
    a provider that isn't configured, GatewayUnavailable when the event has to be repeated.
    """
    gateway = registry.find(provider)
    if gateway is None or not gateway.has_webhooks:
        raise NotFound()
    event = gateway.parse_webhook(body, headers)
    if event is None:
        return False
    if InboundWebhook.objects.filter(provider=provider, event_id=event.event_id).exists():
        return True
    payment = _payment_of(provider, event)
    if payment is not None:
        settle(payment)
        for asked in Refund.objects.filter(payment=payment, status=Refund.Status.REQUESTED):
            refunds.send(asked.pk)
    _record(provider, event, payment)
    return True


def _payment_of(provider: str, event: WebhookEvent) -> Payment | None:
    """Our attempt, if everything that the provider says about it is true."""
    try:
        key = UUID(event.key)
    except ValueError:
        return None
    payment = Payment.objects.filter(pk=key, provider=provider).first()
    if payment is None or payment.money != event.amount or payment.reference not in (None, event.reference):
        return None
    return payment


def _record(provider: str, event: WebhookEvent, payment: Payment | None) -> None:
    row = InboundWebhook(provider=provider, event_id=event.event_id, kind=event.kind, payment=payment)
    InboundWebhook.objects.bulk_create([row], ignore_conflicts=True)
