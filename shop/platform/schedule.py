"""The schedule: periodic functions, each of which runs on one worker at a time."""

import logging
from datetime import datetime

from shop.platform import clock
from shop.platform.error_notes import note
from shop.platform.jobs import PERIODICS
from shop.platform.models import Schedule

_log = logging.getLogger("shop.jobs")


def plan() -> None:
    """Every periodic function has its row in the schedule, due at most one interval from now."""
    now = clock.now()
    Schedule.objects.bulk_create([Schedule(name=name, next_at=now) for name in PERIODICS], ignore_conflicts=True)
    for periodic in PERIODICS.values():
        soonest = now + periodic.interval
        Schedule.objects.filter(name=periodic.name, next_at__gt=soonest).update(next_at=soonest)


def tick() -> bool:
    """Run the periodic functions whose time has come, unless another worker does; return whether any ran here."""
    now = clock.now()
    due = list(Schedule.objects.filter(next_at__lte=now, name__in=PERIODICS))
    ran = [_run_periodic(row, now) for row in due]
    return any(ran)


def _run_periodic(row: Schedule, now: datetime) -> bool:
    periodic, rows = PERIODICS[row.name], Schedule.objects.filter(name=row.name)
    if not rows.filter(next_at=row.next_at).update(next_at=now + periodic.interval, ran_at=now):
        return False
    error = ""
    try:
        periodic.function()
    except Exception as wrong:
        error = note(wrong)
        _log.error("periodic %s failed: %s", row.name, error)
    if error != row.error:
        rows.update(error=error)
    return True
