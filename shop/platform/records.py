"""What every table of record has in common, and how a status changes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from shop.kernel.errors import Conflict
from shop.kernel.ids import uuid7
from shop.platform.clock import now


class WrongState(Conflict):
    """This is not possible in the current state."""

    code = "invalid_transition"

    def __init__(self, *, now: str, wanted: str, message: str | None = None) -> None:
        super().__init__(message=message, params={"now": now, "wanted": wanted})


class Stale(Conflict):
    """This has changed since you read it. Fetch it again and repeat your change."""

    code = "precondition_failed"


class Moment(models.DateTimeField):  # type: ignore[type-arg]
    """When a row was made or changed, by the application's clock; for the database a DateTimeField like any other."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.auto_now or (self.auto_now_add and add):
            setattr(model_instance, self.attname, now())
        return getattr(model_instance, self.attname)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class Record(models.Model):
    """A row with a time-ordered key, a version that every change raises, and its times in UTC."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = Moment(auto_now_add=True)
    updated_at = Moment(auto_now=True)

    class Meta:
        abstract = True


class Stateful(Record):
    """A record whose status moves only along TRANSITIONS, each time by one guarded UPDATE."""

    TRANSITIONS: ClassVar[Mapping[Any, frozenset[Any]]]
    status: Any

    class Meta:
        abstract = True

    def move(self, to: str) -> None:
        """The row has the status `to`. Raises WrongState when that is no step from here, or a rival took it first."""
        before = self.status
        unchanged: dict[str, Any] = {"pk": self.pk, "status": before}
        moving: dict[str, Any] = {"status": to, "version": models.F("version") + 1}
        moved = to in self.TRANSITIONS.get(before, ()) and (
            type(self)._default_manager.filter(**unchanged).update(**moving)
        )
        if not moved:
            raise WrongState(now=str(before), wanted=str(to))
        self.status = to
