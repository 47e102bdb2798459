from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from shop.platform import clock
from shop.platform.management.migrated import MigratedCommand
from shop.platform.models import Job, Schedule
from shop.platform.worker import revive


class Command(MigratedCommand):
    help = "List dead and waiting jobs and the schedule; --retry puts dead ones back into the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--retry", metavar="ID|all", help="Put a dead job, or all, back into the queue, attempts reset."
        )
        parser.add_argument("--limit", type=int, default=50, help="How many jobs of each state are listed (50).")

    def handle(self, *_: object, retry: str | None, limit: int, **__: object) -> None:
        if retry is not None:
            self.stdout.write(f"{self._revived(retry)} jobs queued again.")
            return
        for state in (Job.State.DEAD, Job.State.WAITING):
            jobs = Job.objects.filter(state=state).order_by("due_at", "pk")
            self.stdout.write(f"{state.capitalize()}: {jobs.count()}")
            for each in jobs[:limit]:
                self.stdout.write(f"  {self._line(each)}".rstrip())
        self.stdout.write("Periodic:")
        for row in Schedule.objects.order_by("name"):
            self.stdout.write(f"  {row.name}  next {clock.stamp(row.next_at)}  {row.error}".rstrip())

    def _revived(self, retry: str) -> int:
        dead = Job.objects.filter(state=Job.State.DEAD)
        if retry == "all":
            return revive(dead)
        try:
            wanted = UUID(retry)
        except ValueError:
            raise CommandError("--retry takes the id of a dead job, or all.") from None
        if not (revived := revive(dead.filter(pk=wanted))):
            raise CommandError(f"There is no dead job {wanted}.")
        return revived

    def _line(self, job: Job) -> str:
        when = "running, lease until" if job.owner else "since" if job.state == Job.State.DEAD else "due"
        return (
            f"{job.pk}  {job.name}  {job.queue}  {when} {clock.stamp(job.due_at)}  attempts {job.attempts}  {job.error}"
        )
