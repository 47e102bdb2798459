"""What every table of record has in common, and the one place where versions, times and statuses are written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F

from shop.kernel.errors import Conflict
from shop.kernel.ids import uuid7
from shop.kernel.messages import gettext_noop
from shop.platform.clock import now


class WrongState(Conflict):
    """The row is not in a status from which it may move there."""

    code = "invalid_transition"
    message = gettext_noop("The current state does not allow this.")

    def __init__(self, *, now: str, wanted: str, message: str | None = None) -> None:
        super().__init__(message=message, params={"now": now, "wanted": wanted})


class Stale(Conflict):
    """The version given (If-Match, or a form) is not the current one."""

    code = "precondition_failed"
    message = gettext_noop("This has changed since you read it. Fetch it again and repeat your change.")


class Moment(models.DateTimeField):  # type: ignore[type-arg]
    """When a row was made or changed, by the application's clock; for the database a DateTimeField like any other."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.auto_now or (self.auto_now_add and add):
            setattr(model_instance, self.attname, now())
        return getattr(model_instance, self.attname)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


Row = TypeVar("Row", bound="Versioned")
StatefulRow = TypeVar("StatefulRow", bound="Stateful")


class Records(models.QuerySet[Row]):
    """Rows whose version and time of change move together with their values."""

    def changed(self, *, instance: "Versioned | None" = None, **values: Any) -> int:
        """Write these values, raise the version and set `updated_at`; return the number of rows. One UPDATE.

        `instance` is the row as it was read. Once the row is written, the instance has the same values, version and
        time; the values are no expressions then.
        """
        stamps = {"updated_at": now()} if issubclass(self.model, Record) else {}
        count = self.update(**values, **stamps, version=F("version") + 1)
        if count and instance is not None:
            for name, value in {**values, **stamps, "version": instance.version + 1}.items():
                setattr(instance, name, value)
        return count

    def changed_each(self, rows: Sequence[Row], fields: Collection[str]) -> int:
        """Write these fields of each row as the instance has them, raise its version and set `updated_at`.

        As `bulk_update` does it. The caller holds the rows, or what they belong to: nobody else changes them meanwhile.
        """
        stamps = {"updated_at": now()} if issubclass(self.model, Record) else {}
        for row in rows:
            for name, value in {**stamps, "version": row.version + 1}.items():
                setattr(row, name, value)
        return self.bulk_update(rows, [*fields, *stamps, "version"])


class StatefulRecords(Records[StatefulRow]):
    """Records that have a status."""

    def moved(self, to: str, *, instance: "Stateful | None" = None, **values: Any) -> int:
        """As `changed`, with this status, for those rows that TRANSITIONS let get there; others stay untouched."""
        sources = [status for status, targets in self.model.TRANSITIONS.items() if to in targets]
        return self.filter(status__in=sources).changed(instance=instance, status=to, **values)


class Versioned(models.Model):
    """A row with a version that every change raises."""

    version = models.PositiveIntegerField(default=1, editable=False)

    objects = Records.as_manager()

    class Meta:
        abstract = True


class Record(Versioned):
    """A versioned row with a time-ordered key and its times in UTC."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = Moment(auto_now_add=True)
    updated_at = Moment(auto_now=True)

    class Meta:
        abstract = True


class Stateful(Record):
    """A record whose status moves only along TRANSITIONS, each time by one guarded UPDATE."""

    TRANSITIONS: ClassVar[Mapping[Any, frozenset[Any]]]
    status: Any

    objects = StatefulRecords.as_manager()  # type: ignore[assignment, misc]  # in place of the abstract model's

    class Meta:
        abstract = True

    def move(self, to: str, **values: Any) -> None:
        """Move the row from the status that it was read with. Raises WrongState when no transition leads to the new
        status, or when the row has left the old one meanwhile."""
        before = self.status
        unchanged: dict[str, Any] = {"pk": self.pk, "status": before}
        rows = type(self).objects.filter(**unchanged)
        if to not in self.TRANSITIONS.get(before, ()) or not rows.moved(to, instance=self, **values):
            raise WrongState(now=str(before), wanted=str(to))
