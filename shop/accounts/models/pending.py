"""What waits for a code: registrations that are no accounts yet, and addresses that are not confirmed yet."""

from django.db import models

from shop.platform.records import Record


class PendingRegistration(Record):
    """Somebody wants an account under this address; the newest wish replaces the one before. Dies after 24 hours."""

    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, unique=True)
    password = models.CharField(max_length=200)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    locale = models.CharField(max_length=16, blank=True, default="", db_default="")
    token_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return self.email


class PendingEmail(Record):
    """A customer wants another address; at most one wish at a time."""

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="pending_email")
    email = models.EmailField(max_length=254)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.email
