"""Times in the admin: typed and read in the store's time zone, which is the current one while a page is made."""

from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from unfold.widgets import UnfoldAdminSplitDateTimeVerticalWidget, UnfoldAdminTextInputWidget

SKIPPED: Final = "The clocks in %(zone)s go forward then: there is no %(time)s on %(day)s. Enter another time."
TWICE: Final = "The clocks in %(zone)s go back then: %(time)s happens twice on %(day)s. Enter another time."
YEARS: Final = range(1900, 9999)
"""So far from the ends of the calendar that every time zone can show the time."""


def text_of(at: datetime | date) -> str:
    """The time, or the day, as every page of the admin writes it: 29 Nov 2026, 15:27."""
    return str(formats.localize(timezone.localtime(at) if isinstance(at, datetime) else at))


def zone_note() -> str:
    """Which time zone a field's time is in."""
    return f"Time in {timezone.get_current_timezone_name()}."


def _explained(wrong: ValidationError) -> ValidationError:
    """Why the clocks of the current time zone do not show this time once."""
    if wrong.code != "ambiguous_timezone" or wrong.params is None:
        return wrong
    naive, zone = wrong.params["datetime"], timezone.get_current_timezone()
    before, after = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    params = {
        "zone": timezone.get_current_timezone_name(),
        "time": f"{naive:%H:%M}",
        "day": text_of(naive.date()),
    }
    return ValidationError(SKIPPED if before < after else TWICE, code="ambiguous_timezone", params=params)


def _moment(at: datetime | None) -> datetime | None:
    """The same moment in UTC. Raises ValidationError at the ends of the calendar."""
    if at is None or at.year in YEARS:
        return at and at.astimezone(UTC)
    raise ValidationError(f"Enter a year from {YEARS[0]} to {YEARS[-1]}.", code="invalid")


class SplitTimeField(forms.SplitDateTimeField):
    """A date and a time of day in the current time zone; a time that its clocks skip or show twice is refused."""

    widget = UnfoldAdminSplitDateTimeVerticalWidget

    def compress(self, data_list: Any) -> datetime | None:
        try:
            return _moment(super().compress(data_list))
        except ValidationError as wrong:
            raise _explained(wrong) from None


class TimeField(forms.DateTimeField):
    """As `SplitTimeField`, in the browser's own input."""

    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        try:
            return _moment(super().to_python(value))
        except ValidationError as wrong:
            raise _explained(wrong) from None
