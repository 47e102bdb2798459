from django.conf import settings
from django.db import models

from shop.platform.records import Record


class GatewayCredentials(Record):
    """Credentials that staff have entered for a gateway: they replace those of the settings.

    The values are encrypted for this installation and for the provider, and shown to nobody.
    """

    provider = models.CharField(max_length=32, editable=False)
    encrypted = models.BinaryField(editable=False)
    endings = models.JSONField(default=dict, editable=False)
    """The last four characters of each value that is public."""
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="entered by",
    )

    class Meta:
        default_permissions = ()
        permissions = [("configure_gateway", "Can configure payment gateways")]
        verbose_name = "gateway credentials"
        verbose_name_plural = "gateway credentials"
        constraints = [models.UniqueConstraint(fields=["provider"], name="gateway_credentials_once_per_provider")]

    def __str__(self) -> str:
        return f"Credentials of {self.provider}"
