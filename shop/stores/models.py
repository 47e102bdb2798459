"""The one store of this installation and the markets that it sells to."""

from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from shop.kernel.currencies import EXPONENTS
from shop.platform.records import Record
from shop.stores.country_names import CODES, country_name

THE_STORE = UUID(int=1)

locale_tag = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Write a language tag, like en or pt-BR (BCP 47).")


def known_currency(code: str) -> None:
    """Raises ValidationError unless it is an active ISO 4217 code."""
    if code not in EXPONENTS:
        raise ValidationError("This is not an active ISO 4217 currency code.", code="unknown_currency")


def known_country(code: str) -> None:
    """Raises ValidationError unless it is an ISO 3166-1 alpha-2 code."""
    if code not in CODES:
        raise ValidationError("Unknown country code (ISO 3166-1 alpha-2).", code="invalid_choice")


def known_timezone(name: str) -> None:
    """Raises ValidationError unless it is a name of the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError("Unknown time zone. Use an IANA name, for example Europe/Berlin.", code="invalid_choice")


def locale_tags(tags: object) -> None:
    """Raises ValidationError unless it is a list of different language tags, at least one."""
    if not isinstance(tags, list) or not tags or len(tags) > 20 or not all(isinstance(tag, str) for tag in tags):
        raise ValidationError('List at least one language tag, for example ["en", "de"].', code="invalid")
    for tag in tags:
        locale_tag(tag)
    if len(set(tags)) < len(tags):
        raise ValidationError("A language is listed twice.", code="invalid")


def only_english() -> list[str]:
    return ["en"]


class Store(Record):
    """The store. Exactly one row: its key is fixed, and it can't go while it has a market."""

    id = models.UUIDField(primary_key=True, default=THE_STORE, editable=False)
    name = models.CharField(max_length=100, help_text="As customers know it.")
    legal_name = models.CharField(max_length=200, blank=True, help_text="The name of the company, as in contracts.")
    email = models.EmailField("contact e-mail", max_length=254, blank=True)
    phone = models.CharField("support phone", max_length=32, blank=True)
    currency = models.CharField("default currency", max_length=3, default="EUR", validators=[known_currency])
    locale = models.CharField("default locale", max_length=16, default="en", validators=[locale_tag])
    locales = models.JSONField(
        default=only_english, validators=[locale_tags], help_text="Languages of the content; it falls back along them."
    )
    timezone = models.CharField(max_length=64, default="UTC", validators=[known_timezone])
    payment_instructions = models.TextField(
        max_length=1000,
        blank=True,
        help_text="Where to pay an order that is paid by bank transfer. Part of the mail that confirms the order.",
    )
    line1 = models.CharField("address line 1", max_length=200, blank=True)
    line2 = models.CharField("address line 2", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True, validators=[known_country])

    class Meta:
        default_permissions = ("view", "change")
        verbose_name_plural = "store"
        constraints = [models.CheckConstraint(condition=Q(id=THE_STORE), name="store_is_the_only_one")]

    def __str__(self) -> str:
        return self.name


class Market(Record):
    """Countries that are sold to alike: in one currency, with or without tax in the prices."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="markets", default=THE_STORE, editable=False)
    code = models.CharField(
        max_length=16,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*\Z", "Lower-case letters, digits and hyphens.")],
    )
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, validators=[known_currency])
    locale = models.CharField(max_length=16, default="en", validators=[locale_tag])
    prices_include_tax = models.BooleanField(
        default=True, help_text="Prices are shown and calculated with tax included."
    )
    default_country = models.CharField(
        max_length=2,
        blank=True,
        default="",
        db_default="",
        validators=[known_country],
        help_text="For whoever names no country: prices have its tax. Empty: the store's own country, else the first.",
    )
    is_default = models.BooleanField(
        "default", default=False, help_text="For whoever names no country, or one that is in no market."
    )

    class Meta:
        ordering = ("-is_default", "code")
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="market_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class MarketCountry(models.Model):
    """A country is in one market, or in none."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="countries")
    country = models.CharField(max_length=2, validators=[known_country])

    class Meta:
        ordering = ("country",)
        verbose_name_plural = "countries"
        constraints = [models.UniqueConstraint(fields=["country"], name="market_country_in_one_market")]

    def __str__(self) -> str:
        return country_name(self.country)
