from django.db import models

from shop.kernel.ids import uuid7
from shop.payments.models.payment import Payment


class InboundWebhook(models.Model):
    """One event that a provider has told, once however often it tells it.

    `payment` is the attempt that the event fits in amount, currency and reference; without one it had no effect.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=32)
    event_id = models.CharField("event ID", max_length=200)
    kind = models.CharField(max_length=100)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="webhooks")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = "webhook event"
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="inbound_webhook_once_per_provider")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.provider}"
