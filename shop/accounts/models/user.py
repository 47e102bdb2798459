"""People who can log in: customers and staff alike, by e-mail."""

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.encoding import punycode

from shop.accounts import passwords
from shop.accounts.models.one_time_password import NOBODY_MAY
from shop.platform.clock import now
from shop.platform.records import Record, Records

LONGEST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, as RFC 3696's erratum 1690 reads it. The key of an address is no longer than that either."""


def email_key(email: str) -> str:
    """The form under which an address is unique, on every database the same: NFKC, case folded, its domain in ASCII.

    That is the form of the domain in which Django hands it to the mail server: however it is spelt, whoever confirms
    the address is who gets its mails. What is far too long is nobody's address, and not worth the time that it takes.
    """
    if len(email) > 4 * LONGEST_EMAIL:
        return email
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).casefold().rpartition("@")
    try:
        return local + at + punycode(domain)
    except UnicodeError:
        return local + at + domain


RecordManager = models.Manager.from_queryset(Records)


class Users(BaseUserManager["User"], RecordManager["User"]):
    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email_key=email_key(email or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password it can't log in until one is set."""
        user = self.model(email=email, email_key=email_key(email), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account that may do everything and can log in everywhere at once."""
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True, "email_verified_at": now(), **fields}
        )


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail is kept as given; `email_key` is what makes it unique."""

    email = models.EmailField(max_length=LONGEST_EMAIL, unique=True)
    email_key = models.CharField(max_length=LONGEST_EMAIL, unique=True, editable=False)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    locale = models.CharField(max_length=16, default="en")
    marketing_consent = models.BooleanField(default=False)
    group = models.ForeignKey(
        "accounts.CustomerGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        help_text="Empty: the default group.",
    )
    metadata = models.JSONField(default=dict, blank=True)
    is_staff = models.BooleanField("staff", default=False, help_text="Can log in to the admin.")
    is_active = models.BooleanField("active", default=True, help_text="Nobody can log in to an inactive account.")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Users] = Users()  # type: ignore[assignment]  # in place of the abstract model's

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["-created_at"], name="user_newest"),
            models.Index(fields=["updated_at"], name="user_updated"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def email_verified(self) -> bool:
        return self.email_verified_at is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = email_key(self.email)
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else passwords.normalized(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return raw_password is not None and super().check_password(passwords.normalized(raw_password))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django asks no backend about superusers, so what nobody may is refused before."""
        return perm not in NOBODY_MAY and super().has_perm(perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        return perm not in NOBODY_MAY and await super().ahas_perm(perm, obj)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email
