"""The platform's own tables: what has been counted, which keys have an answer, what is still to be done."""

from django.db import models
from django.db.models import F, Q

from shop.kernel.ids import uuid7


class LimitCounter(models.Model):
    """How often one subject has used one policy in the window that runs. Written by shop.platform.counters alone."""

    subject = models.CharField(primary_key=True, max_length=128)
    """The policy's name and a keyed hash: no address stands here in clear."""
    used = models.PositiveIntegerField()
    ends_at = models.BigIntegerField(db_index=True)
    """Unix time in milliseconds, which raw SQL compares alike on both databases."""


class IdempotencyRecord(models.Model):
    """One idempotency key and, once there is one, its answer. Written by shop.platform.idempotency alone."""

    class State(models.TextChoices):
        IN_FLIGHT = "in_flight"
        DONE = "done"

    scope_hash = models.CharField(max_length=64)
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.IN_FLIGHT)
    owner = models.CharField(max_length=32)
    """Chance, known to whoever may finish; a takeover changes it."""
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    """Headers and body, encrypted with a key that takes the client's key to make."""
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope_hash", "key_hash"], name="idempotency_record_one_per_key"),
            models.CheckConstraint(
                condition=Q(state="in_flight", status__isnull=True, answer__isnull=True)
                | Q(state="done", status__isnull=False, answer__isnull=False),
                name="idempotency_record_done_has_an_answer",
            ),
        ]


class Job(models.Model):
    """Something to be done after the commit. Written by shop.platform.jobs alone; deleted when done."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DEAD = "dead", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=32, default="default", db_default="default")
    """Which threads of a worker take it: shop.platform.worker_pool. An older process leaves it to the database."""
    arguments = models.JSONField(default=dict)
    """JSON scalars by name, in clear: ids, never secrets."""
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    """When it may run next. Leasing moves it to the end of the lease, so that a killed worker's job comes up again."""
    owner = models.CharField(max_length=32, blank=True, default="")
    """Chance, known to the worker that runs it; empty while nobody does."""
    attempts = models.PositiveSmallIntegerField(default=0)
    unique_key = models.CharField(max_length=200, blank=True, default="")
    waiting_key = models.CharField(max_length=301, null=True, unique=True)  # noqa: DJ001 - nulls don't collide
    """`key_in_line` while it waits; null once it runs or is dead, so that the next one may be put in line."""
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "dead"]), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(waiting_key__isnull=True) | Q(state="waiting", owner=""),
                name="job_key_held_only_while_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_due"),
            models.Index(fields=["queue", "due_at"], condition=Q(state="waiting"), name="job_due_in_queue"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key_in_line(self) -> str | None:
        """What no two jobs that wait may share, or None."""
        return f"{self.name}:{self.unique_key}" if self.unique_key else None


class Schedule(models.Model):
    """When a periodic function runs next, and how it went. Written by shop.platform.jobs alone."""

    name = models.CharField(primary_key=True, max_length=100)
    next_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")


class OutboxEvent(models.Model):
    """Something that has happened, written in the transaction that made it happen. Written by shop.platform.events."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    aggregate = models.UUIDField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    published_seq = models.BigIntegerField(null=True, unique=True)
    """Its place in the order in which events were published; null until the relay has seen it committed."""
    is_quiet = models.BooleanField("quiet", default=False, db_default=False)
    """Nobody is told of it."""

    class Meta:
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["id"], condition=Q(published_seq__isnull=True), name="outbox_event_waiting"),
            models.Index(fields=["aggregate", "id"], name="outbox_event_of_aggregate"),
        ]


class OutboxCounter(models.Model):
    """The last number that an event was published under; one row, held by the relay that works."""

    ONLY = 1

    last = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="outbox_counter_is_the_only_one")]


class UpgradeStep(models.Model):
    """What an upgrade does once for each revision of its rule, and in which it was done. By platform.upgrading."""

    name = models.CharField(primary_key=True, max_length=100)
    revision = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.revision}"


class MovedFile(models.Model):
    """A file of the storage that has another name now; asked for by the old one, the shop leads to the new one."""

    name = models.CharField(max_length=255, primary_key=True)
    moved_to = models.CharField(max_length=255, db_index=True)
    moved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(moved_to=F("name")), name="moved_file_leads_elsewhere")]

    def __str__(self) -> str:
        return f"{self.name} is {self.moved_to}"
