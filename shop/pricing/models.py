"""Price lists, prices, and the history of public prices."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils import formats, timezone

from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.kernel.symbols import written
from shop.platform.records import Record
from shop.stores.limits import LARGEST_PRICE


class PriceList(Record):
    """Prices in one currency for one or all markets and customer groups. The highest applicable priority wins."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    market = models.ForeignKey("stores.Market", models.PROTECT, null=True, blank=True, related_name="price_lists")
    group = models.ForeignKey(
        "accounts.CustomerGroup", models.PROTECT, null=True, blank=True, related_name="price_lists"
    )
    priority = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-priority", "code")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="price_list_ends_after_its_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Price(Record):
    """A variant's price in minor units of the list's currency; `compare_at` is the price before a reduction."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="prices")
    amount = models.PositiveBigIntegerField()
    compare_at = models.PositiveBigIntegerField("price before", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "price_list"], name="price_once_per_list"),
            models.CheckConstraint(condition=Q(amount__lte=LARGEST_PRICE), name="price_not_too_large"),
        ]

    def __str__(self) -> str:
        return f"{written(Money(self.amount, self.price_list.currency))} on {self.price_list}"


class HistoryIsAppended(TypeError):
    """Rows of the price history can't be changed or deleted."""

    def __init__(self) -> None:
        super().__init__("Rows of the price history are neither changed nor deleted.")


class AppendOnly(models.QuerySet["PriceHistory"]):
    """Rows that can be read and added, but not changed or deleted."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsAppended()

    update = bulk_update = update_or_create = delete = _refuse
    aupdate = abulk_update = aupdate_or_create = adelete = _refuse


class PriceHistory(models.Model):
    """The public price of a variant in a market from `effective_from` on, until the next row of the two begins.

    `amount` is None without a price; amounts are in minor units. The market and the price list have no foreign key
    constraint in the database, so that they can be deleted without their history.
    """

    class Cause(models.TextChoices):
        PRICE = "price", "a price was set or withdrawn"
        PRICE_LIST = "price_list", "a price list was changed or deleted"
        WINDOW = "window", "a price list began or ended"
        MARKET = "market", "a market was opened"
        FOUND = "found", "it was there when it was first recorded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="price_history", db_index=False)
    market = models.ForeignKey(
        "stores.Market", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    market_code = models.CharField(max_length=16, help_text="As it was then.")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(null=True, blank=True)
    compare_at = models.BigIntegerField("price before", null=True, blank=True)
    price_list = models.ForeignKey(
        PriceList, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, blank=True, related_name="+"
    )
    price_list_code = models.CharField(max_length=50, blank=True, help_text="As it was then.")
    cause = models.CharField(max_length=10, choices=Cause)
    effective_from = models.DateTimeField()
    recorded_at = models.DateTimeField(help_text="When the row was written; later than it took effect after a pause.")

    objects: ClassVar[Any] = AppendOnly.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "price history entry"
        verbose_name_plural = "price history"
        ordering = ("-effective_from", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "market", "effective_from"], name="price_history_once_per_moment"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="price_history_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(compare_at=None) | Q(compare_at__gte=0), name="price_history_compare_at_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, price_list__isnull=False)
                | Q(amount=None, compare_at=None, price_list=None),
                name="price_history_names_its_list",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["price", "price_list", "window", "market", "found"]),
                name="price_history_cause_known",
            ),
        ]

    def __str__(self) -> str:
        price = "no price" if self.amount is None else written(Money(self.amount, self.currency))
        return f"{price} from {formats.localize(timezone.localtime(self.effective_from))}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise HistoryIsAppended()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsAppended()


class PriceHistoryState(models.Model):
    """How far the history is recorded: one row, which changes of public prices lock until they commit."""

    ONLY = 1

    recorded_until = models.DateTimeField(null=True)
    """Everything up to this moment is recorded."""
    is_complete = models.BooleanField("complete", default=False)
    """Whether every price has a row."""

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="price_history_state_is_the_only_one")]
