"""One-time passwords. Nobody can add or change one, superusers included.

Rows are written by shop.accounts.operations.one_time_passwords alone. The permissions `add` and `change` do not
exist, and the model refuses every way of writing that Django offers by itself.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from shop.kernel.ids import uuid7
from shop.platform.clock import now

MOST_TRIES = 5

NOBODY_MAY = frozenset({"accounts.add_onetimepassword", "accounts.change_onetimepassword"})
"""Permissions that nobody has: neither those who may do everything, nor whoever was given a row of that name."""


class NobodyWritesOneTimePasswords(TypeError):
    """A one-time password was to be written by something else than `operations.one_time_passwords`."""

    def __init__(self) -> None:
        super().__init__("One-time passwords are made and used by their own operation; there is no other way.")


class ReadAndDelete(models.QuerySet["OneTimePassword"]):
    """What everybody may do with one-time passwords."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NobodyWritesOneTimePasswords()

    create = bulk_create = update = bulk_update = get_or_create = update_or_create = _refuse
    _insert = _update = _refuse  # below them all: deserialized rows come this way
    acreate = abulk_create = aupdate = abulk_update = aget_or_create = aupdate_or_create = _refuse

    def live(self) -> "ReadAndDelete":
        return self.filter(expires_at__gt=now(), used_at=None, tries__lt=MOST_TRIES)


class OneTimePassword(models.Model):
    """A code that was asked for: for whom, for what, until when, and how often it was tried. Never the code."""

    class Purpose(models.TextChoices):
        EMAIL_VERIFICATION = "email_verification", "verify an e-mail address"
        PASSWORD_RESET = "password_reset", "reset a password"
        EMAIL_CHANGE = "email_change", "change an e-mail address"
        ORDER_EMAIL = "order_email", "confirm the e-mail address of an order"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField(max_length=254, help_text="Whose code: the address, or the account's id.")
    purpose = models.CharField(max_length=24, choices=Purpose)
    code_hash = models.CharField(max_length=64, blank=True, help_text="Keyed; empty until the code was mailed.")
    ticket_hash = models.CharField(max_length=64, blank=True, help_text="Of what the code was exchanged for.")
    tries = models.PositiveSmallIntegerField(default=0)
    last_try = models.UUIDField(null=True, help_text="Marks the try that was counted last.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ReadAndDelete.as_manager()

    class Meta:
        base_manager_name = "objects"
        default_permissions = ("view", "delete")
        verbose_name = "one-time password"
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["ticket_hash"], name="one_time_password_by_ticket", condition=~Q(ticket_hash=""))
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject", "purpose"], name="one_time_password_one_per_subject_purpose"),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="one_time_password_tries_bounded"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NobodyWritesOneTimePasswords()

    def save_base(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NobodyWritesOneTimePasswords()

    async def asave(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NobodyWritesOneTimePasswords()

    @property
    def state(self) -> str:
        """waiting (for the mail), live, exchanged, used, exhausted or expired."""
        if self.used_at:
            return "used"
        if self.expires_at <= now():
            return "expired"
        if self.ticket_hash:
            return "exchanged"
        if self.tries >= MOST_TRIES:
            return "exhausted"
        return "live" if self.code_hash else "waiting"
