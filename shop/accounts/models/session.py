"""Devices that are logged in. Tokens are opaque; only their digests are stored."""

from django.db import models
from django.db.models import Q

from shop.platform.clock import now
from shop.platform.records import Record, Records


class LiveSessions(Records["Session"]):
    def live(self) -> "LiveSessions":
        return self.filter(ended_at=None, expires_at__gt=now())


def is_entitled(path: str = "") -> Q:
    """Match sessions whose user may use them: active, and staff where the session is for the admin API.

    `path` leads from the queried rows to their session, for example `session__`.
    """
    is_staffs = Q(**{f"{path}audience": Session.Audience.ADMIN, f"{path}user__is_staff": False})
    return Q(**{f"{path}user__is_active": True}) & ~is_staffs


class Session(Record):
    """One login on one device: the family of tokens that descend from it."""

    class Audience(models.TextChoices):
        STOREFRONT = "storefront"
        ADMIN = "admin", "admin API"

    class Ending(models.TextChoices):
        LOGOUT = "logout", "logged out"
        REVOKED = "revoked", "revoked"
        PASSWORD = "password", "the password was changed"
        REUSE = "reuse", "an old refresh token was used again"
        CLOSED = "closed", "the account was closed"

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sessions", db_index=False)
    audience = models.CharField(
        max_length=12,
        choices=Audience,
        default=Audience.STOREFRONT,
        db_default=Audience.STOREFRONT,
        help_text="Which part of the API its tokens open.",
    )
    device_name = models.CharField(max_length=100, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    ip = models.CharField("IP address", max_length=45, blank=True)
    access_digest = models.CharField(max_length=64, unique=True)
    access_expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True, help_text="The end, however often it is refreshed.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField("reason", max_length=12, choices=Ending, blank=True)

    objects = LiveSessions.as_manager()  # type: ignore[assignment, misc]  # in place of the abstract model's

    class Meta:
        ordering = ("-last_seen_at",)
        indexes = [
            models.Index(fields=["user", "-id"], name="session_of_user"),
            models.Index(fields=["ended_at"], name="session_ended", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.device_name or 'a device'}"

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.expires_at > now()

    @property
    def is_entitled(self) -> bool:
        """The row's answer to what `is_entitled()` asks of the table."""
        return self.user.is_active and (self.audience != self.Audience.ADMIN or self.user.is_staff)


class RefreshToken(models.Model):
    """One link of a session's chain. `nonce` lets the holder of this token, and nobody else, be given its successor
    once more: the successor is derived from the token itself, which is not stored. A used token expires with its
    session, so that its reuse is noticed for as long."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    nonce = models.CharField(max_length=32, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
